import { generateKeyPairSync } from 'node:crypto'
import type { Clock } from '../port/clock.ts'
import type { Random } from '../port/random.ts'
import type { KeyedCertificate } from '../repository/authority-record.ts'
import type { DateTime } from '../schema/primitive.ts'
import { Secret } from '../secret/secret.ts'
import { issueCertificate, type CertificateContent, type Signer } from './certificate-issue.ts'
import type { HostName } from './certificate-names.ts'
import { checkClientKey, readCertificate } from './certificate-read.ts'

/** A fresh P-256 key: the private half as PKCS#8, the public half as SubjectPublicKeyInfo, both DER. */
export interface KeyPair {
  readonly key: Secret
  readonly publicKey: Uint8Array
}

/** Where the time and the serial numbers come from. */
export interface IssueDeps {
  readonly clock: Clock
  readonly random: Pick<Random, 'bytes' | 'identifier'>
}

export interface ClientCertificateOptions {
  readonly name: string
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
}

/** A key pair for a certificate, made by OpenSSL's generator. */
export function createKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  })
  return { key: Secret.take(privateKey), publicKey: Uint8Array.from(publicKey) }
}

/**
 * Makes a certification authority: self-signed, for ten years, unable to have authorities below it. It signs with P-256
 * because every handshake verifies one of its signatures, and OpenSSL does so ten times faster than on P-384.
 */
export function createAuthority(deps: IssueDeps): KeyedCertificate {
  const { key, publicKey } = createKeyPair()
  const subject = `kmipd authority ${labelOf(deps.random)}`
  const content: CertificateContent = {
    ...validityFrom(deps.clock, AUTHORITY_DAYS),
    serial: serialFrom(deps.random),
    subject,
    publicKey,
    use: { kind: 'authority' },
  }
  return { certificate: issueCertificate(content, { subject, publicKey, key }), key }
}

/** Makes the server's certificate with a key of its own, for `hosts` (at least one), the first of which is its subject. */
export function issueServerCertificate(
  deps: IssueDeps,
  authority: KeyedCertificate,
  hosts: readonly HostName[],
): KeyedCertificate {
  const { key, publicKey } = createKeyPair()
  const certificate = issue(deps, authority, SERVER_DAYS, {
    subject: subjectOf(hosts),
    publicKey,
    use: { kind: 'server', hosts },
  })
  return { certificate, key }
}

/**
 * Makes the certificate of a client for one year.
 *
 * @returns X.509 in DER
 * Throws `INVALID_FIELD` for a public key that is too weak.
 */
export function issueClientCertificate(
  deps: IssueDeps,
  authority: KeyedCertificate,
  { name, publicKey }: ClientCertificateOptions,
): Uint8Array {
  checkClientKey(publicKey)
  return issue(deps, authority, CLIENT_DAYS, { subject: name, publicKey, use: { kind: 'client' } })
}

function issue(
  { clock, random }: IssueDeps,
  authority: KeyedCertificate,
  days: number,
  content: Pick<CertificateContent, 'subject' | 'publicKey' | 'use'>,
): Uint8Array {
  const { subject, publicKey, notAfter: end } = readCertificate(authority.certificate)
  const { notBefore, notAfter } = validityFrom(clock, days)
  const signer: Signer = { subject, publicKey, key: authority.key }
  const serial = serialFrom(random)
  return issueCertificate(
    { ...content, serial, notBefore, notAfter: Math.min(notAfter, end) },
    signer,
  )
}

/** Begins a little in the past: the other side's clock may be behind. */
function validityFrom(
  clock: Clock,
  days: number,
): { readonly notBefore: DateTime; readonly notAfter: DateTime } {
  const now = clock.now()
  return { notBefore: now - SKEW_SECONDS, notAfter: now + days * DAY_SECONDS - 1 }
}

function serialFrom(random: IssueDeps['random']): Uint8Array {
  return random.bytes(16).expose((bytes) => Uint8Array.from(bytes))
}

/** Eight hexadecimal digits that tell one authority from another in a list of certificates. */
function labelOf(random: IssueDeps['random']): string {
  return random.identifier().slice(0, 8)
}

/** A Common Name holds at most 64 characters (RFC 5280, ub-common-name). */
function subjectOf(hosts: readonly HostName[]): string {
  return hosts.find((host) => host.text.length <= 64)?.text ?? 'kmipd'
}

const DAY_SECONDS = 86_400
const SKEW_SECONDS = 300
const AUTHORITY_DAYS = 3650
/** The longest that common TLS stacks take from a server (825 days), a day less for the skew. */
const SERVER_DAYS = 824
const CLIENT_DAYS = 365
