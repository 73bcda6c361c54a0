import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import type {
  AsymmetricKey,
  AsymmetricKind,
  Bytes,
  PrivateKey,
  PublicKey,
} from '../../port/crypto.ts'
import type { Secret } from '../../secret/secret.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import type { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'
import { reveal, secretOf, plain } from './bytes.ts'
import { curveBits, curveByName } from './curve.ts'
import { failed, guarded, invalid } from './refusal.ts'

const F = KeyFormatType

/** The keys behind the handles; a handle that is destroyed has none. */
const OBJECTS = new WeakMap<AsymmetricKey, KeyObject>()

const KINDS: ReadonlyMap<string, AsymmetricKind> = new Map<string, AsymmetricKind>([
  ['rsa', 'RSA'],
  ['dsa', 'DSA'],
  ['dh', 'DH'],
  ['ec', 'EC'],
  ['ed25519', 'Ed25519'],
  ['ed448', 'Ed448'],
  ['x25519', 'X25519'],
  ['x448', 'X448'],
])
const FIXED_BITS: Partial<Record<AsymmetricKind, number>> = {
  Ed25519: 256,
  X25519: 256,
  Ed448: 448,
  X448: 448,
}

/** The key behind a handle. Throws `INTERNAL` for one that is destroyed or another provider's. */
export function objectOf(key: AsymmetricKey): KeyObject {
  const object = OBJECTS.get(key)
  if (object === undefined) throw new KmipFault('INTERNAL', 'The key is not at hand')
  return object
}

export function privateKeyOf(object: KeyObject): PrivateKey {
  return registered({ half: 'private', ...described(object), destroy: forget }, object)
}

export function publicKeyOf(object: KeyObject): PublicKey {
  return registered({ half: 'public', ...described(object), destroy: forget }, object)
}

export function publicOf(key: PrivateKey): PublicKey {
  return publicKeyOf(guarded(() => createPublicKey(objectOf(key))))
}

export function duplicate<K extends AsymmetricKey>(key: K): K {
  return registered({ ...key }, objectOf(key))
}

export function parsePrivate(format: KeyFormatType, der: Secret): PrivateKey {
  const type = PRIVATE_TYPES.get(format)
  if (type === undefined) throw formatUnsupported()
  return guarded(() =>
    der.expose((bytes) =>
      privateKeyOf(createPrivateKey({ key: viewOf(bytes), format: 'der', type })),
    ),
  )
}

export function parsePublic(format: KeyFormatType, der: Bytes): PublicKey {
  const type = PUBLIC_TYPES.get(format)
  if (type === undefined) throw formatUnsupported()
  return guarded(() =>
    reveal(der, (bytes) =>
      publicKeyOf(createPublicKey({ key: viewOf(bytes), format: 'der', type })),
    ),
  )
}

export function parseCertificate(der: Uint8Array): PublicKey {
  return guarded(() => publicKeyOf(new X509Certificate(der).publicKey))
}

export function exportPrivate(key: PrivateKey, format: KeyFormatType): Secret {
  const type = PRIVATE_TYPES.get(format)
  if (type === undefined || !fitsKind(type, key.kind)) throw formatUnsupported()
  return guarded(() => secretOf(objectOf(key).export({ format: 'der', type })))
}

export function exportPublic(key: PublicKey, format: KeyFormatType): Uint8Array {
  const type = PUBLIC_TYPES.get(format)
  if (type === undefined || !fitsKind(type, key.kind)) throw formatUnsupported()
  return guarded(() => plain(objectOf(key).export({ format: 'der', type })))
}

/** The raw shared secret. Keys of different kinds or groups are `INVALID_FIELD`. */
export function agree(own: PrivateKey, peer: PublicKey): Secret {
  const agrees = own.kind === 'EC' || own.kind === 'DH' || own.kind.startsWith('X')
  if (!agrees || own.kind !== peer.kind || own.curve !== peer.curve) {
    throw invalid('The keys do not agree on a secret')
  }
  const privateKey = objectOf(own)
  const publicKey = objectOf(peer)
  return guarded(() => secretOf(diffieHellman({ privateKey, publicKey })))
}

const PRIVATE_TYPES = new Map<number, 'pkcs1' | 'pkcs8' | 'sec1'>([
  [F.PKCS_1, 'pkcs1'],
  [F.PKCS_8, 'pkcs8'],
  [F.ECPrivateKey, 'sec1'],
])
const PUBLIC_TYPES = new Map<number, 'pkcs1' | 'spki'>([
  [F.PKCS_1, 'pkcs1'],
  [F.X_509, 'spki'],
])

function fitsKind(type: 'pkcs1' | 'pkcs8' | 'sec1' | 'spki', kind: AsymmetricKind): boolean {
  if (type === 'pkcs1') return kind === 'RSA'
  return type !== 'sec1' || kind === 'EC'
}

/** The same memory in Node's own form: a copy would lie in its shared pool, where nobody zeroes it. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function formatUnsupported(): KmipFault {
  return new KmipFault('KEY_FORMAT_UNSUPPORTED', 'The Key Format Type does not fit the key')
}

interface Description {
  readonly kind: AsymmetricKind
  readonly bits: number
  readonly curve: RecommendedCurve | undefined
}

function described(object: KeyObject): Description {
  const kind = KINDS.get(object.asymmetricKeyType ?? '')
  if (kind === undefined) throw failed()
  const { modulusLength, namedCurve } = object.asymmetricKeyDetails ?? {}
  const curve = namedCurve === undefined ? undefined : curveByName(namedCurve)
  const bits = FIXED_BITS[kind] ?? modulusLength ?? (curve === undefined ? 0 : curveBits(curve))
  return { kind, bits, curve }
}

function registered<K extends AsymmetricKey>(key: K, object: KeyObject): K {
  OBJECTS.set(key, object)
  return Object.freeze(key)
}

function forget(this: AsymmetricKey): void {
  OBJECTS.delete(this)
}
