import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { AsymmetricKey, PrivateKey, PublicKey } from '../../port/crypto.ts'
import { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'
import { objectOf } from './key.ts'
import { failed, guarded, unsupported } from './refusal.ts'

const C = RecommendedCurve

/** Node signs data alone: given a digest it hashes it again. */
const CURVES: ReadonlyMap<number, ECDSA> = new Map<number, ECDSA>([
  [C.P_256, p256],
  [C.P_384, p384],
  [C.P_521, p521],
  [C.SECP256K1, secp256k1],
  [C.BRAINPOOLP256R1, brainpoolP256r1],
  [C.BRAINPOOLP384R1, brainpoolP384r1],
  [C.BRAINPOOLP512R1, brainpoolP512r1],
])
const OPTIONS = { prehash: false, lowS: false, format: 'der' } as const

export function signDigestEcdsa(key: PrivateKey, digest: Uint8Array): Uint8Array {
  const curve = curveOf(key)
  return guarded(() => {
    const der = objectOf(key).export({ format: 'der', type: 'sec1' })
    const scalar = scalarOf(der)
    try {
      return curve.sign(digest, scalar, { ...OPTIONS, extraEntropy: true })
    } finally {
      scalar.fill(0)
      der.fill(0)
    }
  })
}

export function verifyDigestEcdsa(
  key: PublicKey,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const curve = curveOf(key)
  const der = objectOf(key).export({ format: 'der', type: 'spki' })
  try {
    return curve.verify(signature, digest, pointOf(der, curve), OPTIONS)
  } catch {
    return false
  }
}

function curveOf({ curve }: AsymmetricKey): ECDSA {
  const known = curve === undefined ? undefined : CURVES.get(curve)
  if (known === undefined) throw unsupported('A signature of a digest with the Recommended Curve')
  return known
}

/** The octet string after the version of an ECPrivateKey (RFC 5915 section 3). */
function scalarOf(der: Uint8Array): Uint8Array {
  const length = der[1] ?? 0
  const start = 2 + (length >= 0x80 ? length & 0x7f : 0) + 3
  if (der[start] !== 0x04) throw failed()
  return der.slice(start + 2, start + 2 + (der[start + 1] ?? 0))
}

/** The point ends a SubjectPublicKeyInfo, after the zero that a bit string begins with. */
function pointOf(der: Uint8Array, { lengths }: ECDSA): Uint8Array {
  const { publicKeyUncompressed = 0, publicKey: compressed = 0 } = lengths
  const whole = der.length - publicKeyUncompressed
  const isWhole = der[whole - 1] === 0 && der[whole] === 4
  return Uint8Array.from(der.subarray(isWhole ? whole : der.length - compressed))
}
