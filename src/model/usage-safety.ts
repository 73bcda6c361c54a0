import { KmipFault } from '../fault/fault.ts'
import { CryptographicUsageMask as Mask } from '../spec/mask/cryptographic-usage-mask.ts'
import { isVendorReference } from './attribute-reference.ts'
import type { AttributeEntry } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/** What policy says of the uses of keys. */
export interface UsageRules {
  /** Whether what takes the place of a key may have uses that the key had not. */
  readonly usageMask: 'free' | 'shrink'
  /** Whether a key may have two uses of which one undoes the protection of the other. */
  readonly conflictingUsage: 'allow' | 'refuse'
}

/**
 * Uses that do not go together on one key: what the one protects or keeps apart, the other shows or makes. A key that
 * wraps and decrypts shows every key that it wraps.
 */
const CONFLICTS: readonly (readonly [number, number])[] = [
  [Mask.WrapKey, Mask.Decrypt],
  [Mask.UnwrapKey, Mask.Encrypt],
  [Mask.Sign, Mask.Decrypt],
  [Mask.DeriveKey, Mask.Encrypt],
  [Mask.MACGenerate, Mask.Encrypt],
]

/** Refuses a key with uses that do not go together, where policy says so. Throws `INVALID_ATTRIBUTE_VALUE`. */
export function checkConflicts(mask: number | undefined, { conflictingUsage }: UsageRules): void {
  if (conflictingUsage === 'allow' || mask === undefined) return
  const isUnrestricted = (mask & Mask.Unrestricted) !== 0
  const hasBoth = ([one, other]: readonly [number, number]) =>
    (mask & one) !== 0 && (mask & other) !== 0
  if (!isUnrestricted && !CONFLICTS.some(hasBoth)) return
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'The key would have uses that do not go together')
}

/**
 * Refuses more uses than there were, where policy says so.
 *
 * @param mask - the uses that there shall be; those that there were are `bound`, none where it is undefined
 * @throws KmipFault `INVALID_ATTRIBUTE_VALUE`
 */
export function checkShrunk(
  mask: number | undefined,
  bound: number | undefined,
  { usageMask }: Pick<UsageRules, 'usageMask'>,
): void {
  if (usageMask === 'free' || isWithin(mask ?? 0, bound ?? 0)) return
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'The key would have more uses than before')
}

/** Whether every use of a mask is one of another. */
export function isWithin(mask: number, bound: number): boolean {
  return (bound & Mask.Unrestricted) !== 0 || (mask & ~bound) === 0
}

/** The Cryptographic Usage Mask that an object has; undefined where it has none. */
export function usesOf({ attributes }: Pick<ManagedObject, 'attributes'>): number | undefined {
  return attributes.get('CryptographicUsageMask')
}

/** The Cryptographic Usage Mask among the attributes of a request. */
export function usesIn(entries: readonly AttributeEntry[]): number | undefined {
  const entry = entries.find(
    ({ reference }) => !isVendorReference(reference) && reference.name === 'CryptographicUsageMask',
  )
  return typeof entry?.value === 'number' ? entry.value : undefined
}
