import type { RestoredStore } from '../adapter/backup/restore.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openClientRegistry } from '../repository/client-registry.ts'
import { destroyAgain, destroyedSince } from '../repository/destroyed-since.ts'
import { ObjectRepository } from '../repository/object-repository.ts'
import { membersOf } from '../schema/enumeration.ts'
import { ObjectType } from '../spec/enum/object-type.ts'

/** An object that a restore brings back although it was destroyed. */
export interface DestroyedObject {
  readonly id: string
  readonly type: string
  /** Name of the client it belongs to. */
  readonly owner: string
  /** When it was destroyed, in seconds since 1970-01-01T00:00:00Z; undefined where nothing of it was left. */
  readonly destroyed?: number
}

/**
 * Says which objects of a restored store a later state has destroyed.
 *
 * @param again - destroys them in the restored store, too
 */
export async function findDestroyed(
  { store, sealer }: RestoredStore,
  later: ObjectRepository,
  again: boolean,
): Promise<readonly DestroyedObject[]> {
  const now = systemClock.now()
  const objects = await ObjectRepository.open(store, sealer, { cachedObjects: 0 })
  const deps = { store, sealer, clock: systemClock, random: nodeRandom }
  const clients = (await openClientRegistry(deps)).list()
  const names = new Map(clients.map(({ id, name }) => [id, name]))
  const found = await destroyedSince(objects, later, now)
  if (again) for (const each of found) await destroyAgain(objects, each, now)
  return found.map(({ uniqueIdentifier, objectType, owner, after }) => {
    const destroyed = after?.attributes.get('DestroyDate')
    return {
      id: uniqueIdentifier,
      type: membersOf(ObjectType).nameOf(objectType) ?? 'unknown',
      owner: names.get(owner) ?? owner,
      ...(destroyed === undefined ? {} : { destroyed }),
    }
  })
}
