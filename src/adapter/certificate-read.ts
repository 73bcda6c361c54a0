import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { CertificateKey } from '../port/client-directory.ts'
import type { DateTime } from '../schema/primitive.ts'

/** What of a certificate matters after it was issued. */
export interface CertificateFacts {
  /** Common Name of its subject, empty where it has none. */
  readonly subject: string
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly notAfter: DateTime
  /** Its alternative names as OpenSSL prints them, as in `DNS:localhost, IP Address:127.0.0.1`. */
  readonly names: string
}

/** Throws `INVALID_FIELD` for what is not a certificate. */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const certificate = parse(der)
  return {
    subject: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '',
    publicKey: exportKey(certificate.publicKey),
    notAfter: Math.trunc(Date.parse(certificate.validTo) / 1000),
    names: certificate.subjectAltName ?? '',
  }
}

/** What a connection that shows `certificate` will be recognised by. */
export function certificateKeyOf(certificate: Uint8Array, issuer: Uint8Array): CertificateKey {
  return {
    issuer: hashOf(readCertificate(issuer).publicKey),
    subject: hashOf(readCertificate(certificate).publicKey),
  }
}

/**
 * Checks that a public key is one a client may have: EC on P-256, P-384 or P-521, Ed25519, RSA of 2,048 bits or more.
 *
 * @param publicKey - SubjectPublicKeyInfo in DER
 * Throws `INVALID_FIELD`.
 */
export function checkClientKey(publicKey: Uint8Array): void {
  const key = parseKey(publicKey)
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  const isStrong =
    key.asymmetricKeyType === 'ed25519' ||
    (key.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve)) ||
    (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048)
  if (!isStrong) {
    throw new KmipFault('INVALID_FIELD', 'The public key is of a kind or size that is not taken')
  }
}

function parse(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new KmipFault('INVALID_FIELD', 'Not a certificate', { cause })
  }
}

function parseKey(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new KmipFault('INVALID_FIELD', 'Not a public key', { cause })
  }
}

function exportKey(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }))
}

function hashOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex')
}

const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1']
