import { KmipFault } from '../fault/fault.ts'
import type { Ending } from '../model/approval/approval.ts'
import type { PolledRequest } from '../operation/pending-request.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Version } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { CancellationResult } from '../spec/enum/cancellation-result.ts'
import { Operation } from '../spec/enum/operation.ts'
import { ProcessingStage } from '../spec/enum/processing-stage.ts'
import type { AsynchronousRequest } from '../spec/structure/asynchronous-request.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { STORED_LIMITS } from '../ttlv/limits.ts'
import type { AwaitedApproval } from './approvals.ts'
import type { ItemOutcome, ReadItem } from './batch-item.ts'

/** Whose a job is, and in which version the answer will be. */
export interface JobOwner {
  /** The client's identifier. */
  readonly client: string
  readonly version: Version
  /** What tickets with rights it was asked for with; they see nothing but their own. */
  readonly scope?: string | undefined
  /** Whether whoever asked for it may still connect; without it, they always may. */
  readonly isKnown?: (() => boolean) | undefined
}

/** How far a job is; from `storing` on it cannot be canceled any more. */
type Progress = 'waiting' | 'working' | 'storing' | 'ended' | 'canceled'

/**
 * A batch item that is carried out after its message was answered. Request and answer are bytes of its own, for what
 * they were read from, and the objects they show, may be gone before it is done.
 */
export class Job {
  readonly correlation: Uint8Array
  readonly owner: JobOwner
  readonly #item: ReadItem
  readonly #request: Secret | undefined
  readonly #submitted: DateTime
  #progress: Progress = 'waiting'
  #outcome: Pick<ItemOutcome, 'fault' | 'isUndone'> = {}
  #answer: Secret | undefined
  /** Until when the answer is kept; undefined while there is none. */
  #until: DateTime | undefined
  #isTold = false
  #awaited: AwaitedApproval | undefined
  #leave: ((ending: Ending) => void) | undefined
  readonly #waiters: (() => void)[] = []

  constructor(correlation: Uint8Array, owner: JobOwner, item: ReadItem, submitted: DateTime) {
    this.#submitted = submitted
    this.correlation = correlation
    this.owner = owner
    this.#request = item.payload && Secret.take(encode(item.payload))
    this.#item = item
  }

  /** The batch item, with a payload that lasts as long as the job does. */
  get item(): ReadItem {
    const payload = this.#request?.expose((bytes) => decode(bytes, STORED_LIMITS))
    return payload === undefined ? this.#item : { ...this.#item, payload }
  }

  get isCanceled(): boolean {
    return this.#progress === 'canceled'
  }

  /** Whether there is nothing left to do for it. */
  get isOver(): boolean {
    return this.#progress === 'ended' || this.isCanceled
  }

  /** Whether it has ended and its client knows how: then it gives way where there is no room for another. */
  get isTold(): boolean {
    return this.#isTold && this.#progress === 'ended'
  }

  /** Resolves as soon as there is nothing left to do for it. */
  get over(): Promise<void> {
    if (this.isOver) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }

  /**
   * What its client is told while it has not learnt the end of it (KMIP 2.1 section 7.2); undefined from then on, and
   * where no operation could be read.
   */
  get report(): AsynchronousRequest | undefined {
    const operation = this.#item.definition?.name
    const processingStage = STAGES[this.#progress]
    if (operation === undefined || this.#isTold || processingStage === undefined) return undefined
    return {
      asynchronousCorrelationValue: this.correlation,
      operation: Operation[operation],
      submissionDate: BigInt(this.#submitted) * MICROSECONDS,
      processingStage,
    }
  }

  /** Bytes held of request and answer. */
  get bytes(): number {
    return (this.#request?.length ?? 0) + (this.#answer?.length ?? 0)
  }

  /** When it may be forgotten, in seconds; undefined while it is not over. */
  get until(): DateTime | undefined {
    return this.#until
  }

  /** What it waits for, or was carried out with. */
  get awaited(): AwaitedApproval | undefined {
    return this.#awaited
  }

  /** Whether officers have it before them. */
  get isAwaiting(): boolean {
    return this.#leave !== undefined && !this.isOver
  }

  /** False when it was canceled before it began. */
  begin(): boolean {
    if (this.isOver) return false
    this.#leave = undefined
    this.#progress = 'working'
    return true
  }

  /**
   * Has it wait for officers, to begin again when they have decided.
   *
   * @param leave - called when nobody waits for it any more
   */
  await(awaited: AwaitedApproval, leave: (ending: Ending) => void): void {
    this.#awaited = awaited
    if (this.isOver) {
      leave('withdrawn')
      return
    }
    this.#progress = 'waiting'
    this.#leave = leave
  }

  /** Asked before anything is stored for it; from then on it cannot be canceled. */
  mayStore(): boolean {
    if (this.isOver) return false
    this.#progress = 'storing'
    return true
  }

  /** Keeps the answer until a moment. What was canceled stays canceled. */
  end({ payload, fault, isUndone }: ItemOutcome, until: DateTime): void {
    this.#request?.destroy()
    if (this.isOver) return
    this.#progress = 'ended'
    this.#until = until
    this.#outcome = { fault, ...(isUndone === undefined ? {} : { isUndone }) }
    if (payload !== undefined) this.#answer = Secret.take(encode(payload))
    this.#wake()
  }

  /**
   * KMIP 1.4 section 4.27.
   *
   * @param ending - what becomes of an approval that it waits for
   */
  cancel(until: DateTime, ending: Ending = 'withdrawn'): CancellationResult {
    switch (this.#progress) {
      case 'waiting':
      case 'working':
        this.#progress = 'canceled'
        this.#until = until
        this.#leave?.(ending)
        this.#wake()
        return CancellationResult.Canceled
      case 'storing':
        return CancellationResult.UnableToCancel
      case 'canceled':
        return CancellationResult.Canceled
      case 'ended':
        return this.#outcome.fault === undefined
          ? CancellationResult.Completed
          : CancellationResult.Failed
    }
  }

  /**
   * What a client learns that asks for it. The answer it shows is a copy, which `lend` is given to zero: the job may be
   * forgotten before its answer is written.
   */
  poll(lend: (copy: Secret) => void): PolledRequest {
    if (!this.isOver) return { state: 'pending' }
    this.#isTold = true
    const { operation, definition } = this.#item
    const asked = {
      state: 'ended',
      ...(operation === undefined ? {} : { operation }),
      ...(definition === undefined ? {} : { name: definition.name }),
    } as const
    if (this.isCanceled) return { ...asked, fault: canceled() }
    const copy = this.#answer?.clone()
    if (copy !== undefined) lend(copy)
    const payload = copy?.expose((bytes) => decode(bytes, STORED_LIMITS))
    return { ...asked, ...this.#outcome, ...(payload === undefined ? {} : { payload }) }
  }

  /** Forgets what it holds. */
  destroy(): void {
    this.#request?.destroy()
    this.#answer?.destroy()
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }
}

const MICROSECONDS = 1_000_000n

/** What was canceled is obtained by the Cancel. */
const STAGES: Readonly<Record<Progress, ProcessingStage | undefined>> = {
  waiting: ProcessingStage.Submitted,
  working: ProcessingStage.InProcess,
  storing: ProcessingStage.InProcess,
  ended: ProcessingStage.Completed,
  canceled: undefined,
}

/** The fault of what was canceled before it was done. */
export function canceled(): KmipFault {
  return new KmipFault('BATCH_CANCELED', 'The operation was canceled')
}
