import { tenantOf, type ManagedObject } from '../model/managed-object.ts'
import type { Check, Commit } from '../port/store.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Name } from '../spec/structure/name.ts'
import type { Blinder } from './blinder.ts'
import { tenantOfTerm, termDifference, type IndexTerm } from './index-term.ts'
import { nameKey, objectKey, placeBytes, postingKeys, sequenceKey, type Place } from './keys.ts'
import { sealObject, type StoredObject } from './object-record.ts'

/** An object that is to be written, and what is stored of it now. */
export interface StagedObject {
  readonly object: ManagedObject
  readonly place: Place
  readonly sequence: bigint
  /** Absent for a new object. */
  readonly before: StoredObject | undefined
  /** The object is to go with everything that is known of it. */
  readonly isErased?: boolean
}

/** Version number of the record that a staged object is written as. */
export function nextVersion({ before }: StagedObject): number {
  return (before?.version ?? 0) + 1
}

/** What writes objects, and how long the record of each of them is; 0 for those that go. */
export interface ObjectCommit extends Commit {
  readonly sizes: readonly number[]
}

/** One commit that writes objects with everything they are found by, and whatever else goes with them. */
export function commitOf(
  staged: readonly StagedObject[],
  sealer: Sealer,
  blinder: Blinder,
  others: readonly Commit[] = [],
): ObjectCommit {
  const records = staged.map((each) => recordOf(each, sealer))
  const parts = [
    nameChanges(staged, blinder),
    ...staged.map((each, index) => objectChanges(each, records[index], blinder)),
    ...others,
  ]
  return {
    sizes: records.map((record) => record?.length ?? 0),
    checks: parts.flatMap(({ checks }) => checks),
    puts: parts.flatMap(({ puts }) => puts),
    dels: parts.flatMap(({ dels }) => dels),
  }
}

function recordOf(staged: StagedObject, sealer: Sealer): Uint8Array | undefined {
  return staged.isErased === true ? undefined : sealObject(sealer, staged, nextVersion(staged))
}

function objectChanges(
  staged: StagedObject,
  record: Uint8Array | undefined,
  blinder: Blinder,
): Commit {
  const { place, sequence, before } = staged
  const key = objectKey(place)
  const terms = termChanges(staged, blinder)
  if (record === undefined) return erasure(staged, key, terms.removed)
  const id = placeBytes(place)
  // Its sequence number is new: nothing can be under a key that ends in it.
  const isFresh = before === undefined
  const creation = isFresh ? [{ key: sequenceKey(sequence), value: id, isFresh }] : []
  return {
    checks: [{ key, revision: before?.revision ?? 'absent' }],
    puts: [
      { key, value: record },
      ...creation,
      ...terms.added.map((each) => ({ key: each, value: id, isFresh })),
    ],
    dels: terms.removed,
  }
}

function erasure(
  { sequence, before }: StagedObject,
  key: Uint8Array,
  entries: readonly Uint8Array[],
): Commit {
  // What was added and erased in one message was never stored.
  if (before === undefined) return { checks: [], puts: [], dels: [] }
  return {
    checks: [{ key, revision: before.revision }],
    puts: [],
    dels: [key, sequenceKey(sequence), ...entries],
  }
}

function termChanges(
  { object, sequence, before, isErased }: StagedObject,
  blinder: Blinder,
): { readonly added: readonly Uint8Array[]; readonly removed: readonly Uint8Array[] } {
  const after = isErased === true ? undefined : object
  const { added, removed } = termDifference(before?.object, after)
  const keysOf = (terms: readonly IndexTerm[]) =>
    postingKeys(
      terms.map((term) => blinder.term(tenantOfTerm(tenantOf(object), term), term)),
      sequence,
    )
  return { added: keysOf(added), removed: keysOf(removed) }
}

/** Everything by which an object that is stored is found: what lies under each key is its place. */
export function indexEntriesOf(
  { object, place, sequence }: Pick<StoredObject, 'object' | 'place' | 'sequence'>,
  blinder: Blinder,
): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  const value = placeBytes(place)
  const staged = { object, place, sequence, before: undefined }
  const names = heldNames(object).map((name) => nameKey(blinder.name(tenantOf(object), name)))
  const keys = [sequenceKey(sequence), ...termChanges(staged, blinder).added, ...names]
  return keys.map((key) => ({ key, value }))
}

/** The names an object holds for itself; a destroyed object gives its names back. */
export function heldNames(object: ManagedObject | undefined): readonly Name[] {
  return object?.content === undefined ? [] : object.attributes.all('Name')
}

/** The names a staged object will hold. */
export function keptNames({ object, isErased }: StagedObject): readonly Name[] {
  return isErased === true ? [] : heldNames(object)
}

/** What is in the one list and not in the other. */
export function namesBeyond(names: readonly Name[], others: readonly Name[]): readonly Name[] {
  return names.filter((name) => !others.some((other) => isSameName(name, other)))
}

export function isSameName(left: Name, right: Name): boolean {
  return nameText(left) === nameText(right)
}

function nameText({ nameType, nameValue }: Name): string {
  return `${nameType}\u0000${nameValue}`
}

/**
 * The names of all objects together, because one may give a name up that another takes. That the name was the first
 * one's until now is said by the check of its record.
 */
function nameChanges(staged: readonly StagedObject[], blinder: Blinder): Commit {
  const taken = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>()
  const given = new Map<string, Uint8Array>()
  for (const each of staged) {
    const { object, place, before } = each
    const keyOf = (name: Name) => nameKey(blinder.name(tenantOf(object), name))
    const value = placeBytes(place)
    const then = heldNames(before?.object)
    const now = keptNames(each)
    for (const name of namesBeyond(now, then))
      taken.set(nameText(name), { key: keyOf(name), value })
    for (const name of namesBeyond(then, now)) given.set(nameText(name), keyOf(name))
  }
  const fresh = [...taken].filter(([text]) => !given.has(text))
  return {
    checks: fresh.map(([, { key }]): Check => ({ key, revision: 'absent' })),
    puts: [...taken.values()],
    dels: [...given].flatMap(([text, key]) => (taken.has(text) ? [] : [key])),
  }
}
