import { describeBug } from '../fault/describe-bug.ts'
import { writeServerRequest } from '../message/server-request.ts'
import type { Log } from '../port/log.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { Announcer } from '../server/turned-connection.ts'
import { encode } from '../ttlv/encode.ts'
import { announcementOf, permittedOf } from './announcement.ts'
import type { TellSent } from './sent-in-audit.ts'
import { stillWanted, type Recheck } from './still-wanted.ts'

/**
 * Has clients told of every change to their own objects, by Put and Notify (KMIP 2.1 sections 6.2.2, 6.2.3).
 *
 * @param tell - of what is sent, before it is
 */
export function createAnnouncer(
  recheck: Recheck & { readonly objects: Pick<ObjectRepository, 'observe'> },
  tell: TellSent,
  log: Log,
): Announcer {
  const { objects, permits } = recheck
  return {
    begin: (client, version, send) => {
      let isOver = false
      const stop = objects.observe((change) => {
        if (change.after.owner !== client) return
        // What is stored stays stored, whether or not a client can be told of it in its version.
        try {
          const wanted = permittedOf({ put: true, notify: true }, change, permits(client))
          const announcement = announcementOf(change, wanted)
          if (announcement === undefined) return
          // At once: the object that it shows may be gone when it is sent.
          const bytes = encode(writeServerRequest(announcement, version))
          tell(client, announcement).then(
            () => {
              if (isOver) bytes.fill(0)
              else send(bytes, stillWanted(recheck, change, announcement))
            },
            () => {
              bytes.fill(0)
              log.warn('client not told of a change: the audit cannot be written', { client })
            },
          )
        } catch (error) {
          log.warn('client not told of a change', { client, ...describeBug(error) })
        }
      })
      return () => {
        isOver = true
        stop()
      }
    },
  }
}
