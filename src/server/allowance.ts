import { KmipFault } from '../fault/fault.ts'
import {
  isOfObjects,
  permitsObject,
  permitsOperation,
  type Right,
  type RightSubject,
} from '../model/right.ts'
import type { Expense } from '../operation/budget.ts'
import { lineageOf, type GrantedRight, type IssuedTicket } from '../operation/tickets.ts'
import { Operation } from '../spec/enum/operation.ts'
import type { OperationName } from '../spec/operation.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import type { ReadItem } from './batch-item.ts'

/** What one ticket has to say about a batch item. */
interface Level {
  readonly ticket: IssuedTicket
  /** Rights from whose Usage Limits the item has taken, for any of them may be the one that permits it. */
  readonly taken: readonly GrantedRight[]
  /** Those of them that permit every object so far; undefined where the ticket permits all. */
  open: readonly GrantedRight[] | undefined
}

/**
 * What the tickets of a message permit one of its batch items (KMIP 2.1 sections 6.1.12, 7.34): each ticket has to permit
 * the operation and all its objects, by one and the same right. Usage Limits are taken before the work, so that no two
 * items share the last of them, and what was not used is given back.
 */
export class Allowance {
  readonly #tickets: readonly IssuedTicket[]
  readonly #expense: Expense
  #levels: readonly Level[] | undefined

  constructor(presented: readonly IssuedTicket[], item: ReadItem) {
    this.#tickets = [...lineageOf(presented)]
    this.#expense = { bytes: BigInt(dataLength(item)) }
  }

  /** Whether some objects are permitted and others are not. */
  get isOfObjects(): boolean {
    return (
      this.#levels?.some(({ open }) => open?.some(({ right }) => isOfObjects(right)) === true) ===
      true
    )
  }

  /** Begins the item, or begins it anew. Throws `NOT_PERMITTED`, `TICKET_EXHAUSTED`. */
  begin(name: OperationName): void {
    this.settle(false)
    const levels: Level[] = []
    this.#levels = levels
    try {
      for (const ticket of this.#tickets) levels.push(this.#enter(ticket, Operation[name]))
    } catch (fault) {
      this.settle(false)
      throw fault
    }
  }

  /** Notes that the item is about an object. Throws `NOT_PERMITTED`. */
  touch(object: RightSubject): void {
    this.#narrow((right) => permitsObject(right, object))
  }

  /** Notes that the item is about whatever objects there are or will be. Throws `NOT_PERMITTED`. */
  touchAll(): void {
    this.#narrow((right) => !isOfObjects(right))
  }

  /** Whether an object may be shown beside others. */
  covers(object: RightSubject): boolean {
    return (
      this.#levels?.every(
        ({ open }) => open?.some(({ right }) => permitsObject(right, object)) !== false,
      ) !== false
    )
  }

  /** Gives back what was taken and not used: all of it, unless the item is done. */
  settle(isDone: boolean): void {
    for (const { ticket, taken, open } of this.#levels ?? []) {
      // A right that costs nothing is used before one that does.
      const used = open?.find(({ budget }) => budget === undefined) ?? open?.[0]
      for (const right of taken) {
        if (!isDone || right !== used) right.budget?.giveBack(this.#expense)
      }
      if (!isDone) ticket.budget?.giveBack(this.#expense)
    }
    this.#levels = undefined
  }

  #narrow(permits: (right: Right) => boolean): void {
    const left = this.#levels?.map(({ open }) => open?.filter(({ right }) => permits(right)))
    if (left?.some((open) => open?.length === 0) === true) throw notPermitted()
    this.#levels?.forEach((level, index) => {
      level.open = left?.[index]
    })
  }

  #enter(ticket: IssuedTicket, operation: Operation): Level {
    const fitting = ticket.rights?.filter(({ right }) => permitsOperation(right, operation))
    if (fitting?.length === 0) throw notPermitted()
    if (ticket.budget?.take(this.#expense) === false) throw exhausted()
    const taken = fitting?.filter(({ budget }) => budget?.take(this.#expense) !== false)
    if (taken?.length === 0) {
      ticket.budget?.giveBack(this.#expense)
      throw exhausted()
    }
    return { ticket, taken: taken ?? [], open: taken }
  }
}

function notPermitted(): KmipFault {
  return new KmipFault('NOT_PERMITTED', 'The ticket does not permit this')
}

function exhausted(): KmipFault {
  return new KmipFault('TICKET_EXHAUSTED', 'The Usage Limits of the ticket do not permit so much')
}

/** Bytes of the Data that an item brings; of a PKCS#11 function those of its parameters, the data being among them. */
export function dataLength({ payload }: ReadItem): number {
  const fields = payload?.type === ItemType.Structure ? payload.value : []
  const data = fields.find(({ tag }) => DATA_TAGS.includes(tag))
  return data?.type === ItemType.ByteString ? data.value.length : 0
}

const DATA_TAGS: readonly number[] = [Tag.Data.number, Tag.PKCS_11InputParameters.number]
