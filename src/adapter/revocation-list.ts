import { constants, verify, X509Certificate, type KeyObject } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { KmipFault } from '../fault/fault.ts'
import type { RevocationList } from '../port/revocation.ts'
import type { DateTime } from '../schema/primitive.ts'
import { readX509 } from './certificate/read.ts'
import { readTime } from './certificate/time.ts'
import {
  bitsIn,
  childrenOf,
  context,
  eachChild,
  expected,
  identifierIn,
  integerIn,
  malformed,
  readDer,
  sequenceIn,
  smallIn,
  T,
  taggedIn,
  type Element,
} from './der/read.ts'

/**
 * Reads a certificate revocation list (RFC 5280 section 5) that `authority` signed. It is complete and is about the
 * authority's own certificates: others are refused, as is every critical extension, for what it says would be passed
 * over.
 *
 * @param authority - certificate in DER
 * @throws KmipFault `INVALID_FIELD` with a sentence for people
 */
export async function readRevocationList(
  der: Uint8Array,
  authority: Uint8Array,
): Promise<RevocationList> {
  const { body, algorithm, signature } = readParts(der)
  const { subject, keyUsage } = readX509(authority)
  if (keyUsage !== undefined && !keyUsage.includes('cRLSign')) {
    throw refusal('The authority may not sign revocation lists')
  }
  if (!isSame(body.issuer, subject.der))
    throw refusal('The revocation list is of another authority')
  const key = new X509Certificate(authority).publicKey
  if (!(await isSigned({ signed: body.whole, algorithm, signature, key }))) {
    throw refusal('The revocation list is not signed by its authority')
  }
  const number = readExtensions(body.extensions)
  return {
    thisUpdate: body.thisUpdate,
    ...(body.nextUpdate !== undefined && { nextUpdate: body.nextUpdate }),
    ...(number !== undefined && { number }),
    serials: await readSerials(body.revoked),
  }
}

interface Body {
  readonly whole: Uint8Array
  readonly issuer: Uint8Array
  readonly thisUpdate: DateTime
  readonly nextUpdate: DateTime | undefined
  readonly revoked: Element | undefined
  readonly extensions: Element | undefined
}

function readParts(der: Uint8Array): {
  readonly body: Body
  readonly algorithm: Element
  readonly signature: Uint8Array
} {
  try {
    const [tbs, algorithm, signature, ...others] = sequenceIn(readDer(der))
    if (tbs === undefined || algorithm === undefined || others.length > 0) throw malformed()
    return { body: readBody(tbs, algorithm), algorithm, signature: bitsIn(signature) }
  } catch (cause) {
    throw refusal('The file is no revocation list', cause)
  }
}

function readBody(tbs: Element, algorithm: Element): Body {
  const fields = [...sequenceIn(tbs)]
  if (fields[0]?.tag === T.integer && smallIn(fields.shift()) !== VERSION_2) throw malformed()
  const [inner, issuer, begin, ...rest] = fields
  // What is signed names the algorithm as well, so that nobody can put in another (RFC 5280 section 5.1.1.2).
  if (inner === undefined || !isSame(inner.whole, algorithm.whole)) throw malformed()
  const take = (...tags: readonly number[]) =>
    tags.includes(rest[0]?.tag ?? 0) ? rest.shift() : undefined
  const end = take(T.utcTime, T.generalizedTime)
  const revoked = take(T.sequence)
  const extensions = take(context(0, true))
  if (rest.length > 0) throw malformed()
  return {
    whole: tbs.whole,
    issuer: expected(issuer, T.sequence).whole,
    thisUpdate: readTime(begin),
    nextUpdate: end && readTime(end),
    revoked,
    extensions,
  }
}

