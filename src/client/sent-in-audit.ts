import type { ServerRequest } from '../message/server-request.ts'
import type { AuditTrail } from '../server/audit/trail.ts'

/**
 * Tells that a client is about to be sent something unasked; resolves once that outlives the process. Throws
 * `UNAVAILABLE`: then it is not sent.
 */
export type TellSent = (client: string, request: ServerRequest) => Promise<void>

/** A Put hands out a key as a Get does: it is told as well, before. */
export function sentTeller(trail: AuditTrail): TellSent {
  return async (client, { operation, payload }) => {
    const object = 'uniqueIdentifier' in payload ? payload.uniqueIdentifier : undefined
    trail.tell({ client, operation, object })
    await trail.written()
  }
}
