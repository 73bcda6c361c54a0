import { isDeepStrictEqual } from 'node:util'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Check, Commit } from '../port/store.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Name } from '../spec/structure/name.ts'
import { termsOf, type IndexTerm } from './index-term.ts'
import { identifierBytes, nameKey, objectKey, postingKey, sequenceKey } from './keys.ts'
import { sealObject, type StoredObject } from './object-record.ts'

/** An object that is to be written, and what is stored of it now. */
export interface StagedObject {
  readonly object: ManagedObject
  readonly sequence: bigint
  /** Absent for a new object. */
  readonly before: StoredObject | undefined
  /** The object is to go with everything that is known of it. */
  readonly isErased?: boolean
}

/** Blinds index terms and names so that neither can be read on disk, nor compared between owners. */
export interface Blinder {
  term(owner: string, term: IndexTerm): Uint8Array
  name(owner: string, name: Name): Uint8Array
}

export function blinderOf(sealer: Sealer): Blinder {
  const toUtf8 = new TextEncoder()
  const blind = (purpose: string, owner: string, text: string) =>
    sealer.blind(purpose, toUtf8.encode(`${owner}\u0000${text}`))
  return {
    term: (owner, term) => blind('term', owner, term),
    name: (owner, { nameType, nameValue }) => blind('name', owner, `${nameType}\u0000${nameValue}`),
  }
}

/** Version number of the record that a staged object is written as. */
export function nextVersion({ before }: StagedObject): number {
  return (before?.version ?? 0) + 1
}

/** One commit that writes objects with everything they are found by. */
export function commitOf(
  staged: readonly StagedObject[],
  sealer: Sealer,
  blinder: Blinder,
): Commit {
  const parts = staged.map((each) => objectCommit(each, sealer, blinder))
  return {
    checks: parts.flatMap(({ checks }) => checks),
    puts: parts.flatMap(({ puts }) => puts),
    dels: parts.flatMap(({ dels }) => dels),
  }
}

function objectCommit(staged: StagedObject, sealer: Sealer, blinder: Blinder): Commit {
  const { object, sequence, before } = staged
  const key = objectKey(object.uniqueIdentifier)
  const names = nameChanges(staged, blinder)
  const terms = termChanges(staged, blinder)
  if (staged.isErased === true) return erasure(staged, key, [...names.removed, ...terms.removed])
  const id = identifierBytes(object.uniqueIdentifier)
  const creation = before === undefined ? [{ key: sequenceKey(sequence), value: id }] : []
  return {
    checks: [{ key, revision: before?.revision ?? 'absent' }, ...names.checks],
    puts: [
      { key, value: sealObject(sealer, staged, nextVersion(staged)) },
      ...creation,
      ...[...names.added, ...terms.added].map((each) => ({ key: each, value: id })),
    ],
    dels: [...names.removed, ...terms.removed],
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

function termChanges({ object, sequence, before, isErased }: StagedObject, blinder: Blinder) {
  const now = isErased === true ? new Set<IndexTerm>() : termsOf(object)
  const then = before === undefined ? new Set<IndexTerm>() : termsOf(before.object)
  const keyOf = (term: IndexTerm) => postingKey(blinder.term(object.owner, term), sequence)
  return {
    added: [...now].filter((term) => !then.has(term)).map(keyOf),
    removed: [...then].filter((term) => !now.has(term)).map(keyOf),
  }
}

/** The names an object holds for itself; a destroyed object gives its names back. */
export function heldNames(object: ManagedObject | undefined): readonly Name[] {
  return object?.content === undefined ? [] : object.attributes.all('Name')
}

/** The names that an object takes with this change. */
export function newNames({ object, before, isErased }: StagedObject): readonly Name[] {
  if (isErased === true) return []
  return without(heldNames(object), heldNames(before?.object))
}

function nameChanges(staged: StagedObject, blinder: Blinder) {
  const { object, before, isErased } = staged
  const kept = isErased === true ? undefined : object
  const keyOf = (name: Name) => nameKey(blinder.name(object.owner, name))
  const added = newNames(staged).map(keyOf)
  return {
    added,
    removed: without(heldNames(before?.object), heldNames(kept)).map(keyOf),
    checks: added.map((key): Check => ({ key, revision: 'absent' })),
  }
}

function without(names: readonly Name[], others: readonly Name[]): readonly Name[] {
  return names.filter((name) => !others.some((other) => isDeepStrictEqual(name, other)))
}
