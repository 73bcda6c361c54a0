import { KmipFault } from '../fault/fault.ts'
import type { UsageLimits } from '../spec/structure/usage-limits.ts'
import { UsageLimitsUnit } from '../spec/enum/usage-limits-unit.ts'

/** What a batch item takes of Usage Limits, in either unit. */
export interface Expense {
  /** Bytes of its Data. */
  readonly bytes: bigint
}

/** What is left of the Usage Limits of a ticket or of one of its rights. */
export class Budget {
  readonly #isOfBytes: boolean
  #left: bigint

  /** Throws `INVALID_FIELD` for limits that mean nothing. The count is the server's: one that comes is not looked at. */
  constructor({ usageLimitsTotal, usageLimitsUnit }: UsageLimits) {
    const isOfBytes = usageLimitsUnit === UsageLimitsUnit.Byte
    if (usageLimitsTotal < 0n || (!isOfBytes && usageLimitsUnit !== UsageLimitsUnit.Object)) {
      throw new KmipFault('INVALID_FIELD', 'The Usage Limits of a ticket are no limits')
    }
    this.#isOfBytes = isOfBytes
    this.#left = usageLimitsTotal
  }

  /** Takes what a batch item needs, or nothing when there is not so much left. */
  take(expense: Expense): boolean {
    const amount = this.#amountOf(expense)
    if (amount > this.#left) return false
    this.#left -= amount
    return true
  }

  giveBack(expense: Expense): void {
    this.#left += this.#amountOf(expense)
  }

  #amountOf({ bytes }: Expense): bigint {
    return this.#isOfBytes ? bytes : 1n
  }
}
