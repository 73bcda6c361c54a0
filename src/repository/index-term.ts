import type { AttributeEntry } from '../model/attribute-set.ts'
import { referenceKey } from '../model/attribute-reference.ts'
import { storageStatusOf, type ManagedObject, type StorageStatus } from '../model/managed-object.ts'
import { dueDate } from '../model/lifecycle.ts'
import { rotationDate } from '../model/rotation.ts'
import { attributeItem } from '../message/attribute-item.ts'
import type { AttributeReference } from '../model/attribute-reference.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { vocabulary } from '../spec/vocabulary.ts'

/**
 * What an object can be found by: a text that says one fact, the same for every object that the fact holds for. Terms
 * are blinded before they reach the store.
 */
export type IndexTerm = string

/**
 * Dates are filed in buckets of 2^12, 2^20 and 2^28 seconds: about an hour, twelve days and eight years. The widest are
 * few, whatever range is asked for: all that lies before 1970 is in one, and all behind 2514.
 */
export const DATE_LEVELS = [12, 20, 28] as const

export const WIDEST_LEVEL = 28
const LAST_WIDEST_BUCKET = 64

/** How wide a bucket may be that due dates are looked for in after a start. */
export const DUE_LEVELS = [12, 24] as const

const SEPARATOR = '\u0001'

function term(...parts: readonly (string | number)[]): IndexTerm {
  return parts.join(SEPARATOR)
}

/** The objects of one storage status; every object has one. */
export function statusTerm(status: StorageStatus): IndexTerm {
  return term('status', status)
}

/** The objects whose next date-driven change of state falls into a bucket. */
export function dueTerm(level: number, bucket: number): IndexTerm {
  return term('due', level, bucket)
}

/** The objects of one client among those of its namespace; a client that is a tenant by itself needs none. */
export function ownerTerm(owner: string): IndexTerm {
  return term('owner', owner)
}

const ROTATION = 'rotation'

/** The objects of all owners that the server is to replace by itself at a date in a bucket. */
export function rotationTerm(level: number, bucket: number): IndexTerm {
  return term(ROTATION, level, bucket)
}

/** Whose index a term belongs to: the tenant's, or nobody's where the server looks at the objects of all. */
export function tenantOfTerm(tenant: string, indexTerm: IndexTerm): string {
  return indexTerm.startsWith(ROTATION + SEPARATOR) ? '' : tenant
}

/** The bucket of a date, in seconds. */
export function bucketOf(date: number | bigint, level: number): number {
  return Math.floor(Number(date) / 2 ** level)
}

/** The bucket that a date is filed in. */
export function dateBucket(date: bigint, level: number): number {
  const bucket = bucketOf(date, level)
  return level < WIDEST_LEVEL ? bucket : Math.max(-1, Math.min(bucket, LAST_WIDEST_BUCKET))
}

export function dateTerm(reference: AttributeReference, level: number, bucket: number): IndexTerm {
  return term('date', referenceKey(reference), level, bucket)
}

/** The objects that have an attribute, whatever its value. */
export function presenceTerm(reference: AttributeReference): IndexTerm {
  return term('has', referenceKey(reference))
}

/** One character a byte, so that any bytes have a text of their own. */
const oneToOne = new TextDecoder('latin1')

function leafText(value: Exclude<Item['value'], readonly Item[]>): string {
  return value instanceof Uint8Array ? oneToOne.decode(value) : value.toString()
}

/** The single facts in the value of an attribute: one for each field of a structure, one for each bit of a mask. */
export function valueTerms(reference: AttributeReference, item: Item): readonly IndexTerm[] {
  return leafTerms(referenceKey(reference), item)
}

function leafTerms(path: string, item: Item): readonly IndexTerm[] {
  if (item.type === ItemType.Structure) {
    return item.value.flatMap((child) => leafTerms(term(path, child.tag), child))
  }
  if (item.type === ItemType.Integer && vocabulary.isMask(item.tag)) {
    return bitsOf(item.value).map((bit) => term('bit', path, bit))
  }
  return [term('value', path, item.type, leafText(item.value))]
}

/** The numbers of the bits that are set. */
export function bitsOf(mask: number): readonly number[] {
  const bits: number[] = []
  for (let bit = 0, rest = mask; rest !== 0; bit += 1, rest >>>= 1) {
    if ((rest & 1) === 1) bits.push(bit)
  }
  return bits
}

function entryTerms(entry: AttributeEntry): readonly IndexTerm[] {
  const { reference } = entry
  const item = attributeItem(entry)
  if (item.type === ItemType.DateTime) {
    return DATE_LEVELS.map((level) => dateTerm(reference, level, dateBucket(item.value, level)))
  }
  if (reference.name === 'UsageLimits') return [presenceTerm(reference)]
  return valueTerms(reference, item)
}

/** Unique Identifiers are found by their own key. */
const isIndexed = ({ reference }: AttributeEntry): boolean => reference.name !== 'UniqueIdentifier'

/** Everything an object can be found by. */
export function termsOf(object: ManagedObject): ReadonlySet<IndexTerm> {
  const terms = lifecycleTerms(object)
  for (const entry of object.attributes.entries()) addEntryTerms(terms, entry)
  return terms
}

/** What an object can be found by that another cannot, and the reverse. */
export interface TermDifference {
  readonly added: readonly IndexTerm[]
  readonly removed: readonly IndexTerm[]
}

/** How the terms of an object change from one state of it to the next; undefined stands for no object at all. */
export function termDifference(
  before: ManagedObject | undefined,
  after: ManagedObject | undefined,
): TermDifference {
  const then = termsBeyond(before, after)
  const now = termsBeyond(after, before)
  return {
    added: [...now].filter((each) => !then.has(each)),
    removed: [...then].filter((each) => !now.has(each)),
  }
}

/** The terms of an object but for those of attributes that another state of it has just the same. */
function termsBeyond(
  object: ManagedObject | undefined,
  other: ManagedObject | undefined,
): ReadonlySet<IndexTerm> {
  if (object === undefined) return new Set()
  if (other === undefined) return termsOf(object)
  const terms = lifecycleTerms(object)
  for (const reference of object.attributes.references()) {
    const instances = object.attributes.instances(reference)
    // States share the instances of every attribute that did not change.
    if (instances === other.attributes.instances(reference)) continue
    for (const { index, value } of instances) addEntryTerms(terms, { reference, index, value })
  }
  return terms
}

function lifecycleTerms(object: ManagedObject): Set<IndexTerm> {
  const terms = new Set<IndexTerm>([statusTerm(storageStatusOf(object))])
  if (object.namespace !== undefined) terms.add(ownerTerm(object.owner))
  const due = dueDate(object)
  if (due !== undefined) {
    for (const level of DUE_LEVELS) terms.add(dueTerm(level, bucketOf(due, level)))
  }
  const rotation = rotationDate(object)
  if (rotation !== undefined) {
    for (const level of DUE_LEVELS) terms.add(rotationTerm(level, bucketOf(rotation, level)))
  }
  return terms
}

function addEntryTerms(terms: Set<IndexTerm>, entry: AttributeEntry): void {
  if (!isIndexed(entry)) return
  for (const each of entryTerms(entry)) terms.add(each)
}
