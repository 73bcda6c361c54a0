import type { DateTime } from '../schema/primitive.ts'
import type { AttributeName } from '../spec/attribute.ts'
import type { DigitalSignatureAlgorithm } from '../spec/enum/digital-signature-algorithm.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import type { CryptographicParameters } from '../spec/structure/cryptographic-parameters.ts'
import type { AttributeEntry } from './attribute-set.ts'

/** Kinds of name parts that have an attribute each (KMIP 2.1 section 4.6). */
export type NameKind =
  | 'CN'
  | 'O'
  | 'OU'
  | 'Email'
  | 'C'
  | 'ST'
  | 'L'
  | 'UID'
  | 'SerialNumber'
  | 'Title'
  | 'DC'
  | 'DNQualifier'

/** One part of a Distinguished Name that has an attribute. */
export interface NamePart {
  readonly kind: NameKind
  readonly text: string
}

/** Who a certificate is for, or who issued it. */
export interface DistinguishedName {
  readonly der: Uint8Array
  /** As RFC 2253 writes it: the last part first, as in `CN=EE,O=Test,C=AU`. */
  readonly text: string
  /** In the order of the name. */
  readonly parts: readonly NamePart[]
}

/** A General Name of an alternative name extension. */
export interface AlternativeName {
  readonly der: Uint8Array
  /** Undefined for kinds that have no text of their own. */
  readonly text?: string
}

/** A signature with what it covers. */
export interface SignatureDescription {
  /** Undefined for an algorithm that KMIP has no number for. */
  readonly algorithm?: DigitalSignatureAlgorithm
  /** What to verify it with; undefined for an algorithm that is not known at all. */
  readonly parameters?: CryptographicParameters
  readonly signed: Uint8Array
  readonly value: Uint8Array
}

/** Bits of the X.509 extension Key Usage, the leftmost first (RFC 5280 section 4.2.1.3). */
export const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

export type KeyUsage = (typeof KEY_USAGES)[number]

/** What an X.509 certificate says (RFC 5280 section 4.1). */
export interface CertificateDescription {
  /** The INTEGER in DER, with tag and length. */
  readonly serialNumber: Uint8Array
  readonly issuer: DistinguishedName
  readonly issuerAlternativeNames: readonly AlternativeName[]
  readonly subject: DistinguishedName
  readonly subjectAlternativeNames: readonly AlternativeName[]
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly notBefore: DateTime
  readonly notAfter: DateTime
  readonly signature: SignatureDescription
  /** Undefined where the certificate does not say: then any use is allowed. */
  readonly keyUsage?: readonly KeyUsage[]
  /** Object identifiers of Extended Key Usage. */
  readonly purposes: readonly string[]
  /** Undefined for a certificate that may not sign others. */
  readonly authority?: { readonly pathLength?: number }
  readonly subjectKeyIdentifier?: Uint8Array
  /** Whether there is a critical extension that is not understood (RFC 5280 section 4.2). */
  readonly hasUnknownCritical: boolean
}

const M = CryptographicUsageMask

/** What the holder of the public key may do for each Key Usage (KMIP 1.4 section 3.19, table 96). */
const MASK_OF: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: M.Verify,
  contentCommitment: M.ContentCommitmentNonRepudiation,
  keyEncipherment: M.WrapKey,
  dataEncipherment: M.Encrypt,
  keyAgreement: M.KeyAgreement,
  keyCertSign: M.CertificateSign,
  cRLSign: M.CRLSign,
  encipherOnly: M.Encrypt,
  decipherOnly: M.Decrypt,
}

/** The Cryptographic Usage Mask that a Key Usage stands for. */
export function maskOfUsages(usages: readonly KeyUsage[]): number {
  return usages.reduce((mask, usage) => mask | MASK_OF[usage], 0)
}

/** The usages that a certificate is issued for: those its public key has. */
export function usagesOfMask(mask: number): readonly KeyUsage[] {
  return ISSUED_USAGES.filter((usage) => (MASK_OF[usage] & mask) !== 0)
}

/** Never those of an authority: clients get certificates for themselves. */
const ISSUED_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
]

/** The attributes that the server reads out of an X.509 certificate (KMIP 1.4 sections 3.10 to 3.16, 2.1 section 4.6). */
export function certificateEntries(certificate: CertificateDescription): readonly AttributeEntry[] {
  const { issuer, subject, serialNumber, signature, keyUsage } = certificate
  return [
    ...entry('X_509CertificateIdentifier', {
      issuerDistinguishedName: issuer.der,
      certificateSerialNumber: serialNumber,
    }),
    ...entry('X_509CertificateSubject', {
      subjectDistinguishedName: subject.der,
      subjectAlternativeName: certificate.subjectAlternativeNames.map(({ der }) => der),
    }),
    ...entry('X_509CertificateIssuer', {
      issuerDistinguishedName: issuer.der,
      issuerAlternativeName: certificate.issuerAlternativeNames.map(({ der }) => der),
    }),
    ...textEntries(certificate),
    ...(signature.algorithm === undefined
      ? []
      : entry('DigitalSignatureAlgorithm', signature.algorithm)),
    ...partEntries('Subject', subject),
    ...partEntries('Issuer', issuer),
    ...(keyUsage === undefined ? [] : entry('CryptographicUsageMask', maskOfUsages(keyUsage))),
  ]
}

/** The same as text, which 1.1 deprecated (KMIP 1.4 sections 3.13 to 3.15). */
function textEntries(certificate: CertificateDescription): readonly AttributeEntry[] {
  const { issuer, subject, serialNumber } = certificate
  return [
    ...entry('CertificateIdentifier', { issuer: issuer.text, serialNumber: hexOf(serialNumber) }),
    ...entry('CertificateSubject', {
      certificateSubjectDistinguishedName: subject.text,
      certificateSubjectAlternativeName: textsOf(certificate.subjectAlternativeNames),
    }),
    ...entry('CertificateIssuer', {
      certificateIssuerDistinguishedName: issuer.text,
      certificateIssuerAlternativeName: textsOf(certificate.issuerAlternativeNames),
    }),
  ]
}

function textsOf(names: readonly AlternativeName[]): readonly string[] {
  return names.flatMap(({ text }) => text ?? [])
}

function partEntries(whose: 'Subject' | 'Issuer', { parts }: DistinguishedName): AttributeEntry[] {
  return parts.flatMap(({ kind, text }) => entry(`Certificate${whose}${kind}`, text))
}

function entry(name: AttributeName, value: unknown): readonly AttributeEntry[] {
  return [{ reference: { name }, value }]
}

/** The digits of a serial number in hexadecimal, without tag and length: of at most 127 bytes. */
function hexOf(integer: Uint8Array): string {
  return Array.from(integer.subarray(2), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
