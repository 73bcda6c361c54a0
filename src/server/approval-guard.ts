import { KmipFault } from '../fault/fault.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import {
  namesOf,
  seen,
  wasSeen,
  type ApprovalRule,
  type ApprovalRules,
  type ApprovedWork,
  type Contact,
  type SeenObject,
} from '../model/approval/rule.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { OperationName } from '../spec/operation.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { objectLine } from './approval-view.ts'

/** What a batch item needs before it is carried out. */
export interface ApprovalNeed {
  readonly approvers: number
  /** Within how many seconds. */
  readonly expires: number
  /** The objects that the item is about. */
  readonly objects: readonly SeenObject[]
  /** The same for people. */
  readonly lines: readonly string[]
}

/** Objects that are shown with one request. */
const MOST_SHOWN = 64

/**
 * Stands beside a batch item while it is carried out, and stops it where it has to do with what needs approval and is
 * not what was approved. Nothing has been stored by then.
 */
export class ApprovalGuard {
  readonly #rules: ApprovalRules
  readonly #payload: Item | undefined
  readonly #approved: ApprovedWork | undefined
  #operation: OperationName | undefined
  #isPlaintext = true
  #need: ApprovalNeed | undefined

  /** @param approved - what officers have agreed to; undefined while nobody was asked */
  constructor(rules: ApprovalRules, payload: Item | undefined, approved?: ApprovedWork) {
    this.#rules = rules
    this.#payload = payload
    this.#approved = approved
  }

  /** What is missing, once the item was stopped for it. */
  get need(): ApprovalNeed | undefined {
    return this.#need
  }

  /** Begins the item, or begins it anew. Throws `APPROVAL_NEEDED`, `NOT_PERMITTED`. */
  begin(operation: OperationName): void {
    this.#need = undefined
    this.#enter(operation, !hasWrapping(this.#payload))
  }

  /** Has another operation carried out as a part of the item. Throws what the work throws, and what `begin` does. */
  async during<T>(operation: OperationName, request: unknown, work: () => Promise<T>): Promise<T> {
    const outer = { operation: this.#operation, isPlaintext: this.#isPlaintext }
    try {
      this.#enter(operation, !asksForWrapping(request))
      return await work()
    } finally {
      this.#operation = outer.operation
      this.#isPlaintext = outer.isPlaintext
    }
  }

  /**
   * Notes that the item is about an object.
   *
   * @param as - the operation that a second object is used for
   * @param objects - where others are that the officers should see with it
   * Throws `APPROVAL_NEEDED`, `NOT_PERMITTED`.
   */
  async touch(
    object: ManagedObject,
    contact: Contact,
    objects: ObjectSpace,
    as?: OperationName,
  ): Promise<void> {
    const rules = this.#rulesOf(as ?? this.#operation).filter(
      ({ isAbout }) => isAbout?.(object) === true,
    )
    if (rules.length === 0) return
    if (this.#approved === undefined) {
      const shown = [{ object, contact }, ...(await this.#surveyed(object, objects))]
      throw this.#stop(rules, shown.slice(0, MOST_SHOWN))
    }
    this.#checkEnough(rules, this.#approved)
    if (wasSeen(this.#approved, object, contact)) return
    if (contact === 'made' && this.#isRequested(object)) return
    throw new KmipFault('NOT_PERMITTED', 'The object is not the one that was approved')
  }

  /** Whether a new object has no Names but those that the approved request gives, and officers have read. */
  #isRequested(object: ManagedObject): boolean {
    const requested = textsIn(this.#payload, Tag.NameValue.number)
    return namesOf(object).every((name) => requested.includes(name))
  }

  #enter(operation: OperationName, isPlaintext: boolean): void {
    this.#operation = operation
    this.#isPlaintext = isPlaintext
    const rules = this.#rulesOf(operation).filter(({ isAbout }) => isAbout === undefined)
    if (rules.length === 0) return
    if (this.#approved === undefined) throw this.#stop(rules, [])
    this.#checkEnough(rules, this.#approved)
  }

  #rulesOf(operation: OperationName | undefined): readonly ApprovalRule[] {
    if (operation === undefined) return []
    return this.#rules.of(operation).filter(({ plaintext }) => !plaintext || this.#isPlaintext)
  }

  #stop(rules: readonly ApprovalRule[], shown: readonly Shown[]): KmipFault {
    const approvers = Math.max(...rules.map((rule) => rule.approvers))
    this.#need = {
      approvers,
      expires: Math.min(...rules.map((rule) => rule.expires)),
      objects: shown.map(({ object, contact }) => seen(object, contact)),
      lines: shown.map(({ object, contact }) => objectLine(object, contact)),
    }
    const officers = approvers === 1 ? 'an officer' : `${approvers} officers`
    return new KmipFault(
      'APPROVAL_NEEDED',
      `This needs the approval of ${officers}: ask for it asynchronously, then poll`,
    )
  }

  /** The policy may have become stricter since. */
  #checkEnough(rules: readonly ApprovalRule[], { approvers }: ApprovedWork): void {
    if (rules.every((rule) => rule.approvers <= approvers)) return
    throw new KmipFault('NOT_PERMITTED', 'The policy asks for more approvals by now')
  }

  /** Those that the request names, and those that are linked to what it was stopped for. */
  async #surveyed(first: ManagedObject, objects: ObjectSpace): Promise<readonly Shown[]> {
    const linked = first.attributes
      .all('Link')
      .map(({ linkedObjectIdentifier }) => linkedObjectIdentifier)
    const names = new Set([...textsIn(this.#payload, Tag.UniqueIdentifier.number), ...linked])
    names.delete(first.uniqueIdentifier)
    const found: Shown[] = []
    for (const name of [...names].slice(0, MOST_SHOWN)) {
      const object = (await loaded(name, objects)) ?? (await loaded(name, objects, 'Locate'))
      if (object !== undefined) found.push({ object, contact: 'read' })
    }
    return found
  }
}

interface Shown {
  readonly object: ManagedObject
  readonly contact: Contact
}

/** What serves another operation may be there for that alone, and is shown to whoever may find it. */
async function loaded(
  name: string,
  objects: ObjectSpace,
  as?: OperationName,
): Promise<ManagedObject | undefined> {
  try {
    return await objects.load(name, as)
  } catch (error) {
    if (error instanceof KmipFault) return undefined
    throw error
  }
}

function hasWrapping(payload: Item | undefined): boolean {
  return childrenOf(payload).some(({ tag }) => tag === Tag.KeyWrappingSpecification.number)
}

/** A request of the server's own making, as PKCS#11 functions have them carried out. */
function asksForWrapping(request: unknown): boolean {
  return (
    typeof request === 'object' &&
    request !== null &&
    'keyWrappingSpecification' in request &&
    request.keyWrappingSpecification !== undefined
  )
}

/** The texts of a tag, wherever in a request they are. */
function textsIn(item: Item | undefined, tag: number): readonly string[] {
  if (item?.type === ItemType.TextString) {
    return item.tag === tag ? [new TextDecoder().decode(item.value)] : []
  }
  return childrenOf(item).flatMap((child) => textsIn(child, tag))
}

function childrenOf(item: Item | undefined): readonly Item[] {
  return item?.type === ItemType.Structure ? item.value : []
}
