import { isDeepStrictEqual } from 'node:util'
import { KmipFault } from '../fault/fault.ts'
import { membersOf } from '../schema/enumeration.ts'
import { Attribute } from '../spec/attribute.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import {
  isKnownReference,
  isVendorReference,
  referenceKey,
  type AttributeReference,
} from './attribute-reference.ts'
import { checkApplies, checkClientCreates } from './attribute-rules.ts'
import { attributeValue, type AttributeEntry } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'
import { checkInstances } from './new-object.ts'

/** What new objects of a type get unless a request says otherwise (KMIP 2.1 section 7.22). */
export interface ObjectDefaults {
  readonly objectType: ObjectType
  /** Object Groups of which the object has one; all objects where there is none. */
  readonly objectGroups: readonly string[]
  readonly entries: readonly AttributeEntry[]
}

/** What new objects are held to (KMIP 2.1 section 7.6). */
export interface Constraint {
  /** All types where there is none. */
  readonly objectTypes: readonly ObjectType[]
  /** Object Groups of which the object has one; all objects where there is none. */
  readonly objectGroups: readonly string[]
  /** Several values of one attribute are a choice. */
  readonly entries: readonly AttributeEntry[]
}

/** What one client has laid down for the objects that it will make. */
export interface CreationRules {
  readonly defaults: readonly ObjectDefaults[]
  readonly constraints: readonly Constraint[]
}

export const NO_RULES: CreationRules = { defaults: [], constraints: [] }

/** Object Defaults, and Constraints, that a client may lay down. */
const MOST = 100

const objectTypes = membersOf(ObjectType)

/** Attributes whose values are bits that an object may have, and need not. */
const MASKS: ReadonlySet<string> = new Set(['CryptographicUsageMask', 'ProtectionStorageMask'])

/** What differs between any two objects, or is found out by the server where a client says nothing. */
const NEVER_DEFAULTS: ReadonlySet<string> = new Set(['Name', 'Link', 'KeyValueLocation'])

/**
 * Refuses defaults that no object could have (KMIP 2.1 section 6.1.53).
 *
 * @param offered - the Object Types that the server has
 * @throws KmipFault `WRONG_OBJECT_TYPE`, `INVALID_FIELD`, and what `checkApplies`, `checkClientCreates` and
 *   `checkInstances` throw
 */
export function checkDefaults(
  defaults: readonly ObjectDefaults[],
  offered: readonly ObjectType[],
): void {
  checkCount(defaults.length)
  for (const { objectType, entries } of defaults) {
    checkOffered([objectType], offered)
    for (const { reference } of entries) {
      checkApplies(reference, objectType)
      checkClientCreates(reference)
      if (!isVendorReference(reference) && NEVER_DEFAULTS.has(reference.name)) {
        throw new KmipFault('INVALID_FIELD', 'An attribute cannot be the same for all objects')
      }
    }
    checkInstances(entries)
  }
}

/**
 * Refuses constraints that say nothing, or that no object could meet (KMIP 2.1 section 6.1.52). Throws
 * `WRONG_OBJECT_TYPE`, `INVALID_FIELD`, `UNSUPPORTED_ATTRIBUTE`.
 */
export function checkConstraints(
  constraints: readonly Constraint[],
  offered: readonly ObjectType[],
): void {
  checkCount(constraints.length)
  for (const { objectTypes: types, entries } of constraints) {
    checkOffered(types, offered)
    if (entries.length === 0) {
      throw new KmipFault(
        'INVALID_FIELD',
        'A constraint without attributes holds nobody to anything',
      )
    }
    for (const { reference } of entries) {
      if (!isKnownReference(reference)) {
        throw new KmipFault('UNSUPPORTED_ATTRIBUTE', 'No object has such an attribute')
      }
      for (const type of types) checkApplies(reference, type)
    }
  }
}

function checkCount(count: number): void {
  if (count > MOST) throw new KmipFault('INVALID_FIELD', `There may be ${MOST} at most`)
}

function checkOffered(types: readonly ObjectType[], offered: readonly ObjectType[]): void {
  if (types.some((type) => !offered.includes(type))) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The server has no objects of this type')
  }
}

