import { KmipFault } from '../fault/fault.ts'
import type { ObjectReference } from '../message/identifier.ts'
import { membersOf } from '../schema/enumeration.ts'
import { UniqueIdentifier } from '../spec/enum/unique-identifier.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'

interface Result {
  readonly operation: string
  readonly identifiers: readonly string[]
}

/** Members of the enumeration that mean one part of an operation's answer. */
const PARTS: ReadonlyMap<string, readonly [operation: string, index: number]> = new Map([
  ['CreateKeyPairPrivateKey', ['CreateKeyPair', 0]],
  ['CreateKeyPairPublicKey', ['CreateKeyPair', 1]],
  ['ReKeyKeyPairPrivateKey', ['ReKeyKeyPair', 0]],
  ['ReKeyKeyPairPublicKey', ['ReKeyKeyPair', 1]],
])

/** The fields in which answers name objects. */
const NAMES: ReadonlySet<number> = new Set([
  Tag.UniqueIdentifier.number,
  Tag.PrivateKeyUniqueIdentifier.number,
  Tag.PublicKeyUniqueIdentifier.number,
])

const identifierMembers = membersOf(UniqueIdentifier)

/** What the batch items of one message have given to those behind them: the ID Placeholder and its kin. */
export class BatchReferences {
  readonly #results: Result[] = []
  readonly #answers: Item[] = []
  #placeholder: string | undefined

  /**
   * Takes in the identifiers of an answer: one becomes the ID Placeholder, any other number empties it unless
   * `placeholder` says which it is.
   */
  remember(operation: string, identifiers: readonly string[], placeholder?: string): void {
    this.#results.push({ operation, identifiers })
    this.#placeholder = placeholder ?? (identifiers.length === 1 ? identifiers[0] : undefined)
  }

  /** Takes in the payload of an answer, whose identifiers count among those of the response. */
  append(payload: Item): void {
    this.#answers.push(payload)
  }

  /** Throws `OBJECT_NOT_FOUND` when nothing before in the message is what the reference means. */
  resolve(reference: ObjectReference | undefined): string {
    const identifier = this.#find(reference)
    if (identifier !== undefined) return identifier
    throw new KmipFault(
      'OBJECT_NOT_FOUND',
      'No object is named, and none by the batch items before',
    )
  }

  #find(reference: ObjectReference | undefined): string | undefined {
    if (reference === undefined) return this.#placeholder
    // Some clients send an empty text where they mean the ID Placeholder.
    if (reference.kind === 'identifier')
      return reference.value === '' ? this.#placeholder : reference.value
    if (reference.kind === 'nth') return this.#nth(reference.index)
    return reference.of === UniqueIdentifier.IDPlaceholder
      ? this.#placeholder
      : this.#latest(reference.of)
  }

  #nth(index: number): string | undefined {
    return this.#answers.flatMap(namesIn).at(index)
  }

  #latest(of: UniqueIdentifier): string | undefined {
    const name = identifierMembers.nameOf(of) ?? ''
    const [operation, part] = PARTS.get(name) ?? [name, undefined]
    const result = this.#results.findLast((each) => each.operation === operation)
    if (part !== undefined) return result?.identifiers[part]
    if (result !== undefined && result.identifiers.length > 1) {
      throw new KmipFault('UNSUPPORTED_FEATURE', 'Several objects are named where one can be used')
    }
    return result?.identifiers[0]
  }
}

function namesIn(payload: Item): readonly string[] {
  if (payload.type !== ItemType.Structure) return []
  return payload.value.flatMap((item) =>
    NAMES.has(item.tag) && item.type === ItemType.TextString
      ? [new TextDecoder().decode(item.value)]
      : [],
  )
}
