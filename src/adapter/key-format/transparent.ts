import { compile, type Codec } from '../../schema/codec.ts'
import { Secret } from '../../secret/secret.ts'
import {
  TransparentDHPrivateKeyStruct,
  TransparentDHPublicKeyStruct,
  TransparentDSAPrivateKeyStruct,
  TransparentDSAPublicKeyStruct,
  TransparentECPrivateKeyStruct,
  TransparentECPublicKeyStruct,
  TransparentRSAPrivateKeyStruct,
  TransparentRSAPublicKeyStruct,
  TransparentSymmetricKeyStruct,
} from '../../spec/structure/transparent-key.ts'
import { Tag } from '../../spec/tag.ts'
import { decode } from '../../ttlv/decode.ts'
import { encode } from '../../ttlv/encode.ts'
import { curveOf } from './curve.ts'
import { destroyParts, type DHGroup, type Key } from './key.ts'
import { magnitudeOf, secretMagnitude, signed } from './magnitude.ts'
import { malformed } from './malformed.ts'
import { completeRSA } from './rsa-complete.ts'
import { ecPrivate, ecPublic } from './sec1.ts'

/** One kind of transparent structure, in both directions, over the TTLV encoding of the Key Material item. */
export interface TransparentForm {
  /** Undefined for a curve that is not known. Throws `INVALID_FIELD`. */
  readonly read: (material: Uint8Array) => Key | undefined
  /** Undefined for a key of another kind. */
  readonly write: (key: Key) => Secret | undefined
}

function transparent<T extends object>(
  struct: Codec<T>,
  toKey: (value: T) => Key | undefined,
  ofKey: (key: Key) => T | undefined,
): TransparentForm {
  // The newest version has every field and curve; the structures are the same in all.
  const codec = compile(struct, '2.1')
  return {
    read(material) {
      try {
        const value = codec.decode(decode(material))
        try {
          return toKey(value)
        } finally {
          destroyParts(value)
        }
      } catch {
        throw malformed()
      }
    },
    write(key) {
      const value = ofKey(key)
      if (value === undefined) return undefined
      try {
        return Secret.take(encode(codec.encode(Tag.KeyMaterial.number, value)))
      } finally {
        destroyParts(value)
      }
    },
  }
}

const big = (magnitude: Uint8Array): Uint8Array => signed(magnitude, 8)
const secretBig = (number: Secret): Secret => Secret.take(number.expose(big))
const own = (number: Secret): Secret => number.expose(secretMagnitude)

export const symmetric = transparent(
  TransparentSymmetricKeyStruct,
  ({ key }) => ({ kind: 'Symmetric', key: key.clone() }),
  (key) => (key.kind === 'Symmetric' ? { key: key.key.clone() } : undefined),
)

export const rsaPublic = transparent(
  TransparentRSAPublicKeyStruct,
  ({ modulus, publicExponent }) => {
    const key = { modulus: magnitudeOf(modulus), publicExponent: magnitudeOf(publicExponent) }
    if (key.modulus.length === 0) throw malformed()
    return { kind: 'RSAPublic', ...key }
  },
  (key) =>
    key.kind === 'RSAPublic'
      ? { modulus: big(key.modulus), publicExponent: big(key.publicExponent) }
      : undefined,
)

export const rsaPrivate = transparent(TransparentRSAPrivateKeyStruct, completeRSA, (key) =>
  key.kind === 'RSAPrivate'
    ? {
        modulus: big(key.modulus),
        privateExponent: secretBig(key.privateExponent),
        publicExponent: big(key.publicExponent),
        p: secretBig(key.p),
        q: secretBig(key.q),
        primeExponentP: secretBig(key.primeExponentP),
        primeExponentQ: secretBig(key.primeExponentQ),
        crtCoefficient: secretBig(key.crtCoefficient),
      }
    : undefined,
)

export const dsaPublic = transparent(
  TransparentDSAPublicKeyStruct,
  ({ p, q, g, y }) => ({ kind: 'DSAPublic', ...subgroupOf(p, q, g), y: magnitudeOf(y) }),
  (key) =>
    key.kind === 'DSAPublic'
      ? { p: big(key.p), q: big(key.q), g: big(key.g), y: big(key.y) }
      : undefined,
)

export const dsaPrivate = transparent(
  TransparentDSAPrivateKeyStruct,
  ({ p, q, g, x }) => ({ kind: 'DSAPrivate', ...subgroupOf(p, q, g), x: own(x) }),
  (key) =>
    key.kind === 'DSAPrivate'
      ? { p: big(key.p), q: big(key.q), g: big(key.g), x: secretBig(key.x) }
      : undefined,
)

export const dhPublic = transparent(
  TransparentDHPublicKeyStruct,
  ({ y, ...group }) => ({ kind: 'DHPublic', ...eachOf(group, magnitudeOf), y: magnitudeOf(y) }),
  (key) => (key.kind === 'DHPublic' ? { ...eachOf(key, big), y: big(key.y) } : undefined),
)

export const dhPrivate = transparent(
  TransparentDHPrivateKeyStruct,
  ({ x, ...group }) => ({ kind: 'DHPrivate', ...eachOf(group, magnitudeOf), x: own(x) }),
  (key) => (key.kind === 'DHPrivate' ? { ...eachOf(key, big), x: secretBig(key.x) } : undefined),
)

export const ecPublicForm = transparent(
  TransparentECPublicKeyStruct,
  ({ recommendedCurve, qString }) => {
    const curve = curveOf(recommendedCurve)
    return curve && ecPublic(qString, curve)
  },
  (key) =>
    key.kind === 'ECPublic'
      ? { recommendedCurve: key.curve.recommended, qString: key.qString }
      : undefined,
)

export const ecPrivateForm = transparent(
  TransparentECPrivateKeyStruct,
  ({ recommendedCurve, d }) => {
    const curve = curveOf(recommendedCurve)
    return curve && d.expose((number) => ecPrivate(nonNegative(number), curve))
  },
  (key) =>
    key.kind === 'ECPrivate'
      ? {
          recommendedCurve: key.curve.recommended,
          d: Secret.take(key.d.expose((number) => big(withoutZeros(number)))),
        }
      : undefined,
)

function nonNegative(number: Uint8Array): Uint8Array {
  if ((number[0] ?? 0) >= 0x80) throw malformed()
  return number
}

function withoutZeros(number: Uint8Array): Uint8Array {
  const first = number.findIndex((byte) => byte !== 0)
  return number.subarray(Math.max(first, 0))
}

function subgroupOf(p: Uint8Array, q: Uint8Array, g: Uint8Array) {
  return { p: magnitudeOf(p), q: magnitudeOf(q), g: magnitudeOf(g) }
}

/** The parameters of a group, each in another form. */
function eachOf({ p, q, g, j }: DHGroup, change: (number: Uint8Array) => Uint8Array): DHGroup {
  return {
    p: change(p),
    ...(q === undefined ? {} : { q: change(q) }),
    g: change(g),
    ...(j === undefined ? {} : { j: change(j) }),
  }
}
