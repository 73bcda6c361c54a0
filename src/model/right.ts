import type { Operation } from '../spec/enum/operation.ts'
import type { ManagedObject } from './managed-object.ts'

/**
 * What a delegated ticket permits. What is absent restricts nothing; a list that is empty permits nothing (KMIP 2.1
 * section 7.34).
 */
export interface Right {
  readonly operations?: ReadonlySet<Operation>
  /** Unique Identifiers. */
  readonly objects?: ReadonlySet<string>
  readonly objectGroups?: ReadonlySet<string>
}

/** What a right is asked of an object, whether or not there is one. */
export type RightSubject = Pick<ManagedObject, 'uniqueIdentifier'> &
  Partial<Pick<ManagedObject, 'attributes'>>

export function permitsOperation({ operations }: Right, operation: Operation): boolean {
  return operations?.has(operation) !== false
}

/** Whether an object is one of those that the right is for. An object that is not there is in no group. */
export function permitsObject(
  { objects, objectGroups }: Right,
  { uniqueIdentifier, attributes }: RightSubject,
): boolean {
  if (objects?.has(uniqueIdentifier) === false) return false
  if (objectGroups === undefined) return true
  return attributes?.all('ObjectGroup').some((group) => objectGroups.has(group)) === true
}

/** Whether the right is for some objects and not for others. */
export function isOfObjects({ objects, objectGroups }: Right): boolean {
  return objects !== undefined || objectGroups !== undefined
}