/** Reads the extensions of a list, and gives its number as hex where it has one. */
function readExtensions(wrapped: Element | undefined): string | undefined {
  if (wrapped === undefined) return undefined
  let number: string | undefined
  for (const extension of sequenceIn(childrenOf(wrapped)[0])) {
    const { oid, isCritical, value } = readExtension(extension)
    if (oid === OID.number) number = hexOf(integerIn(readDer(value))).toLowerCase()
    else if (oid === OID.delta) throw refusal('The revocation list holds only changes to another')
    else if (isCritical) throw refusal('The revocation list is about a part of the certificates')
  }
  return number
}

function readExtension(extension: Element) {
  const parts = [...sequenceIn(extension)]
  const oid = identifierIn(parts.shift())
  const isCritical = parts[0]?.tag === T.boolean && parts.shift()?.content[0] === 0xff
  const { content } = expected(parts[0], T.octets)
  return { oid, isCritical, value: content }
}

/** Others get their turn while a long list is read. */
async function readSerials(revoked: Element | undefined): Promise<ReadonlySet<string>> {
  const serials = new Set<string>()
  if (revoked === undefined) return serials
  let count = 0
  for (const entry of eachChild(revoked)) {
    const [serial, , extensions] = sequenceIn(entry)
    const isForeign =
      extensions !== undefined &&
      sequenceIn(extensions).some((extension) => readExtension(extension).isCritical)
    if (isForeign) throw refusal('The revocation list is of more than one authority')
    serials.add(hexOf(integerIn(serial)))
    count += 1
    if (count % AT_ONCE === 0) await setImmediate()
  }
  return serials
}

interface Signed {
  readonly signed: Uint8Array
  readonly algorithm: Element
  readonly signature: Uint8Array
  readonly key: KeyObject
}

async function isSigned({ signed, algorithm, signature, key }: Signed): Promise<boolean> {
  const [type, parameters] = sequenceIn(algorithm)
  const oid = identifierIn(type)
  const scheme = SCHEMES.get(oid)
  const hash = oid === OID.pss ? pssHash(parameters) : scheme?.hash
  const family = oid === OID.pss ? 'rsa' : scheme?.key
  const isFamily = key.asymmetricKeyType === family || key.asymmetricKeyType === `${family}-pss`
  if (hash === undefined || !isFamily) {
    throw refusal('The revocation list is signed in a way that is not taken')
  }
  const padding =
    oid === OID.pss
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : {}
  return new Promise((resolve) => {
    // Off the event loop: a list may have many megabytes.
    verify(hash, signed, { key, ...padding }, signature, (error, isRight) => {
      resolve(error === null && isRight)
    })
  })
}

/** The hash of RSASSA-PSS-params, which is that of the mask as well. */
function pssHash(parameters: Element | undefined): string | undefined {
  if (parameters === undefined) return undefined
  const wrapped = taggedIn(sequenceIn(parameters), context(0, true))
  if (wrapped === undefined) return undefined
  return HASHES.get(identifierIn(sequenceIn(childrenOf(wrapped)[0])[0]))
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

/** An INTEGER as upper-case hex without leading zeros. */
function hexOf(content: Uint8Array): string {
  const hex = Buffer.from(content).toString('hex').toUpperCase()
  return hex.replace(/^0+(?=.)/u, '')
}

function refusal(text: string, cause?: unknown): KmipFault {
  return new KmipFault('INVALID_FIELD', text, cause === undefined ? undefined : { cause })
}

const VERSION_2 = 1
/** Entries that are read in one turn. */
const AT_ONCE = 2_000
const OID = {
  number: '2.5.29.20',
  delta: '2.5.29.27',
  pss: '1.2.840.113549.1.1.10',
} as const

/** Nothing below SHA-256. */
const SCHEMES: ReadonlyMap<string, { readonly key: string; readonly hash: string | null }> =
  new Map([
    ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
    ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
    ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
    ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
    ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
    ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
    ['1.3.101.112', { key: 'ed25519', hash: null }],
    ['1.3.101.113', { key: 'ed448', hash: null }],
  ])

const HASHES: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])
