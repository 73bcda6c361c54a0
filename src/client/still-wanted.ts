import { KmipFault } from '../fault/fault.ts'
import type { ServerRequest } from '../message/server-request.ts'
import { tenantOf, storageStatusOf, type ManagedObject } from '../model/managed-object.ts'
import type { ObjectChange } from '../model/object-change.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import { mayBePut, type MayBeTold } from './announcement.ts'
import type { TellDropped } from './sent-in-audit.ts'

/** What it is decided with whether something is sent after all. */
export interface Recheck {
  readonly objects: Pick<ObjectRepository, 'read'>
  /** What a client may be told of now, by its identifier. */
  readonly permits: (client: string) => MayBeTold
  readonly dropped: TellDropped
}

/**
 * What waits to be told is decided again when it is sent: its client may have lost the right to it, or the object, since.
 * Resolves to whether it is sent; where it is not, and never was to be, that is told in the audit. Rejects where the object
 * cannot be read.
 */
export function stillWanted(
  { objects, permits, dropped }: Recheck,
  { after }: Pick<ObjectChange, 'after'>,
  request: ServerRequest,
): () => Promise<boolean> {
  const { owner, uniqueIdentifier } = after
  const tenant = tenantOf(after)
  let mayHaveLeft = false
  return async () => {
    const stored = await objects.read(uniqueIdentifier, tenant)
    // Nothing is waited for from here on: what is decided is so when it is sent.
    const reason = refusalOf(request.operation, stored?.object, { owner, permits })
    if (reason === undefined) {
      mayHaveLeft = true
      return true
    }
    // An attempt that was not answered may have reached the client: nobody says that it did not.
    if (mayHaveLeft) return false
    try {
      dropped(owner, request, reason)
    } catch (error) {
      // It is dropped all the same; that it was not told is told by the log that cannot be written.
      if (!(error instanceof KmipFault)) throw error
    }
    return false
  }
}

/** The Result Reason that a client would have got that had asked for as much. */
function refusalOf(
  operation: ServerRequest['operation'],
  object: ManagedObject | undefined,
  { owner, permits }: Pick<Recheck, 'permits'> & { readonly owner: string },
): 'ItemNotFound' | 'ObjectArchived' | 'PermissionDenied' | undefined {
  if (object === undefined) return 'ItemNotFound'
  if (object.owner !== owner) return 'PermissionDenied'
  if (operation !== 'Put') {
    return permits(owner)('GetAttributes', object) ? undefined : 'PermissionDenied'
  }
  if (object.content === undefined) return 'ItemNotFound'
  if (storageStatusOf(object) === 'archived') return 'ObjectArchived'
  return mayBePut(object) && permits(owner)('Get', object) ? undefined : 'PermissionDenied'
}
