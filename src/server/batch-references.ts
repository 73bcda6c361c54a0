import { KmipFault } from '../fault/fault.ts'
import type { ObjectReference } from '../message/identifier.ts'
import { membersOf } from '../schema/enumeration.ts'
import { UniqueIdentifier } from '../spec/enum/unique-identifier.ts'

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

const identifierMembers = membersOf(UniqueIdentifier)

/** What the batch items of one message have given to those behind them: the ID Placeholder and its kin. */
export class BatchReferences {
  readonly #results: Result[] = []
  #placeholder: string | undefined

  /**
   * Takes in the identifiers of an answer: one becomes the ID Placeholder, any other number empties it unless
   * `placeholder` says which it is.
   */
  remember(operation: string, identifiers: readonly string[], placeholder?: string): void {
    this.#results.push({ operation, identifiers })
    this.#placeholder = placeholder ?? (identifiers.length === 1 ? identifiers[0] : undefined)
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
    return this.#results.flatMap(({ identifiers }) => identifiers).at(index)
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
