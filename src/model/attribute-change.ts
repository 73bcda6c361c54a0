import { isDeepStrictEqual } from 'node:util'
import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { State } from '../spec/enum/state.ts'
import { isVendorReference, type AttributeReference } from './attribute-reference.ts'
import {
  MAXIMUM_INSTANCES,
  checkApplies,
  checkClientDeletes,
  checkClientModifies,
  checkClientSets,
  checkDates,
  checkInterval,
  isOrderedDate,
  checkMoment,
  isMultiple,
} from './attribute-rules.ts'
import type { AttributeEntry, AttributeSet, Instance } from './attribute-set.ts'
import { settle } from './lifecycle.ts'
import type { ManagedObject } from './managed-object.ts'
import { checkNotLoosened, followSensitivity } from './sensitivity.ts'
import { checkUnallocated, initialUsageLimits, modifiedUsageLimits } from './usage-limits.ts'

/** Which instance of an attribute a request means. */
export type AttributeSelection =
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'value'; readonly value: unknown }
  | { readonly by: 'only' }
  | { readonly by: 'all' }

/** An object after a change, and the entry that the answer to a client of KMIP 1.x shows. */
export interface AttributeChange {
  readonly object: ManagedObject
  readonly entry: AttributeEntry
}

/**
 * Adds an attribute instance for a client (KMIP 1.4 section 4.14, KMIP 2.1 section 6.1.2). Throws
 * `UNSUPPORTED_ATTRIBUTE`, `ATTRIBUTE_READ_ONLY`, `ATTRIBUTE_EXISTS`, `ATTRIBUTE_INDEX_OUT_OF_BOUNDS`, `WRONG_STATE`,
 * `OBJECT_DESTROYED`.
 */
export function addAttribute(
  object: ManagedObject,
  entry: AttributeEntry,
  now: DateTime,
): AttributeChange {
  const { reference, index } = entry
  checkAlive(object)
  if (index !== undefined && index !== 0) {
    throw new KmipFault('INVALID_FIELD', 'A new attribute has no index of its own yet')
  }
  checkApplies(reference, object.objectType)
  checkClientSets(reference)
  checkMoment(reference, object, now)
  const instances = object.attributes.instances(reference)
  if (replacesOnAdd(reference) && instances.length > 0) {
    return changeInstance(object, entry, instances[0], now)
  }
  checkRoom(reference, instances, entry.value)
  const value = valueToSet(reference, entry.value)
  const attributes = object.attributes.adding(reference, value)
  const added = attributes.instances(reference).at(-1)
  return finish(object, attributes, { reference, index: added?.index ?? 0, value }, now)
}

/**
 * Operation Policy Name is added again by a client that has set it at creation and means to set it to the same; the
 * other single-instance attributes refuse that.
 */
function replacesOnAdd(reference: AttributeReference): boolean {
  return !isVendorReference(reference) && reference.name === 'OperationPolicyName'
}

function checkRoom(
  reference: AttributeReference,
  instances: readonly Instance[],
  value: unknown,
): void {
  if (!isMultiple(reference) && instances.length > 0) {
    throw new KmipFault('ATTRIBUTE_EXISTS', 'The object has this attribute already')
  }
  if (instances.some((instance) => isDeepStrictEqual(instance.value, value))) {
    throw new KmipFault(
      'ATTRIBUTE_EXISTS',
      'The object has this attribute with the same value already',
    )
  }
  if (instances.length >= MAXIMUM_INSTANCES) {
    throw new KmipFault('ATTRIBUTE_INDEX_OUT_OF_BOUNDS', 'The attribute has too many instances')
  }
}

/**
 * Gives an instance another value for a client (KMIP 1.4 section 4.15, KMIP 2.1 section 6.1.34). Throws
 * `ATTRIBUTE_NOT_FOUND`, `ATTRIBUTE_INSTANCE_NOT_FOUND`, `ATTRIBUTE_MULTI_VALUED`, `ATTRIBUTE_READ_ONLY`, `WRONG_STATE`,
 * `OBJECT_DESTROYED`.
 */
export function modifyAttribute(
  object: ManagedObject,
  entry: AttributeEntry,
  select: AttributeSelection,
  now: DateTime,
): AttributeChange {
  checkAlive(object)
  checkApplies(entry.reference, object.objectType)
  checkClientModifies(entry.reference, object, now)
  const [instance] = selectInstances(object.attributes, entry.reference, select)
  return changeInstance(object, entry, instance, now)
}

