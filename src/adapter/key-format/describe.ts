import type { KeyBlock } from '../../model/key-block.ts'
import type { KeyDescription } from '../../port/key-format.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { Key } from './key.ts'
import { lengthOf } from './magnitude.ts'

const A = CryptographicAlgorithm

/** The algorithms whose keys are the same numbers on the same curves. */
const CURVE_ALGORITHMS: readonly CryptographicAlgorithm[] = [A.EC, A.ECDSA, A.ECDH, A.ECMQV]

/** @param named - the algorithm that the Key Format Type names, where it names one */
export function describeKey(
  key: Key,
  block: KeyBlock,
  named: CryptographicAlgorithm | undefined,
): KeyDescription {
  const stated = block.cryptographicAlgorithm
  if (key.kind === 'Symmetric') {
    return { ...(stated === undefined ? {} : { algorithm: stated }), length: key.key.length * 8 }
  }
  if ('modulus' in key) return { algorithm: A.RSA, length: lengthOf(key.modulus) }
  if ('curve' in key || 'edwards' in key) return describeCurveKey(key, stated, named)
  const isDSA = key.kind === 'DSAPublic' || key.kind === 'DSAPrivate'
  return { algorithm: isDSA ? A.DSA : A.DH, length: lengthOf(key.p) }
}

type CurveKey = Extract<Key, { readonly curve: unknown } | { readonly edwards: unknown }>

function describeCurveKey(
  key: CurveKey,
  stated: CryptographicAlgorithm | undefined,
  named: CryptographicAlgorithm | undefined,
): KeyDescription {
  const onCurve = stated !== undefined && CURVE_ALGORITHMS.includes(stated) ? stated : undefined
  if ('curve' in key) {
    const { recommended: curve, length } = key.curve
    return { algorithm: onCurve ?? named ?? A.EC, length, curve }
  }
  const { algorithm, curve, length } = key.edwards
  if (curve === undefined) return { algorithm, length }
  return { algorithm: onCurve ?? algorithm, length, curve }
}
