import { KmipFault } from '../fault/fault.ts'
import { State } from '../spec/enum/state.ts'
import type { ManagedObject } from './managed-object.ts'

/** States in which no copy of an object may go on being used. */
const UNFIT: readonly unknown[] = [
  State.Compromised,
  State.Destroyed,
  State.DestroyedCompromised,
  undefined,
]

/**
 * How long a client may use an object before it asks again, in seconds; 0 is without limit (KMIP 1.4 sections 3.20 and
 * 4.17). It is the shorter of the object's own Lease Time and that of today's policy.
 *
 * @throws KmipFault `NOT_PERMITTED` for objects that are compromised, destroyed or not used at all
 */
export function leaseFor(object: ManagedObject, policyLease: number): number {
  if (UNFIT.includes(object.attributes.get('State'))) {
    throw new KmipFault('NOT_PERMITTED', 'The object is not leased in its state')
  }
  return longestLease(object, policyLease)
}

/** The longest lease of an object, whatever its state, in seconds; 0 is without limit. */
export function longestLease({ attributes }: ManagedObject, policyLease: number): number {
  const limits = [attributes.get('LeaseTime') ?? 0, policyLease].filter((limit) => limit > 0)
  return limits.length === 0 ? 0 : Math.min(...limits)
}

/** Whether a lease is no longer than another, both in seconds and 0 without limit. */
export function isWithinLease(wanted: number, longest: number): boolean {
  return longest === 0 || (wanted > 0 && wanted <= longest)
}
