import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import {
  bits,
  der,
  integer,
  isTrue,
  octets,
  oid,
  sequence,
  set,
  TEXT_FORMS,
  time,
  type TextForm,
} from './der.ts'

export interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** Whoever a certificate says it comes from, and whose key signs it: not always the same. */
export interface Signer {
  /** Name in DER. */
  readonly name: Uint8Array
  readonly key: KeyObject
}

export type Hash = 'md5' | 'sha1' | 'sha256'

/** What is to be in a certificate; what is left out is as the server's own clients have it. */
export interface Wish {
  /** Name in DER. */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly signer: Signer
  readonly serial?: Uint8Array
  /** Days from now. */
  readonly days?: readonly [from: number, to: number]
  readonly extensions?: readonly Uint8Array[]
  readonly hash?: Hash
  /** The signature itself, in place of a right one. */
  readonly signature?: Uint8Array
  /** Without extensions, as certificates once were. */
  readonly version?: 1 | 3
}

/** @returns X.509 in DER */
export function certificate(wish: Wish): Buffer {
  const { subject, publicKey, signer, serial = randomBytes(15), days = [-1, 10] } = wish
  const { extensions = clientExtensions(), hash = 'sha256', version = 3 } = wish
  const algorithm = signatureAlgorithm(signer.key, hash)
  const body = sequence(
    ...(version === 3 ? [der(0xa0, integer(2n))] : []),
    integer(serial),
    algorithm,
    signer.name,
    sequence(time(days[0]), time(days[1])),
    subject,
    publicKey,
    ...(version === 3 ? [der(0xa3, sequence(...extensions))] : []),
  )
  return sequence(body, algorithm, bits(wish.signature ?? signed(hash, body, signer.key)))
}

function signed(hash: Hash, body: Uint8Array, key: KeyObject): Buffer {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : hash, body, key)
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  'ec sha1': '1.2.840.10045.4.1',
  'ec sha256': '1.2.840.10045.4.3.2',
  'rsa md5': '1.2.840.113549.1.1.4',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
}

function signatureAlgorithm({ asymmetricKeyType: type }: KeyObject, hash: Hash): Buffer {
  if (type === 'ed25519') return sequence(oid('1.3.101.112'))
  const found = ALGORITHMS[`${type ?? ''} ${hash}`]
  if (found === undefined) throw new TypeError(`no algorithm for ${type ?? ''} and ${hash}`)
  return type === 'rsa' ? sequence(oid(found), der(0x05)) : sequence(oid(found))
}

const COMMON_NAME = '2.5.4.3'

/** A Name of one Common Name. */
export function named(text: string, form: TextForm = 'UTF8String'): Buffer {
  return nameOf([COMMON_NAME, text, form])
}

export type NamePart = readonly [type: string, text: string, form?: TextForm]

/** A Name of several parts, each by itself. */
export function nameOf(...parts: readonly NamePart[]): Buffer {
  return sequence(...parts.map((part) => set(attribute(part))))
}

/** A Name whose parts are all in one set. */
export function nameOfSet(...parts: readonly NamePart[]): Buffer {
  return sequence(set(...parts.map(attribute)))
}

function attribute([type, text, form = 'UTF8String']: NamePart): Buffer {
  return sequence(oid(type), TEXT_FORMS[form](text))
}

export function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [isTrue] : []), octets(value))
}

/** What may stand in Extended Key Usage (RFC 5280 section 4.2.1.12). */
export const PURPOSES = {
  any: '2.5.29.37.0',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  code: '1.3.6.1.5.5.7.3.3',
  mail: '1.3.6.1.5.5.7.3.4',
  time: '1.3.6.1.5.5.7.3.8',
  status: '1.3.6.1.5.5.7.3.9',
} as const

export const purpose = (...of: readonly (keyof typeof PURPOSES)[]): Buffer =>
  extension('2.5.29.37', sequence(...of.map((one) => oid(PURPOSES[one]))))

/** Basic Constraints: of an authority, with the length of paths below it where there is one. */
export function constraints(isAuthority: boolean, pathLength?: bigint): Buffer {
  const length = pathLength === undefined ? [] : [integer(pathLength)]
  return extension('2.5.29.19', sequence(...(isAuthority ? [isTrue, ...length] : [])), true)
}

/** Key Usage by its first byte: 0x80 signs, 0x06 signs certificates and lists. */
export const keyUsage = (byte: number): Buffer =>
  extension('2.5.29.15', bits(Buffer.of(byte)), true)

export const subjectKeyIdentifier = (value: Uint8Array): Buffer =>
  extension('2.5.29.14', octets(value))
export const authorityKeyIdentifier = (value: Uint8Array): Buffer =>
  extension('2.5.29.35', sequence(der(0x80, value)))

/** Subject Alternative Name of GeneralNames in DER. */
export const alternativeNames = (...names: readonly Uint8Array[]): Buffer =>
  extension('2.5.29.17', sequence(...names))
export const dnsName = (text: string): Buffer => der(0x82, text)
export const mailName = (text: string): Buffer => der(0x81, text)
export const uriName = (text: string): Buffer => der(0x86, text)
export const directoryName = (name: Uint8Array): Buffer => der(0xa4, name)
/** The name under which Windows knows a user. */
export const principalName = (text: string): Buffer =>
  der(0xa0, oid('1.3.6.1.4.1.311.20.2.3'), der(0xa0, TEXT_FORMS.UTF8String(text)))

export function clientExtensions(...more: readonly Uint8Array[]): readonly Uint8Array[] {
  return [constraints(false), keyUsage(0x80), purpose('client'), ...more]
}

export function authorityExtensions(pathLength?: bigint): readonly Uint8Array[] {
  return [constraints(true, pathLength), keyUsage(0x06)]
}

export const p256 = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const spkiOf = ({ publicKey }: Pair): Buffer =>
  publicKey.export({ type: 'spki', format: 'der' })
export const keyPem = ({ privateKey }: Pair): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
