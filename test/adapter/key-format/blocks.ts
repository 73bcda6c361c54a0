import { readFileSync } from 'node:fs'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import type { KeyBlock } from '../../../src/model/key-block.ts'
import type { WantedForm } from '../../../src/port/key-format.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { KeyFormatType } from '../../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../../src/spec/enum/object-type.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { decode } from '../../../src/ttlv/decode.ts'
import { encode } from '../../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../../src/ttlv/item.ts'

type Recorded = Readonly<Record<string, Readonly<Record<string, string>>>>

const recorded = JSON.parse(
  readFileSync(new URL('fixtures/openssl.json', import.meta.url), 'utf8'),
) as Recorded

/** One value of what OpenSSL wrote, in hexadecimal; `fixtures/README.md` says how. */
export function openssl(key: string, value: string): string {
  const found = recorded[key]?.[value]
  if (found === undefined) throw new Error(`${key} has no ${value}`)
  return found
}

export const { PrivateKey, PublicKey, SymmetricKey } = ObjectType
export const F = KeyFormatType

export function bytesBlock(
  keyFormatType: KeyFormatType,
  hex: string,
  more: Partial<KeyBlock> = {},
): KeyBlock {
  const material = Secret.copyOf(Buffer.from(hex, 'hex'))
  return { keyFormatType, keyValue: { form: 'bytes', material, attributes: [] }, ...more }
}

/** The fields of a transparent structure: hexadecimal for Big Integers, or an item's type and value. */
export type Fields = Readonly<Record<string, string | number | Uint8Array>>

export function structureBlock(
  keyFormatType: KeyFormatType,
  fields: Fields,
  more: Partial<KeyBlock> = {},
): KeyBlock {
  const value = Object.entries(fields).map(([name, field]) => itemOf(name, field))
  const item: Item = { tag: Tag.KeyMaterial.number, type: ItemType.Structure, value }
  const material = Secret.take(encode(item))
  return { keyFormatType, keyValue: { form: 'structure', material, attributes: [] }, ...more }
}

function itemOf(name: string, field: string | number | Uint8Array): Item {
  const tag = numberOf(name)
  if (typeof field === 'number') return { tag, type: ItemType.Enumeration, value: field }
  if (typeof field === 'string') return { tag, type: ItemType.BigInteger, value: bigOf(field) }
  return { tag, type: ItemType.ByteString, value: field }
}

function numberOf(name: string): number {
  const row = Object.entries(Tag).find(([key]) => key === name)
  if (row === undefined) throw new Error(`no tag ${name}`)
  return row[1].number
}

/** An unsigned number in hexadecimal as a Big Integer. */
export function bigOf(hex: string): Uint8Array {
  const digits = hex.replace(/^(00)+/, '')
  const needsSign = digits.length % 16 === 0 && /^[89a-f]/i.test(digits)
  const length = (Math.ceil(digits.length / 16) + (needsSign ? 1 : 0)) * 16
  return Buffer.from(digits.padStart(Math.max(length, 16), '0'), 'hex')
}

export function convertTo(
  objectType: ObjectType,
  block: KeyBlock,
  keyFormatType: KeyFormatType,
  more: WantedForm = {},
): KeyBlock {
  return nodeKeyFormats.convert(objectType, block, { keyFormatType, ...more })
}

export function hexOf(block: KeyBlock): string {
  return block.keyValue?.material.expose((bytes) => Buffer.from(bytes).toString('hex')) ?? ''
}

/** The fields of the structure in a block: names with numbers in hexadecimal without zeros in front, or values. */
export function fieldsOf(block: KeyBlock): Record<string, string | number> {
  const item = block.keyValue?.material.expose((bytes) => decode(Uint8Array.from(bytes)))
  if (item?.type !== ItemType.Structure) throw new Error('no structure')
  return Object.fromEntries(item.value.map((child) => [nameOf(child.tag), valueOf(child)]))
}

const nameOf = (tag: number): string =>
  Object.entries(Tag).find(([, { number }]) => number === tag)?.[0] ?? ''

function valueOf({ type, value }: Item): string | number {
  if (typeof value === 'number') return value
  if (!(value instanceof Uint8Array)) throw new Error('a field of another kind')
  const hex = Buffer.from(value).toString('hex')
  return type === ItemType.BigInteger ? hex.replace(/^(00)+/, '') : hex
}
