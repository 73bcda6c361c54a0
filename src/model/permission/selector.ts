import type { ManagedObject } from '../managed-object.ts'

/** A Name, or what Names begin with. */
export interface NamePattern {
  readonly text: string
  readonly isPrefix: boolean
}

/** Whose objects are meant: the asking identity's, whoever's, or those of clients by their identifiers. */
export type OwnerSelector = 'own' | 'any' | ReadonlySet<string>

/** Which objects a statement is about. Every part that is there must fit; of a list, one. */
export interface ObjectSelector {
  readonly owner: OwnerSelector
  readonly names?: readonly NamePattern[]
  readonly groups?: ReadonlySet<string>
  /** Object Types. */
  readonly types?: ReadonlySet<number>
  /** Bits of the Cryptographic Usage Mask, one of which must be set. */
  readonly usage?: number
}

/** What is looked at of an object. */
export type SelectedObject = Pick<ManagedObject, 'owner' | 'objectType' | 'attributes'>

/** Reads `master-*` as what begins with `master-`; no other star means anything. */
export function namePattern(text: string): NamePattern {
  const isPrefix = text.endsWith('*')
  return { text: isPrefix ? text.slice(0, -1) : text, isPrefix }
}

/** @param id - of the identity that asks */
export function isSelected(
  { owner, names, groups, types, usage }: ObjectSelector,
  object: SelectedObject,
  id: string,
): boolean {
  return (
    isOwner(owner, object.owner, id) &&
    (types === undefined || types.has(object.objectType)) &&
    (names === undefined || isNamed(names, object)) &&
    (groups === undefined ||
      object.attributes.all('ObjectGroup').some((each) => groups.has(each))) &&
    (usage === undefined || ((object.attributes.get('CryptographicUsageMask') ?? 0) & usage) !== 0)
  )
}

function isOwner(wanted: OwnerSelector, owner: string, id: string): boolean {
  if (wanted === 'any') return true
  return wanted === 'own' ? owner === id : wanted.has(owner)
}

function isNamed(patterns: readonly NamePattern[], { attributes }: SelectedObject): boolean {
  return attributes
    .all('Name')
    .some(({ nameValue }) =>
      patterns.some(({ text, isPrefix }) =>
        isPrefix ? nameValue.startsWith(text) : nameValue === text,
      ),
    )
}
