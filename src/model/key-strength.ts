import { CryptographicAlgorithm as A } from '../spec/enum/cryptographic-algorithm.ts'
import type { ManagedObject } from './managed-object.ts'

/** Bits of strength that nothing is held to more than. */
const MOST = 256

/** Strengths of moduli by their least length, the longest first (NIST SP 800-57 part 1 table 2). */
const BY_MODULUS: readonly (readonly [length: number, strength: number])[] = [
  [15_360, 256],
  [7_680, 192],
  [3_072, 128],
  [2_048, 112],
  [1_024, 80],
]

const MODULAR: readonly unknown[] = [A.RSA, A.DSA, A.DH]
const CURVES: readonly unknown[] = [A.EC, A.ECDSA, A.ECDH, A.ECMQV, A.Ed25519, A.Ed448, A.SM2]

/**
 * The strength of a key, in bits, as NIST SP 800-57 part 1 has it; that of bytes of which nothing is known is their
 * length.
 *
 * @returns undefined where the object does not say how long it is
 */
export function strengthOf({ attributes }: Pick<ManagedObject, 'attributes'>): number | undefined {
  const length = attributes.get('CryptographicLength')
  if (length === undefined) return undefined
  const algorithm = attributes.get('CryptographicAlgorithm')
  if (MODULAR.includes(algorithm)) {
    return BY_MODULUS.find(([least]) => length >= least)?.[1] ?? 0
  }
  if (CURVES.includes(algorithm)) return Math.min(Math.floor(length / 2), MOST)
  if (algorithm === A.DES3) return length >= 168 ? 112 : 80
  return Math.min(length, MOST)
}
