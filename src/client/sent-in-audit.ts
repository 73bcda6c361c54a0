import type { ServerRequest } from '../message/server-request.ts'
import type { AuditTrail } from '../server/audit/trail.ts'

/**
 * Tells that a client is about to be sent something unasked; resolves once that outlives the process. Throws
 * `UNAVAILABLE`: then it is not sent.
 */
export type TellSent = (client: string, request: ServerRequest) => Promise<void>

/**
 * Tells that what a client was to be sent is not sent, with the Result Reason that it would have got. Throws
 * `UNAVAILABLE` where that cannot be told.
 */
export type TellDropped = (client: string, request: ServerRequest, reason: string) => void

/** A Put hands out a key as a Get does: it is told as well, before. */
export function sentTeller(trail: AuditTrail): TellSent {
  return async (client, { operation, payload }) => {
    trail.tell({ client, operation, object: objectIn(payload) })
    await trail.written()
  }
}

/** Who is told of a Put and then of its failure knows that the key did not leave. */
export function droppedTeller(trail: AuditTrail): TellDropped {
  return (client, { operation, payload }, reason) => {
    trail.tell({ client, operation, object: objectIn(payload), result: 'failed', reason })
  }
}

function objectIn(payload: ServerRequest['payload']): string | undefined {
  return 'uniqueIdentifier' in payload ? payload.uniqueIdentifier : undefined
}
