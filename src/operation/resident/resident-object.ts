import type { ManagedObject } from '../../model/managed-object.ts'
import { newObject } from '../../model/new-object.ts'
import { RNGAlgorithm } from '../../spec/enum/rng-algorithm.ts'
import type { Digest } from '../../spec/structure/digest.ts'
import type { OperationContext } from '../context.ts'
import { newParts, type Draft } from '../shared/creation.ts'

const UNKNOWN_GENERATOR = { rngAlgorithm: RNGAlgorithm.Unspecified } as const

/**
 * The object of a key that is in the token, not stored yet. The generator of a key that was made there is the token's,
 * of which nothing is known here. Throws what `newObject` throws.
 *
 * @param digest - of a key that was brought, and seen
 */
export function residentObject(
  draft: Draft,
  residence: 'made' | 'brought',
  context: OperationContext,
  digest?: Digest,
): ManagedObject {
  const parts = { ...newParts(draft, context), residence, digest }
  return newObject(residence === 'made' ? { ...parts, generator: UNKNOWN_GENERATOR } : parts)
}
