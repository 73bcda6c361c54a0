import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { ClientRegistry } from './client-registry.ts'
import type { StorageStatus } from '../model/managed-object.ts'
import type { Namespace } from './namespace-record.ts'
import type { ObjectRepository } from './object-repository.ts'

export interface ClearingDeps {
  readonly clients: Pick<ClientRegistry, 'list'>
  readonly objects: ObjectRepository
  readonly now: DateTime
}

/**
 * Takes what is left of the destroyed objects of a namespace out of the store. Throws `OBJECT_EXISTS` where there are
 * clients or other objects in it, and `CONFLICT`.
 */
export async function clearNamespace(
  { id, name }: Pick<Namespace, 'id' | 'name'>,
  { clients, objects, now }: ClearingDeps,
): Promise<void> {
  if (clients.list().some(({ namespace }) => namespace === id)) {
    throw new KmipFault('OBJECT_EXISTS', `There are clients in the namespace ${name}`)
  }
  const begin = () => objects.begin({ owner: id, namespace: id, now })
  const some = async (statuses: readonly StorageStatus[]) => {
    const query = { criteria: [], statuses, offset: 0, limit: STEP, count: false }
    return (await begin().locate(query)).uniqueIdentifiers
  }
  if ((await some(['online', 'archived'])).length > 0) {
    throw new KmipFault('OBJECT_EXISTS', `There are objects in the namespace ${name}`)
  }
  for (let left = await some(['destroyed']); left.length > 0; left = await some(['destroyed'])) {
    const unit = begin()
    for (const uniqueIdentifier of left) await unit.erase(await unit.load(uniqueIdentifier))
    if ((await unit.commit()) === 'conflict') {
      throw new KmipFault('CONFLICT', 'The objects of the namespace are being changed')
    }
  }
}

/** Objects that are taken out in one commit. */
const STEP = 50
