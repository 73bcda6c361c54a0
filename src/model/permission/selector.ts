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

/** What statements look at of an object, looked up when the first of them asks for it. */
export class Traits {
  readonly owner: string
  readonly objectType: number
  readonly #attributes: SelectedObject['attributes']
  #names: readonly string[] | undefined
  #groups: readonly string[] | undefined
  #usage: number | undefined

  constructor({ owner, objectType, attributes }: SelectedObject) {
    this.owner = owner
    this.objectType = objectType
    this.#attributes = attributes
  }

  get names(): readonly string[] {
    this.#names ??= this.#attributes.all('Name').map(({ nameValue }) => nameValue)
    return this.#names
  }

  get groups(): readonly string[] {
    this.#groups ??= this.#attributes.all('ObjectGroup')
    return this.#groups
  }

  get usage(): number {
    this.#usage ??= this.#attributes.get('CryptographicUsageMask') ?? 0
    return this.#usage
  }
}

/** Reads `master-*` as what begins with `master-`; no other star means anything. */
export function namePattern(text: string): NamePattern {
  const isPrefix = text.endsWith('*')
  return { text: isPrefix ? text.slice(0, -1) : text, isPrefix }
}

/** @param id - of the identity that asks */
export function isSelected(
  { owner, names, groups, types, usage }: ObjectSelector,
  traits: Traits,
  id: string,
): boolean {
  return (
    isOwner(owner, traits.owner, id) &&
    (types === undefined || types.has(traits.objectType)) &&
    (names === undefined || isNamed(names, traits.names)) &&
    (groups === undefined || traits.groups.some((each) => groups.has(each))) &&
    (usage === undefined || (traits.usage & usage) !== 0)
  )
}

function isOwner(wanted: OwnerSelector, owner: string, id: string): boolean {
  if (wanted === 'any') return true
  return wanted === 'own' ? owner === id : wanted.has(owner)
}

function isNamed(patterns: readonly NamePattern[], names: readonly string[]): boolean {
  return names.some((name) =>
    patterns.some(({ text, isPrefix }) => (isPrefix ? name.startsWith(text) : name === text)),
  )
}
