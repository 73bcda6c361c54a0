import { X509Certificate } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { AlternativeName } from '../model/certificate.ts'
import type { LabelRule } from '../repository/authority-book.ts'
import type { DateTime } from '../schema/primitive.ts'
import {
  createAuthority,
  hashPublicKey,
  isStrong,
  readCertificate,
  type PeerCertificate,
  type Refusal,
} from '../server/identify.ts'
import { readX509 } from './certificate/read.ts'
import { context, readDer } from './der/read.ts'

/**
 * What a connection that shows a certificate will be recognised by. The handshake looks at more, but what it would refuse
 * in any case is refused here.
 *
 * @param certificate - in DER, as are those of the `authorities`
 * @throws KmipFault `INVALID_FIELD` with a sentence for people
 */
export function readAdmissible(
  certificate: Uint8Array,
  authorities: readonly Uint8Array[],
  now: DateTime,
): PeerCertificate {
  const x509 = parse(certificate)
  const known = authorities.map((each) => createAuthority(new X509Certificate(each)))
  const read = readCertificate(x509, known)
  if (typeof read === 'string') throw new KmipFault('INVALID_FIELD', SENTENCES[read])
  // node:crypto calls the extended key usage so.
  const purposes: unknown = x509.keyUsage
  if (Array.isArray(purposes) && !purposes.includes(CLIENT_AUTH)) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is not for clients')
  }
  checkValidity(x509, now)
  return read
}

/** Where the name of a client stands in its certificate: undefined unless it stands there once. */
export function labelOf(certificate: Uint8Array, rule: LabelRule): string | undefined {
  const { subject, subjectAlternativeNames } = readX509(certificate)
  const found =
    rule === 'cn'
      ? subject.parts.flatMap(({ kind, text }) => (kind === 'CN' ? [text] : []))
      : subjectAlternativeNames.flatMap((name) => textOfKind(name, rule))
  const [label] = found
  if (found.length !== 1 || label === undefined) return undefined
  return rule === 'san-uri' ? label.slice(label.search(/[^/:]*$/u)) : label
}

/** An authority as it is described to people. */
export interface AuthorityFacts {
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly id: string
  readonly subject: string
  readonly notAfter: DateTime
}

/** Throws `INVALID_FIELD` for what is no certificate. */
export function describeAuthority(certificate: Uint8Array): AuthorityFacts {
  const x509 = parse(certificate)
  return {
    id: hashPublicKey(x509.publicKey),
    subject: readX509(certificate).subject.text,
    notAfter: Math.trunc(Date.parse(x509.validTo) / 1_000),
  }
}

/**
 * Checks that a certificate is one of an authority that can be trusted: it may sign certificates, its key is strong, it is
 * valid, and it is the root of its path or its issuer is known, at most two above it, for whom it may have authorities
 * below.
 *
 * @throws KmipFault `INVALID_FIELD` with a sentence for people
 */
export function checkAuthority(
  certificate: Uint8Array,
  known: readonly Uint8Array[],
  now: DateTime,
): void {
  const x509 = parse(certificate)
  const { authority, keyUsage } = readX509(certificate)
  if (!x509.ca || authority === undefined || keyUsage?.includes('keyCertSign') === false) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is not of an authority')
  }
  if (!isStrong(x509.publicKey)) throw new KmipFault('INVALID_FIELD', SENTENCES['weak key'])
  checkValidity(x509, now)
  checkPath(x509, known)
}

/** RFC 5280 section 4.2.1.9: so many authorities may be below one that says so. */
function checkPath(certificate: X509Certificate, known: readonly Uint8Array[]): void {
  let below = certificate
  for (let depth = 0; depth <= MOST_ABOVE; depth += 1) {
    if (isIssued(below, below)) return
    const found = known.find((each) => isIssued(below, new X509Certificate(each)))
    if (found === undefined) {
      throw new KmipFault('INVALID_FIELD', 'The issuer of the authority is to be added first')
    }
    const { pathLength = Infinity } = readX509(found).authority ?? {}
    if (pathLength < depth + 1) {
      throw new KmipFault('INVALID_FIELD', 'The issuer of the authority may have none below it')
    }
    below = new X509Certificate(found)
  }
  throw new KmipFault('INVALID_FIELD', 'The authority is too far from its root')
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function checkValidity({ validFrom, validTo }: X509Certificate, now: DateTime): void {
  const [from, to] = [validFrom, validTo].map((each) => Date.parse(each) / 1_000)
  if (from === undefined || to === undefined || !(from <= now && now <= to)) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is not valid now')
  }
}

function parse(der: Uint8Array): X509Certificate {
  try {
    const x509 = new X509Certificate(der)
    // What is behind the certificate would go with it.
    if (x509.raw.length !== der.length) throw new RangeError('more than a certificate')
    return x509
  } catch (cause) {
    throw new KmipFault('INVALID_FIELD', 'Not a certificate', { cause })
  }
}

function textOfKind({ der }: AlternativeName, rule: Exclude<LabelRule, 'cn'>): readonly string[] {
  const { tag, content } = readDer(der)
  return tag === context(KINDS[rule], false) ? [new TextDecoder('latin1').decode(content)] : []
}

/** General Names (RFC 5280 section 4.2.1.6). */
const KINDS = { 'san-email': 1, 'san-dns': 2, 'san-uri': 6 } as const
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
/** Above an authority: with it and the client's certificate a path has at most four. */
const MOST_ABOVE = 2

const SENTENCES: Readonly<Record<Refusal, string>> = {
  'no certificate': 'There is no certificate',
  'weak key': 'The public key is of a kind or size that is not taken',
  'certificate of an authority': 'The certificate is one of an authority',
  'unknown issuer': 'No authority that is known signed the certificate',
  'unreadable certificate': 'The certificate cannot be read',
}
