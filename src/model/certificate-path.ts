import type { DateTime } from '../schema/primitive.ts'
import type { CertificateDescription } from './certificate.ts'

/** Whether a certificate's signature was made with a key; undefined where that cannot be told. */
export type VerifySignature = (
  certificate: CertificateDescription,
  publicKey: Uint8Array,
) => boolean | undefined

/** What is known of a path: each certificate is right, one is wrong, or it cannot be told. */
export type PathVerdict = 'valid' | 'invalid' | 'unknown'

/** When a path is to be valid, and what is believed without proof. */
export interface PathQuestion {
  readonly at: DateTime
  /** Whether the certificate at the end of a path is trusted. */
  readonly isAnchor: (certificate: CertificateDescription) => boolean
  readonly verify: VerifySignature
}

/**
 * Puts certificates in the order of their issuing, the end entity first. Undefined when they are not one chain, all of
 * them used.
 */
export function orderPath(
  certificates: readonly CertificateDescription[],
): readonly CertificateDescription[] | undefined {
  const ends = certificates.filter(
    (each) => !certificates.some((other) => other !== each && isIssuedBy(other, each)),
  )
  const [first, ...others] = ends
  if (first === undefined || others.length > 0) return undefined
  const path = [first]
  for (let last = first; !isSelfIssued(last);) {
    const above = certificates.filter((each) => !path.includes(each) && isIssuedBy(last, each))
    const [next] = above
    if (next === undefined) break
    if (above.length > 1) return undefined
    path.push(next)
    last = next
  }
  return path.length === certificates.length ? path : undefined
}

/**
 * Checks a path by RFC 5280 section 6.1, without policies and name constraints: a critical extension that is not
 * understood makes it invalid. Without a trusted certificate at its end nothing is known of it.
 */
export function checkPath(
  path: readonly CertificateDescription[],
  question: PathQuestion,
): PathVerdict {
  const verdicts = path.map((_, index) => verdictAt(path, index, question))
  if (verdicts.includes('invalid')) return 'invalid'
  return verdicts.includes('unknown') ? 'unknown' : 'valid'
}

function verdictAt(
  path: readonly CertificateDescription[],
  index: number,
  question: PathQuestion,
): PathVerdict {
  const certificate = path[index]
  if (certificate === undefined || !isFit(certificate, question.at)) return 'invalid'
  if (index > 0 && !maySign(certificate, signersBelow(path, index))) return 'invalid'
  return proofOf(certificate, path[index + 1], question)
}

function isFit(certificate: CertificateDescription, at: DateTime): boolean {
  const isInTime = certificate.notBefore <= at && at <= certificate.notAfter
  return isInTime && !certificate.hasUnknownCritical
}

/** By the signature of the next one above; at the end of the path by trust, where it is not wrongly signed itself. */
function proofOf(
  certificate: CertificateDescription,
  above: CertificateDescription | undefined,
  { isAnchor, verify }: PathQuestion,
): PathVerdict {
  const issuer = above ?? (isSelfIssued(certificate) ? certificate : undefined)
  const isSigned = issuer && verify(certificate, issuer.publicKey)
  if (isSigned === false) return 'invalid'
  const isProven = above === undefined ? isAnchor(certificate) : isSigned === true
  return isProven ? 'valid' : 'unknown'
}

/** Whether a certificate may have signed the next one below (RFC 5280 sections 4.2.1.3, 4.2.1.9). */
export function maySign(
  { authority, keyUsage }: CertificateDescription,
  intermediates: number,
): boolean {
  if (authority === undefined) return false
  const { pathLength } = authority
  const isShort = pathLength === undefined || intermediates <= pathLength
  return isShort && (keyUsage === undefined || keyUsage.includes('keyCertSign'))
}

/** Certificates between an authority and the end entity that are not self-issued: those its path length counts. */
function signersBelow(path: readonly CertificateDescription[], index: number): number {
  return path.slice(1, index).filter((certificate) => !isSelfIssued(certificate)).length
}

export function isSelfIssued({ issuer, subject }: CertificateDescription): boolean {
  return isSameBytes(issuer.der, subject.der)
}

export function isIssuedBy(
  { issuer }: CertificateDescription,
  { subject }: CertificateDescription,
): boolean {
  return isSameBytes(issuer.der, subject.der)
}

export function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