/** Removes instances for a client (KMIP 1.4 section 4.16, KMIP 2.1 section 6.1.13). Throws as modifying does. */
export function deleteAttribute(
  object: ManagedObject,
  reference: AttributeReference,
  select: AttributeSelection,
  now: DateTime,
): AttributeChange {
  checkAlive(object)
  checkApplies(reference, object.objectType)
  checkClientDeletes(reference)
  const chosen = selectInstances(object.attributes, reference, select)
  if (hasUsageLimits(reference))
    chosen.forEach(({ value }) => {
      checkUnallocated(value)
    })
  const attributes = chosen.reduce(
    (rest, { index }) => rest.removing(reference, index),
    object.attributes,
  )
  const [first] = chosen
  return finish(
    object,
    attributes,
    { reference, index: first?.index ?? 0, value: first?.value },
    now,
  )
}

/** Adds or modifies, whichever there is to do (KMIP 2.1 section 6.1.51). */
export function setAttribute(
  object: ManagedObject,
  entry: AttributeEntry,
  now: DateTime,
): AttributeChange {
  const instances = object.attributes.instances(entry.reference)
  if (instances.length > 1) {
    throw new KmipFault('ATTRIBUTE_MULTI_VALUED', 'The attribute has several values')
  }
  return instances.length === 0
    ? addAttribute(object, entry, now)
    : modifyAttribute(object, entry, { by: 'only' }, now)
}

function changeInstance(
  object: ManagedObject,
  { reference, value }: AttributeEntry,
  instance: Instance | undefined,
  now: DateTime,
): AttributeChange {
  const index = instance?.index ?? 0
  const next = valueToSet(reference, value, instance?.value)
  const attributes = object.attributes.changing(reference, index, next)
  return finish(object, attributes, { reference, index, value: next }, now)
}

/** Usage Limits come with a count that is the server's; every other value is taken as it is. */
function valueToSet(reference: AttributeReference, value: unknown, before?: unknown): unknown {
  if (!hasUsageLimits(reference)) return value
  return before === undefined ? initialUsageLimits(value) : modifiedUsageLimits(value, before)
}

function hasUsageLimits(reference: AttributeReference): boolean {
  return !isVendorReference(reference) && reference.name === 'UsageLimits'
}

/** The instances a request means, at least one. */
function selectInstances(
  attributes: AttributeSet,
  reference: AttributeReference,
  select: AttributeSelection,
): readonly Instance[] {
  const instances = attributes.instances(reference)
  if (instances.length === 0) {
    throw new KmipFault('ATTRIBUTE_NOT_FOUND', 'The object does not have this attribute')
  }
  if (select.by === 'all') return instances
  if (select.by === 'only' && instances.length > 1) {
    throw new KmipFault(
      'ATTRIBUTE_MULTI_VALUED',
      'The attribute has several values and none was chosen',
    )
  }
  const chosen = instances.filter((instance) => isChosen(instance, select))
  if (chosen.length > 0) return chosen
  throw new KmipFault('ATTRIBUTE_INSTANCE_NOT_FOUND', 'The attribute has no such instance')
}

function isChosen(instance: Instance, select: AttributeSelection): boolean {
  if (select.by === 'index') return instance.index === select.index
  return select.by !== 'value' || isDeepStrictEqual(instance.value, select.value)
}

/** What follows from every change: dates in order, the states that dates bring, the Last Change Date. */
function finish(
  object: ManagedObject,
  attributes: AttributeSet,
  entry: AttributeEntry,
  now: DateTime,
): AttributeChange {
  // Activate and Revoke set dates of their own; only a change of a date is held to the order of dates.
  if (isOrderedDate(entry.reference)) checkDates(attributes)
  checkInterval(attributes)
  checkNotLoosened(object.attributes, attributes)
  const followed = followSensitivity(attributes).with('LastChangeDate', now)
  return { object: settle({ ...object, attributes: followed }, now), entry }
}

/** Attributes of a destroyed object are kept for the record, not for change. */
function checkAlive({ attributes }: ManagedObject): void {
  const state = attributes.get('State')
  if (state === State.Destroyed || state === State.DestroyedCompromised) {
    throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  }
}