/**
 * What the defaults add to a request: the attributes of which it has no value at all. Those for the object's groups go
 * before those for all groups, and of equals the last.
 *
 * @param said - attributes that are not to be added, beside those of `requested`
 */
export function defaultEntries(
  defaults: readonly ObjectDefaults[],
  objectType: ObjectType,
  requested: readonly AttributeEntry[],
  said: readonly AttributeReference[] = [],
): readonly AttributeEntry[] {
  const groups = requested.flatMap(({ reference, value }) =>
    !isVendorReference(reference) && reference.name === 'ObjectGroup'
      ? [attributeValue<'ObjectGroup'>(value)]
      : [],
  )
  const taken = new Set(requested.map(({ reference }) => referenceKey(reference)))
  for (const reference of said) taken.add(referenceKey(reference))
  const fitting = defaults.filter(
    (each) => each.objectType === objectType && isOfGroups(each.objectGroups, groups),
  )
  const special = fitting.filter((each) => each.objectGroups.length > 0).reverse()
  const general = fitting.filter((each) => each.objectGroups.length === 0).reverse()
  const added: AttributeEntry[] = []
  for (const { entries } of [...special, ...general]) {
    const fresh = entries.filter(({ reference }) => !taken.has(referenceKey(reference)))
    added.push(...fresh)
    for (const { reference } of fresh) taken.add(referenceKey(reference))
  }
  return added
}

function isOfGroups(wanted: readonly string[], groups: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((group) => groups.includes(group))
}

/** Refuses a new object that breaks a constraint. Throws `CONSTRAINT_VIOLATED`. */
export function checkAgainst(object: ManagedObject, constraints: readonly Constraint[]): void {
  for (const constraint of constraints) {
    if (isConcerned(object, constraint) && !isMet(object, constraint)) {
      throw new KmipFault('CONSTRAINT_VIOLATED', 'The object would break a constraint')
    }
  }
}

function isConcerned({ objectType, attributes }: ManagedObject, constraint: Constraint): boolean {
  const { objectTypes: types, objectGroups: groups } = constraint
  const isOfType = types.length === 0 || types.includes(objectType)
  return isOfType && isOfGroups(groups, attributes.all('ObjectGroup'))
}

function isMet(object: ManagedObject, { entries }: Constraint): boolean {
  const choices = new Map<string, AttributeEntry[]>()
  for (const entry of entries) {
    const key = referenceKey(entry.reference)
    choices.set(key, [...(choices.get(key) ?? []), entry])
  }
  return [...choices.values()].every((choice) => hasOneOf(object, choice))
}

/** Objects of a type that has no such attribute are not held to it. */
function hasOneOf(object: ManagedObject, choice: readonly AttributeEntry[]): boolean {
  const reference = choice[0]?.reference
  if (reference === undefined || !canHave(object.objectType, reference)) return true
  const isMask = !isVendorReference(reference) && MASKS.has(reference.name)
  const instances = object.attributes.instances(reference)
  if (isMask && instances.length === 0) return true
  return instances.some(({ value }) =>
    choice.some((each) => (isMask ? isWithin(each.value, value) : isLike(each.value, value))),
  )
}

function canHave(objectType: ObjectType, reference: AttributeReference): boolean {
  if (isVendorReference(reference)) return true
  const name = objectTypes.nameOf(objectType)
  return Attribute[reference.name].appliesTo.some((type) => type === name)
}

/** Whether a mask has no bit that another has not. */
function isWithin(allowed: unknown, mask: unknown): boolean {
  return typeof allowed === 'number' && typeof mask === 'number' && (mask & ~allowed) === 0
}

/** Fields that a structure of the constraint leaves out may be anything. */
function isLike(wanted: unknown, value: unknown): boolean {
  if (!isFields(wanted) || !isFields(value)) return isDeepStrictEqual(wanted, value)
  return Object.entries(wanted).every(
    ([key, field]) => (Array.isArray(field) && field.length === 0) || isLike(field, value[key]),
  )
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}
