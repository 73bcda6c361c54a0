import type { KmipFault } from '../fault/fault.ts'
import type { CancellationResult } from '../spec/enum/cancellation-result.ts'
import type { AsynchronousRequest } from '../spec/structure/asynchronous-request.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Item } from '../ttlv/item.ts'

/** The answer that a batch item would have had at once. */
export interface EndedRequest {
  readonly state: 'ended'
  /** Number of the operation, known or not; absent when there was none to read. */
  readonly operation?: number
  readonly name?: OperationName
  readonly payload?: Item
  readonly fault?: KmipFault | undefined
  readonly isUndone?: boolean
}

/** What has become of a batch item that is carried out after its message was answered. */
export type PolledRequest = { readonly state: 'pending' } | EndedRequest

/** The batch items that one client has under way (KMIP 1.4 section 6.8). */
export interface PendingRequests {
  /** Throws `UNKNOWN_REQUEST` for one that never was, that is another client's, or that was kept long enough. */
  poll(correlation: Uint8Array): PolledRequest
  cancel(correlation: Uint8Array): CancellationResult
  /** Those whose answers were not given yet, the oldest first (KMIP 2.1 section 6.1.41). */
  outstanding(): readonly AsynchronousRequest[]
  /**
   * Has a request done before those that wait, and waits for its end (KMIP 2.1 section 6.1.39). Throws `UNKNOWN_REQUEST`
   * as `poll` does, and for one that was canceled.
   */
  process(correlation: Uint8Array): Promise<void>
}
