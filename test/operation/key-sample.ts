import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { TagRow } from '../../src/schema/tag.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { identifierOf, find, uid, type AnswerItem, type Bench } from './harness.ts'

/** A key to be registered, in the words of the XML encoding. */
export interface KeySample {
  readonly type: 'SymmetricKey' | 'PrivateKey' | 'PublicKey' | 'SecretData'
  readonly mask: string
  readonly format: string
  readonly material: Uint8Array
  readonly algorithm?: string
  readonly bits?: number
  /** Further attributes, in KMIP 2.x. */
  readonly more?: string
  /** False for one that stays Pre-Active. */
  readonly active?: boolean
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** XML of a Byte String. */
export const bytes = (name: string, value: Uint8Array | string): string =>
  `<${name} type="ByteString" value="${typeof value === 'string' ? value : hex(value)}"/>`

export const data = (value: Uint8Array | string): string => bytes('Data', value)
export const flag = (name: string): string => `<${name} type="Boolean" value="true"/>`

/** XML of Cryptographic Parameters: enumerations by name, integers and booleans as they are. */
export function parameters(values: Readonly<Record<string, string | number | boolean>>): string {
  const fields = Object.entries(values).map(([name, value]) => {
    if (name === 'PSource') return bytes(name, String(value))
    const type = { string: 'Enumeration', number: 'Integer', boolean: 'Boolean' }[
      typeof value as 'string' | 'number' | 'boolean'
    ]
    return `<${name} type="${type}" value="${String(value)}"/>`
  })
  return `<CryptographicParameters>${fields.join('')}</CryptographicParameters>`
}

/** Registers a key, active unless it says otherwise, and gives its Unique Identifier. */
export async function registerKey(bench: Bench, sample: KeySample, as = 'alice'): Promise<string> {
  const { type, mask, format, material, algorithm, bits, more = '', active = true } = sample
  const date = '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>'
  const kind = '<SecretDataType type="Enumeration" value="Password"/>'
  const payload = `<ObjectType type="Enumeration" value="${type}"/>
    <Attributes><CryptographicUsageMask type="Integer" value="${mask}"/>${active ? date : ''}${more}</Attributes>
    <${type}>${type === 'SecretData' ? kind : ''}<KeyBlock>
      <KeyFormatType type="Enumeration" value="${format}"/>
      <KeyValue>${bytes('KeyMaterial', material)}</KeyValue>
      ${algorithm === undefined ? '' : `<CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>`}
      ${bits === undefined ? '' : `<CryptographicLength type="Integer" value="${bits}"/>`}
    </KeyBlock></${type}>`
  return identifierOf(await bench.ask('2.1', 'Register', payload, as))
}

/** An AES key with the mask `Encrypt Decrypt MACGenerate MACVerify`. */
export async function registerAes(bench: Bench, material: Uint8Array, more = ''): Promise<string> {
  return registerKey(bench, {
    type: 'SymmetricKey',
    mask: 'Encrypt Decrypt MACGenerate MACVerify',
    format: 'Raw',
    material,
    algorithm: 'AES',
    bits: material.length * 8,
    more,
  })
}

/** Both halves of a pair of node:crypto. */
export interface PairSample {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly privateId: string
  readonly publicId: string
}

/** Makes a pair and registers both halves, for signing and for encryption. */
export async function registerPair(
  bench: Bench,
  kind: 'RSA' | 'EC' | 'Ed25519' | 'Ed448',
): Promise<PairSample> {
  const { privateKey, publicKey } =
    kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'EC'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : kind === 'Ed25519'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('ed448')
  const privateId = await registerKey(bench, {
    type: 'PrivateKey',
    mask: 'Sign Decrypt',
    format: 'PKCS_8',
    material: privateKey.export({ format: 'der', type: 'pkcs8' }),
    algorithm: kind,
  })
  const publicId = await registerKey(bench, {
    type: 'PublicKey',
    mask: 'Verify Encrypt',
    format: 'X_509',
    material: publicKey.export({ format: 'der', type: 'spki' }),
    algorithm: kind,
  })
  return { privateKey, publicKey, privateId, publicId }
}

/** The bytes of a field of an answer; undefined where it has none. */
export function bytesIn({ payload }: AnswerItem, tag: TagRow<unknown>): Uint8Array | undefined {
  const item = find(payload, tag)
  return item?.type === ItemType.ByteString ? Uint8Array.from(item.value) : undefined
}

/** The bytes of a field that must be there. */
export function bytesOf(answer: AnswerItem, tag: TagRow<unknown>): Uint8Array {
  const found = bytesIn(answer, tag)
  if (found === undefined) {
    throw new TypeError(`no ${tag.name}: ${answer.reason} ${answer.message}`)
  }
  return found
}

/** The name of the Validity Indicator of an answer. */
export function validityIn({ payload }: AnswerItem): string | undefined {
  const item = find(payload, Tag.ValidityIndicator)
  if (item?.type !== ItemType.Enumeration) return undefined
  return ['Valid', 'Invalid', 'Unknown'][item.value - 1]
}

/** Asks with the Unique Identifier of a key before the rest of the payload. */
export async function askKey(
  bench: Bench,
  operation: string,
  key: string,
  rest: string,
): Promise<AnswerItem> {
  return bench.ask('2.1', operation, uid(key) + rest)
}
