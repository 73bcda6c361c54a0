import { createHmac, generateKeyPairSync } from 'node:crypto'
import { certificateRequest, createTestAuthority } from '../fixtures/authority.ts'
import { attribute1, name1 } from '../operation/harness.ts'
import type { Relation } from './cases.ts'

/** What a name is built from: `<Tag type="…" value="…"/>`. */
export const enumeration = (name: string, value: string): string =>
  `<${name} type="Enumeration" value="${value}"/>`
export const bytes = (name: string, value: Uint8Array | string): string =>
  `<${name} type="ByteString" value="${typeof value === 'string' ? value : Buffer.from(value).toString('hex')}"/>`
export const uidText = (id: string): string => `<UniqueIdentifier type="TextString" value="${id}"/>`
export const integer = (name: string, value: number | string): string =>
  `<${name} type="Integer" value="${String(value)}"/>`

/** XML of a Link as an attribute of KMIP 1.x. */
export const link1 = (linkType: string, to: string): string =>
  `<Attribute><AttributeName type="TextString" value="Link"/><AttributeValue>
    ${enumeration('LinkType', linkType)}<LinkedObjectIdentifier type="TextString" value="${to}"/>
    </AttributeValue></Attribute>`

/** The key-encryption key, the key data and the wrapped key data of RFC 3394 section 4.1. */
const KEK = '000102030405060708090a0b0c0d0e0f'
const KEY = '00112233445566778899aabbccddeeff'
const WRAPPED = '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const authority = createTestAuthority('Issuing')
const leaf = authority.issue({ name: 'leaf', pair })
const request = certificateRequest('asked', pair)

/** What objects are registered. */
export type Kind = keyof typeof KINDS

interface KindText {
  readonly type: string
  readonly usage: readonly string[]
  /** XML of the object. */
  readonly object: string
  /** Objects of this type are known since KMIP 2.0 alone. */
  readonly isNew?: boolean
}

const AES = enumeration('CryptographicAlgorithm', 'AES') + integer('CryptographicLength', 128)
const NO_ENCODING = enumeration('EncodingOption', 'NoEncoding')

interface BlockText {
  readonly format: string
  /** Key Material, or the whole Key Value in what stands behind. */
  readonly material: Uint8Array | string
  readonly behind?: string
  readonly isWrapped?: boolean
}

function keyBlock({ format, material, behind = '', isWrapped = false }: BlockText): string {
  const value = isWrapped
    ? bytes('KeyValue', material)
    : `<KeyValue>${bytes('KeyMaterial', material)}</KeyValue>`
  return `<KeyBlock>${enumeration('KeyFormatType', format)}${value}${behind}</KeyBlock>`
}

const symmetric = (hex: string, usage: readonly string[]): KindText => ({
  type: 'SymmetricKey',
  usage,
  object: `<SymmetricKey>${keyBlock({ format: 'Raw', material: hex, behind: AES })}</SymmetricKey>`,
})

/** A half of two that are joined by adding them up. */
const part = (index: number): KindText => ({
  type: 'SplitKey',
  usage: ['Encrypt'],
  object: `<SplitKey>${integer('SplitKeyParts', 2)}${integer('KeyPartIdentifier', index)}
    ${integer('SplitKeyThreshold', 2)}${enumeration('SplitKeyMethod', 'XOR')}
    ${keyBlock({ format: 'Raw', material: KEY, behind: AES })}</SplitKey>`,
})

const KINDS = {
  symmetric: symmetric(KEY, ['Encrypt', 'Decrypt', 'MACGenerate', 'MACVerify']),
  derivation: symmetric('ffeeddccbbaa99887766554433221100', ['DeriveKey']),
  wrapping: symmetric(KEK, ['WrapKey', 'UnwrapKey']),
  private: {
    type: 'PrivateKey',
    usage: ['Sign'],
    object: `<PrivateKey>${keyBlock({ format: 'PKCS_8', material: pkcs8(pair.privateKey) })}</PrivateKey>`,
  },
  public: {
    type: 'PublicKey',
    usage: ['Verify'],
    object: `<PublicKey>${keyBlock({
      format: 'X_509',
      material: pair.publicKey.export({ format: 'der', type: 'spki' }),
    })}</PublicKey>`,
  },
  issuing: {
    type: 'PrivateKey',
    usage: ['CertificateSign'],
    object: `<PrivateKey>${keyBlock({ format: 'PKCS_8', material: pemBytes(authority.key) })}</PrivateKey>`,
  },
  issuingCertificate: certificate(authority.cert),
  certificate: certificate(leaf.cert),
  request: {
    type: 'CertificateRequest',
    usage: [],
    object: `<CertificateRequest>${requestText()}</CertificateRequest>`,
    isNew: true,
  },
  secret: {
    type: 'SecretData',
    usage: ['DeriveKey'],
    object: `<SecretData>${enumeration('SecretDataType', 'Password')}
      ${keyBlock({ format: 'Opaque', material: '70617373' })}</SecretData>`,
  },
  part1: part(1),
  part2: part(2),
  template: {
    type: 'Template',
    usage: [],
    object: `<Template>${attribute1('Contact Information', 'TextString', 'of a template')}</Template>`,
  },
} as const satisfies Readonly<Record<string, KindText>>

