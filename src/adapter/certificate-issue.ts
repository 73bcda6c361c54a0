import { createHash, createPrivateKey, sign } from 'node:crypto'
import { BitString, Integer, OctetString, Utf8String } from 'asn1js'
import * as pki from 'pkijs'
import type { DateTime } from '../schema/primitive.ts'
import type { Secret } from '../secret/secret.ts'
import type { HostName } from './certificate-names.ts'

/** What a certificate says; how it is written down is the business of this file. */
export interface CertificateContent {
  /** 16 bytes, any: they are made positive. */
  readonly serial: Uint8Array
  readonly subject: string
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly notBefore: DateTime
  readonly notAfter: DateTime
  readonly use: CertificateUse
}

export type CertificateUse =
  | { readonly kind: 'authority' }
  | { readonly kind: 'server'; readonly hosts: readonly HostName[] }
  | { readonly kind: 'client' }

/** Who signs: its name, its SubjectPublicKeyInfo in DER, and its P-256 key in PKCS#8. */
export interface Signer {
  readonly subject: string
  readonly publicKey: Uint8Array
  readonly key: Secret
}

/** @returns an X.509 v3 certificate (RFC 5280) in DER, signed with ECDSA over SHA-256 */
export function issueCertificate(content: CertificateContent, signer: Signer): Uint8Array {
  const certificate = new pki.Certificate({
    version: 2,
    serialNumber: new Integer({ valueHex: positive(content.serial).buffer }),
    signature: ecdsaWithSha256(),
    signatureAlgorithm: ecdsaWithSha256(),
    issuer: nameOf(signer.subject),
    subject: nameOf(content.subject),
    notBefore: timeOf(content.notBefore),
    notAfter: timeOf(content.notAfter),
    subjectPublicKeyInfo: pki.PublicKeyInfo.fromBER(Uint8Array.from(content.publicKey)),
    extensions: extensionsOf(content, signer),
  })
  const unsigned = new Uint8Array(certificate.encodeTBS().toBER())
  certificate.tbsView = unsigned
  certificate.signatureValue = new BitString({ valueHex: signWith(signer.key, unsigned) })
  return new Uint8Array(certificate.toSchema().toBER())
}

function signWith(key: Secret, bytes: Uint8Array): ArrayBuffer {
  const handle = key.expose((der) =>
    createPrivateKey({
      // No copy: it would lie in Node's shared pool.
      key: Buffer.from(der.buffer, der.byteOffset, der.byteLength),
      format: 'der',
      type: 'pkcs8',
    }),
  )
  return Uint8Array.from(sign('sha256', bytes, handle)).buffer
}

/** A serial number is a positive INTEGER of at most 20 octets (RFC 5280 section 4.1.2.2). */
function positive(serial: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(serial, (byte, index) => (index === 0 ? (byte & 0x7f) | 0x40 : byte))
}

function ecdsaWithSha256(): pki.AlgorithmIdentifier {
  return new pki.AlgorithmIdentifier({ algorithmId: OID.ecdsaWithSha256 })
}

function nameOf(commonName: string): pki.RelativeDistinguishedNames {
  const value = new Utf8String({ value: commonName })
  const part = new pki.AttributeTypeAndValue({ type: OID.commonName, value })
  return new pki.RelativeDistinguishedNames({ typesAndValues: [part] })
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5), both in whole seconds. */
function timeOf(seconds: DateTime): pki.Time {
  const value = new Date(Math.trunc(seconds) * 1000)
  const type = value.getUTCFullYear() < 2050 ? pki.TimeType.UTCTime : pki.TimeType.GeneralizedTime
  return new pki.Time({ type, value })
}

function extensionsOf(content: CertificateContent, signer: Signer): pki.Extension[] {
  const { use } = content
  const always = [
    extension(OID.basicConstraints, true, basicConstraints(use)),
    extension(OID.keyUsage, true, keyUsage(use)),
    extension(OID.subjectKeyIdentifier, false, keyIdentifier(content.publicKey)),
    extension(OID.authorityKeyIdentifier, false, authorityKeyIdentifier(signer)),
  ]
  switch (use.kind) {
    case 'authority':
      return always
    case 'client':
      return [...always, extension(OID.extKeyUsage, false, purpose(OID.clientAuth))]
    case 'server':
      return [
        ...always,
        extension(OID.extKeyUsage, false, purpose(OID.serverAuth)),
        extension(OID.subjectAltName, false, alternativeNames(use.hosts)),
      ]
  }
}

function extension(extnID: string, critical: boolean, value: Encodable): pki.Extension {
  return new pki.Extension({ extnID, critical, extnValue: value.toBER() })
}

function basicConstraints(use: CertificateUse): Encodable {
  const isAuthority = use.kind === 'authority'
  return new pki.BasicConstraints(
    isAuthority ? { cA: true, pathLenConstraint: 0 } : { cA: false },
  ).toSchema()
}

/** Bits from the left: digitalSignature is 0, keyCertSign 5, cRLSign 6 (RFC 5280 section 4.2.1.3). */
function keyUsage(use: CertificateUse): Encodable {
  return use.kind === 'authority'
    ? new BitString({ valueHex: Uint8Array.of(0b0000_0110).buffer, unusedBits: 1 })
    : new BitString({ valueHex: Uint8Array.of(0b1000_0000).buffer, unusedBits: 7 })
}

function keyIdentifier(publicKey: Uint8Array): OctetString {
  return new OctetString({ valueHex: hashOfKey(publicKey) })
}

function authorityKeyIdentifier(signer: Signer): Encodable {
  return new pki.AuthorityKeyIdentifier({
    keyIdentifier: keyIdentifier(signer.publicKey),
  }).toSchema()
}

function purpose(oid: string): Encodable {
  return new pki.ExtKeyUsage({ keyPurposes: [oid] }).toSchema()
}

function alternativeNames(hosts: readonly HostName[]): Encodable {
  const names = hosts.map((host) =>
    host.kind === 'dns'
      ? new pki.GeneralName({ type: 2, value: host.text })
      : new pki.GeneralName({
          type: 7,
          value: new OctetString({ valueHex: Uint8Array.from(host.bytes).buffer }),
        }),
  )
  return new pki.GeneralNames({ names }).toSchema()
}

/** The leftmost 160 bits of SHA-256 over the key's BIT STRING, without tag and length (RFC 7093 section 2). */
function hashOfKey(publicKey: Uint8Array): ArrayBuffer {
  const { subjectPublicKey } = pki.PublicKeyInfo.fromBER(Uint8Array.from(publicKey))
  const digest = createHash('sha256').update(subjectPublicKey.valueBlock.valueHexView).digest()
  return Uint8Array.from(digest.subarray(0, 20)).buffer
}

interface Encodable {
  toBER(): ArrayBuffer
}

const OID = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const
