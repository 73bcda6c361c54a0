import { KmipFault } from '../../fault/fault.ts'
import { SplitKeyMethod } from '../../spec/enum/split-key-method.ts'
import { gf256 } from './gf256.ts'
import { gf65536 } from './gf65536.ts'
import { primeField } from './prime-field.ts'
import type { ShareField } from './share-field.ts'

/** How a secret is split: the fields that all of its Split Keys share (KMIP 1.4 section 2.2.5). */
export interface SplitKeyPlan {
  readonly splitKeyMethod: SplitKeyMethod
  readonly splitKeyParts: number
  readonly splitKeyThreshold: number
  /** A Big Integer; for sharing in a prime field. */
  readonly primeFieldSize?: Uint8Array
}

/** The field that shares are polynomials over; undefined for XOR, which needs none. */
export function fieldOf({ splitKeyMethod, primeFieldSize }: SplitKeyPlan): ShareField | undefined {
  switch (splitKeyMethod) {
    case SplitKeyMethod.XOR:
      return undefined
    case SplitKeyMethod.PolynomialSharingGF2_8:
      return gf256
    case SplitKeyMethod.PolynomialSharingGF2_16:
      return gf65536
    case SplitKeyMethod.PolynomialSharingPrimeField:
      if (primeFieldSize === undefined) {
        throw new KmipFault('INVALID_FIELD', 'The Prime Field Size is missing')
      }
      return primeField(primeFieldSize)
    default:
      throw new KmipFault('INVALID_FIELD', 'The Split Key Method is not supported')
  }
}

/**
 * Checks what can be told of a plan before there is a secret. A threshold of one is refused: every part would be the
 * secret. Throws `INVALID_FIELD`.
 */
export function checkPlan(plan: SplitKeyPlan, field: ShareField | undefined): void {
  const { splitKeyParts: parts, splitKeyThreshold: threshold } = plan
  if (!Number.isInteger(parts) || !Number.isInteger(threshold) || threshold < 2) {
    throw new KmipFault('INVALID_FIELD', 'The Split Key Threshold is too small')
  }
  if (threshold > parts) {
    throw new KmipFault('INVALID_FIELD', 'The Split Key Threshold is above the Split Key Parts')
  }
  if (field === undefined && threshold !== parts) {
    throw new KmipFault('INVALID_FIELD', 'XOR needs all of the Split Key Parts')
  }
  if (field !== undefined && BigInt(parts) >= field.order) {
    throw new KmipFault('INVALID_FIELD', 'There are too many Split Key Parts for the method')
  }
}
