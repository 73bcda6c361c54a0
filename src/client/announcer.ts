import { describeBug } from '../fault/describe-bug.ts'
import { writeServerRequest } from '../message/server-request.ts'
import type { Log } from '../port/log.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { Announcer } from '../server/turned-connection.ts'
import { encode } from '../ttlv/encode.ts'
import { announcementOf, permittedOf, type MayBeTold } from './announcement.ts'

/**
 * Has clients told of every change to their own objects, by Put and Notify (KMIP 2.1 sections 6.2.2, 6.2.3).
 *
 * @param permits - what a client may be told of now, by its identifier
 */
export function createAnnouncer(
  objects: Pick<ObjectRepository, 'observe'>,
  permits: (client: string) => MayBeTold,
  log: Log,
): Announcer {
  return {
    begin: (client, version, send) =>
      objects.observe((change) => {
        if (change.after.owner !== client) return
        // What is stored stays stored, whether or not a client can be told of it in its version.
        try {
          const wanted = permittedOf({ put: true, notify: true }, change, permits(client))
          const announcement = announcementOf(change, wanted)
          if (announcement !== undefined) send(encode(writeServerRequest(announcement, version)))
        } catch (error) {
          log.warn('client not told of a change', { client, ...describeBug(error) })
        }
      }),
  }
}
