import type { AnswerItem } from '../harness.ts'
import { find, uid } from '../harness.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'

/** XML of the attribute that asks for the token, in KMIP 2.x. */
export const IN_TOKEN = `<Attribute><VendorIdentification type="TextString" value="x"/>
  <AttributeName type="TextString" value="KeyStorage"/>
  <AttributeValue type="TextString" value="token"/></Attribute>`

export const HARDWARE = masks('ProtectionStorageMasks', 'Hardware')

/** XML of acceptable places, the first the most welcome. */
export function masks(structure: string, ...names: readonly string[]): string {
  const each = names.map((name) => `<ProtectionStorageMask type="Integer" value="${name}"/>`)
  return `<${structure}>${each.join('')}</${structure}>`
}

/** The payload of Create, in KMIP 2.x. */
export function createKey(
  wanted: {
    algorithm?: string
    length?: number
    mask?: string
    more?: string
    behind?: string
    activation?: string
  } = {},
): string {
  const { algorithm = 'AES', length = 256, mask = 'Encrypt Decrypt', more = IN_TOKEN } = wanted
  const { activation = ACTIVE } = wanted
  return `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
    <CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>
    <CryptographicLength type="Integer" value="${length}"/>
    <CryptographicUsageMask type="Integer" value="${mask}"/>${activation}${more}</Attributes>
    ${wanted.behind ?? ''}`
}

/** XML of an Activation Date that lies behind. */
export const ACTIVE = '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>'

/** The payload of Register for the bytes of a symmetric key, in KMIP 2.x. */
export function registerKey(
  hex: string,
  wanted: { algorithm?: string; mask?: string; more?: string } = {},
): string {
  const { algorithm = 'AES', mask = 'Encrypt Decrypt', more = IN_TOKEN } = wanted
  return `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
    <CryptographicUsageMask type="Integer" value="${mask}"/>${ACTIVE}${more}</Attributes>
    <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
    <KeyMaterial type="ByteString" value="${hex}"/></KeyValue>
    <CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>
    <CryptographicLength type="Integer" value="${hex.length * 4}"/></KeyBlock></SymmetricKey>`
}

/** The same with a key that comes wrapped. */
export function registerWrapped(hex: string, wrapping: string, more: string): string {
  return `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
    <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>${ACTIVE}${more}</Attributes>
    <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
    <KeyValue type="ByteString" value="${hex}"/>
    <CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="128"/>
    <KeyWrappingData>${wrapping}</KeyWrappingData></KeyBlock></SymmetricKey>`
}

/** The payload of Import for the bytes of an AES key, in KMIP 2.x. */
export function importKey(identifier: string, hex: string, behind = ''): string {
  return `${uid(identifier)}<ObjectType type="Enumeration" value="SymmetricKey"/>${behind}
    <Attributes/><SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
    <KeyMaterial type="ByteString" value="${hex}"/></KeyValue>
    <CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="${hex.length * 4}"/></KeyBlock></SymmetricKey>`
}

/** The payload of Register for a private key in PKCS#8, in KMIP 2.x. */
export function registerPrivate(hex: string, more = IN_TOKEN): string {
  return `<ObjectType type="Enumeration" value="PrivateKey"/><Attributes>
    <CryptographicUsageMask type="Integer" value="Sign"/>${ACTIVE}${more}</Attributes>
    <PrivateKey><KeyBlock><KeyFormatType type="Enumeration" value="PKCS_8"/><KeyValue>
    <KeyMaterial type="ByteString" value="${hex}"/></KeyValue></KeyBlock></PrivateKey>`
}

/** The payload of Create Key Pair, in KMIP 2.x. */
export function createPair(
  algorithm: string,
  length: number,
  mask: string,
  more = IN_TOKEN,
): string {
  return `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>
    <CryptographicLength type="Integer" value="${length}"/>${ACTIVE}${more}</CommonAttributes>
    <PrivateKeyAttributes><CryptographicUsageMask type="Integer" value="${mask}"/>
    </PrivateKeyAttributes><PublicKeyAttributes>
    <CryptographicUsageMask type="Integer" value="Encrypt Verify"/></PublicKeyAttributes>`
}

/** XML of Cryptographic Parameters, by the names of enumerations. */
export function parameters(fields: Readonly<Record<string, string | number>>): string {
  const each = Object.entries(fields).map(([name, value]) =>
    typeof value === 'number'
      ? `<${name} type="Integer" value="${value}"/>`
      : `<${name} type="Enumeration" value="${value}"/>`,
  )
  return `<CryptographicParameters>${each.join('')}</CryptographicParameters>`
}

/** XML of bytes. */
export function bytes(name: string, hex: string): string {
  return `<${name} type="ByteString" value="${hex}"/>`
}

/** Bytes in an answer, in hexadecimal; what was refused is thrown. */
export function hexIn(answer: AnswerItem, tag: { readonly number: number }): string {
  const found = find(answer.payload, tag)
  if (found?.type !== ItemType.ByteString) {
    throw new TypeError(`no such bytes: ${answer.reason} ${answer.message}`)
  }
  return Buffer.from(found.value).toString('hex')
}

/** Data in an answer, in hexadecimal. */
export function dataIn(answer: AnswerItem): string {
  return hexIn(answer, Tag.Data)
}
