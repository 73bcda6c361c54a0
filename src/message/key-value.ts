import type { AttributeEntry } from '../model/attribute-set.ts'
import type { KeyValue } from '../model/key-block.ts'
import { cryptographicFailure } from '../fault/cryptographic-failure.ts'
import { KmipFault } from '../fault/fault.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { wrongType } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { Tag } from '../spec/tag.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { ItemType, type Item, type ItemOf } from '../ttlv/item.ts'
import { STORED_LIMITS } from '../ttlv/limits.ts'
import { attributesOfObject } from './attributes.ts'

/**
 * KMIP 1.4 section 2.1.4, KMIP 2.1 section 3.2. Attributes inside a Key Value are read and never written: clients are
 * known that refuse a key which comes with any.
 */
export const keyValue: Codec<KeyValue> = custom(undefined, (version) => ({
  decode(item) {
    if (item.type === ItemType.ByteString) {
      return { form: 'wrapped', material: Secret.copyOf(item.value), attributes: [] }
    }
    if (item.type !== ItemType.Structure) throw wrongType()
    const others = item.value.filter((child) => !isMaterial(child))
    return { ...decodeMaterial(item), attributes: decodeAttributes(others, version) }
  },
  encode: (tag, value) => encodeValue(tag, value, []),
}))

/**
 * The TTLV encoding of a Key Value, which is what a wrapping key is put around (KMIP 1.4 section 2.1.6).
 *
 * @param attributes - those that are to be wrapped with the key material
 */
export type EncodeKeyValue = (value: KeyValue, attributes: readonly AttributeEntry[]) => Secret

/** Encodes Key Values as a version has them: the dialects carry attributes differently. */
export function keyValueEncoder(version: Version): EncodeKeyValue {
  return (value, attributes) => {
    const items: Item[] = []
    if (attributes.length > 0) attributesOfObject.bind(version)?.write(attributes, items)
    return Secret.take(encode(encodeValue(Tag.KeyValue.number, value, items)))
  }
}

/**
 * The Key Value that a wrapping key was taken off. Attributes in it are passed over: which version they were written in
 * is not known. Throws `CRYPTO_FAILED`: a wrong key gives bytes that are none.
 */
export function decodeKeyValue(encoded: Secret): KeyValue {
  try {
    return encoded.expose((bytes) => {
      const item = decode(bytes)
      if (item.tag !== Tag.KeyValue.number || item.type !== ItemType.Structure) throw wrongType()
      return { ...decodeMaterial(item), attributes: [] }
    })
  } catch (error) {
    throw cryptographicFailure(error)
  }
}

type Material = Pick<KeyValue, 'form' | 'material'>

function decodeMaterial({ value }: ItemOf<typeof ItemType.Structure>): Material {
  const item = value.find(isMaterial)
  if (item === undefined) throw new KmipFault('MISSING_FIELD', 'Key Material is missing')
  if (item.type === ItemType.ByteString) {
    return { form: 'bytes', material: Secret.copyOf(item.value) }
  }
  if (item.type !== ItemType.Structure) throw wrongType()
  return { form: 'structure', material: Secret.take(encode(item)) }
}

const isMaterial = (item: Item): boolean => item.tag === Tag.KeyMaterial.number

const AttributesInKeyValue = struct({ attributes: attributesOfObject })

function decodeAttributes(items: readonly Item[], version: Version): readonly AttributeEntry[] {
  if (items.length === 0) return []
  const holder: Item = { tag: Tag.KeyValue.number, type: ItemType.Structure, value: items }
  return compile(AttributesInKeyValue, version).decode(holder).attributes
}

function encodeValue(tag: number, value: KeyValue, attributes: readonly Item[]): Item {
  const { form, material } = value
  if (form === 'wrapped') {
    return material.expose((bytes): Item => ({ tag, type: ItemType.ByteString, value: bytes }))
  }
  const item = encodeMaterial(Tag.KeyMaterial.number, value)
  return { tag, type: ItemType.Structure, value: [item, ...attributes] }
}

function encodeMaterial(tag: number, { form, material }: KeyValue): Item {
  return material.expose((bytes): Item => {
    return form === 'structure'
      ? decode(bytes, STORED_LIMITS)
      : { tag, type: ItemType.ByteString, value: bytes }
  })
}