/** What is known of objects of a kind. */
export const kindOf = (kind: Kind): KindText => KINDS[kind]

function certificate(pem: string): KindText {
  return {
    type: 'Certificate',
    usage: [],
    object: `<Certificate>${enumeration('CertificateType', 'X_509')}
      ${bytes('CertificateValue', pemBytes(pem))}</Certificate>`,
  }
}

/** A certificate in DER. */
export function certificateBytes(): Uint8Array {
  return pemBytes(leaf.cert)
}

/** XML of a certificate request, as objects and requests have it. */
export function requestText(): string {
  return (
    enumeration('CertificateRequestType', 'PKCS_10') + bytes('CertificateRequestValue', request)
  )
}

function pemBytes(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]*-----|\s/g, ''), 'base64')
}

function pkcs8(key: typeof pair.privateKey): Uint8Array {
  return key.export({ format: 'der', type: 'pkcs8' })
}

/** XML of a symmetric key that is wrapped with another. */
export function wrappedKey(wrapping: string): string {
  const behind = `${AES}<KeyWrappingData>${enumeration('WrappingMethod', 'Encrypt')}
    <EncryptionKeyInformation>${uidText(wrapping)}${NIST_KEY_WRAP}</EncryptionKeyInformation>
    ${NO_ENCODING}</KeyWrappingData>`
  return `<SymmetricKey>${keyBlock({ format: 'Raw', material: WRAPPED, behind, isWrapped: true })}</SymmetricKey>`
}

/** XML of a symmetric key that comes with a MAC, made with a key of the kind `symmetric`. */
export function authenticatedKey(mac: string): string {
  const signature = createHmac('sha256', Buffer.from(KEY, 'hex'))
    .update(Buffer.from(KEY, 'hex'))
    .digest()
  const behind = `${AES}<KeyWrappingData>${enumeration('WrappingMethod', 'MACSign')}
    <MACSignatureKeyInformation>${uidText(mac)}${HMAC}</MACSignatureKeyInformation>
    ${bytes('MACSignature', signature)}${NO_ENCODING}</KeyWrappingData>`
  return `<SymmetricKey>${keyBlock({ format: 'Raw', material: KEY, behind, isWrapped: true })}</SymmetricKey>`
}

export const HMAC = `<CryptographicParameters>
  ${enumeration('CryptographicAlgorithm', 'HMAC_SHA256')}</CryptographicParameters>`
export const NIST_KEY_WRAP = `<CryptographicParameters>
  ${enumeration('BlockCipherMode', 'NISTKeyWrap')}</CryptographicParameters>`

const USAGE_LIMITS = `<Attribute><AttributeName type="TextString" value="Usage Limits"/>
  <AttributeValue><UsageLimitsTotal type="LongInteger" value="1000"/>
  <UsageLimitsUnit type="Enumeration" value="Byte"/></AttributeValue></Attribute>`

/** What is registered. */
export interface Wanted {
  readonly kind: Kind
  readonly name: string
  readonly relation: Pick<Relation, 'groups' | 'policyName'>
  /** XML of more attributes, in KMIP 1.x. */
  readonly attributes?: string
  /** XML of the object, where it is not that of the kind. */
  readonly object?: string
  /** Without Usage Limits. */
  readonly isUnlimited?: boolean
}

/** Attributes by which the rules tell objects apart, but for the name, in KMIP 1.x. */
export function grouped1({ groups = [], policyName }: Wanted['relation']): string {
  const policy =
    policyName === undefined ? '' : attribute1('Operation Policy Name', 'TextString', policyName)
  const ofGroups = groups.map((group, at) => attribute1('Object Group', 'TextString', group, at))
  return ofGroups.join('') + policy
}

/** XML of a Cryptographic Usage Mask, in KMIP 1.x; nothing for no usage. */
export function mask1(usage: readonly string[]): string {
  if (usage.length === 0) return ''
  return attribute1('Cryptographic Usage Mask', 'Integer', usage.join(' '))
}

/** What Register is asked with, in KMIP 1.4. */
export function registration(wanted: Wanted): string {
  const { kind, name, relation, attributes = '', isUnlimited = false } = wanted
  const { type, usage, object } = kindOf(kind)
  const limits = kind === 'symmetric' && !isUnlimited ? USAGE_LIMITS : ''
  return `${enumeration('ObjectType', type)}<TemplateAttribute>${name1(name)}
    ${grouped1(relation)}
    ${mask1(usage)}${attribute1('Contact Information', 'TextString', 'nobody')}
    ${limits}${attributes}</TemplateAttribute>${wanted.object ?? object}`
}

/** The same in KMIP 2.1, for objects that 1.4 does not know; the Operation Policy Name comes later. */
export function newRegistration({ kind, name, relation: { groups = [] } }: Wanted): string {
  const { type, object } = kindOf(kind)
  const ofGroups = groups.map((group) => `<ObjectGroup type="TextString" value="${group}"/>`)
  return `${enumeration('ObjectType', type)}<Attributes><Name>
    <NameValue type="TextString" value="${name}"/>${enumeration('NameType', 'UninterpretedTextString')}
    </Name>${ofGroups.join('')}</Attributes>${object}`
}
