import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { CertificateKey } from '../port/client-directory.ts'

/** The certificate that a peer has proved to hold the key of. */
export interface PeerCertificate {
  readonly key: CertificateKey
  /** Its serial number, which its issuer gives once: upper-case hex without leading zeros. */
  readonly serial: string
  /** The last moment it is valid at, in seconds since 1970-01-01T00:00:00Z. */
  readonly notAfter: number
}

/** Why a certificate that TLS let through is refused all the same. */
export type Refusal =
  | 'no certificate'
  | 'weak key'
  | 'certificate of an authority'
  | 'unknown issuer'
  | 'unreadable certificate'

/** An authority whose clients may connect. */
export interface Authority {
  readonly certificate: X509Certificate
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly hash: string
}

export function createAuthority(certificate: X509Certificate): Authority {
  return { certificate, hash: hashPublicKey(certificate.publicKey) }
}

/** SHA-256 of the key's SubjectPublicKeyInfo in DER, lower-case hex: what clients are known by. */
export function hashPublicKey(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/**
 * Recognises the certificate of a connection, fresh or resumed. A resumed session carries the client's certificate
 * but not its chain, so the issuer is looked for among the authorities, by name and by signature.
 */
export function readPeerCertificate(
  socket: TLSSocket,
  authorities: readonly Authority[],
): PeerCertificate | Refusal {
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined ? 'no certificate' : readCertificate(certificate, authorities)
}

/** Recognises one certificate, or says why not. */
export function readCertificate(
  certificate: X509Certificate,
  authorities: readonly Authority[],
): PeerCertificate | Refusal {
  try {
    const { publicKey } = certificate
    if (!isStrong(publicKey)) return 'weak key'
    // Who may issue certificates is nobody's client: else it could make itself names below its own.
    if (certificate.ca) return 'certificate of an authority'
    const issuer = authorities.find(
      (authority) =>
        certificate.checkIssued(authority.certificate) &&
        certificate.verify(authority.certificate.publicKey),
    )
    if (issuer === undefined) return 'unknown issuer'
    const notAfter = Date.parse(certificate.validTo) / 1_000
    const serial = plainSerial(certificate.serialNumber)
    if (Number.isNaN(notAfter) || serial === undefined) return 'unreadable certificate'
    return { key: { issuer: issuer.hash, subject: hashPublicKey(publicKey) }, serial, notAfter }
  } catch {
    return 'unreadable certificate'
  }
}

/** A serial number as revocation lists name it; undefined for a negative one, which RFC 5280 forbids. */
export function plainSerial(hex: string): string | undefined {
  return /^[0-9A-F]+$/iu.test(hex) ? hex.toUpperCase().replace(/^0+(?=.)/u, '') : undefined
}

const STRONG_CURVES = ['prime256v1', 'secp384r1', 'secp521r1']
const LEAST_RSA_BITS = 2_048

/** Whether a key is one that clients and authorities may have. */
export function isStrong(key: KeyObject): boolean {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (namedCurve !== undefined) return STRONG_CURVES.includes(namedCurve)
  if (modulusLength !== undefined) return isRsa(key) && modulusLength >= LEAST_RSA_BITS
  return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448'
}

function isRsa({ asymmetricKeyType }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss'
}
