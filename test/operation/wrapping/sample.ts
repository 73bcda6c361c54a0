import { execFileSync } from 'node:child_process'
import { decode } from '../../../src/ttlv/decode.ts'
import { ItemType, type Item } from '../../../src/ttlv/item.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { find, identifierOf, uid, type AnswerItem, type Bench } from '../harness.ts'

/** The key-encryption key and the key of RFC 3394 section 4.1. */
export const KEK = '000102030405060708090a0b0c0d0e0f'
export const KEY = '00112233445566778899aabbccddeeff'
export const WRAPPED = '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'

/** XML of Cryptographic Parameters, or of nothing. */
export const parameters = (fields: string): string =>
  fields === '' ? '' : `<CryptographicParameters>${fields}</CryptographicParameters>`

/** XML of a Block Cipher Mode, and of a Padding Method behind it. */
export function mode(name: string, padding?: string): string {
  const filled =
    padding === undefined ? '' : `<PaddingMethod type="Enumeration" value="${padding}"/>`
  return `<BlockCipherMode type="Enumeration" value="${name}"/>${filled}`
}

export const NO_ENCODING = '<EncodingOption type="Enumeration" value="NoEncoding"/>'

export interface WrappingText {
  readonly method?: string
  /** Identifier and Cryptographic Parameters. */
  readonly encryption?: readonly [identifier: string, parameters?: string]
  readonly mac?: readonly [identifier: string, parameters?: string]
  readonly rest?: string
}

/** XML of a Key Wrapping Specification, or of Key Wrapping Data. */
export function wrapping(
  { method = 'Encrypt', encryption, mac, rest = '' }: WrappingText,
  tag = 'KeyWrappingSpecification',
): string {
  const information = (name: string, key: WrappingText['encryption']): string =>
    key === undefined ? '' : `<${name}>${uid(key[0])}${parameters(key[1] ?? '')}</${name}>`
  return `<${tag}><WrappingMethod type="Enumeration" value="${method}"/>
    ${information('EncryptionKeyInformation', encryption)}
    ${information('MACSignatureKeyInformation', mac)}${rest}</${tag}>`
}

export interface KeyText {
  /** XML of attributes beside the mask, in KMIP 2.x. */
  readonly attributes?: string
  readonly mask?: string
  readonly type?: string
  readonly format?: string
  readonly algorithm?: string
  readonly length?: number
  /** XML behind the Key Value. */
  readonly behind?: string
}

/** The payload of Register for a key, in KMIP 2.x; its Key Value is hexadecimal material or XML. */
export function registerText(material: string, text: KeyText = {}): string {
  const { attributes = '', mask = 'Encrypt Decrypt', type = 'SymmetricKey', behind = '' } = text
  const { format = 'Raw', algorithm = 'AES' } = text
  const { length = material.length * 4 } = text
  const value = material.startsWith('<')
    ? material
    : `<KeyValue><KeyMaterial type="ByteString" value="${material}"/></KeyValue>`
  const measure =
    type === 'SecretData'
      ? ''
      : `<CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>
         <CryptographicLength type="Integer" value="${length}"/>`
  const kind = type === 'SecretData' ? '<SecretDataType type="Enumeration" value="Password"/>' : ''
  return `<ObjectType type="Enumeration" value="${type}"/><Attributes>
    <CryptographicUsageMask type="Integer" value="${mask}"/>${attributes}</Attributes>
    <${type}>${kind}<KeyBlock><KeyFormatType type="Enumeration" value="${format}"/>
    ${value}${measure}${behind}</KeyBlock></${type}>`
}

/** XML of an Activation Date that has passed, in KMIP 2.x. */
export const ACTIVE = '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>'

/** Registers a key and gives its Unique Identifier. */
export async function register(bench: Bench, material: string, text?: KeyText): Promise<string> {
  return identifierOf(await bench.ask('2.1', 'Register', registerText(material, text)))
}

/** Registers an active key that wraps, with these Cryptographic Parameters each. */
export async function wrapper(
  bench: Bench,
  own: readonly string[] = [mode('NISTKeyWrap')],
  { material = KEK, ...text }: KeyText & { readonly material?: string } = {},
): Promise<string> {
  return register(bench, material, {
    mask: 'WrapKey UnwrapKey',
    ...text,
    attributes: `${ACTIVE}${own.map(parameters).join('')}${text.attributes ?? ''}`,
  })
}

/** Asks for a key by Get and gives the answer. */
export async function ask(
  bench: Bench,
  identifier: string,
  rest = '',
  version = '2.1',
): Promise<AnswerItem> {
  return bench.ask(version, 'Get', uid(identifier) + rest)
}

/** The bytes of the Key Value of an answer: of a byte string, or of the Key Material in a structure. */
export function valueOf({ payload, reason, message }: AnswerItem): string {
  const value = find(payload, Tag.KeyValue)
  const item = value?.type === ItemType.Structure ? find(value, Tag.KeyMaterial) : value
  if (item?.type === ItemType.ByteString) return Buffer.from(item.value).toString('hex')
  throw new TypeError(`no Key Value: ${reason ?? ''} ${message ?? ''}`)
}

export function itemOf(hex: string): Item {
  return decode(Buffer.from(hex, 'hex'))
}

/** What the openssl program makes of its input, in hexadecimal. */
export function openssl(args: readonly string[], inputHex: string): string {
  return execFileSync('openssl', [...args], {
    input: Buffer.from(inputHex, 'hex'),
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString('hex')
}
