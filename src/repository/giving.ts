import { KmipFault } from '../fault/fault.ts'
import { namespaceOf, type Identity } from '../model/identity.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { isResident } from '../model/residence.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { ObjectRepository } from './object-repository.ts'

/**
 * Gives an object to another client of its namespace. Throws `OBJECT_NOT_FOUND` where the client's namespace has none of
 * this identifier, `NOT_PERMITTED` for a key that is in the token under the name of its owner, `CONFLICT`.
 *
 * @returns the object as it was
 */
export async function giveObject(
  objects: ObjectRepository,
  uniqueIdentifier: string,
  { client, now }: { readonly client: Pick<Identity, 'id' | 'namespace'>; readonly now: DateTime },
): Promise<ManagedObject> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const unit = objects.begin({ owner: client.id, namespace: namespaceOf(client), now })
    const before = await unit.load(uniqueIdentifier)
    if (before.owner === client.id) return before
    if (isResident(before)) {
      throw new KmipFault('NOT_PERMITTED', 'A key in the token stays with its client')
    }
    await unit.save({ ...before, owner: client.id })
    if ((await unit.commit()) === 'done') return before
  }
  throw new KmipFault('CONFLICT', 'Clients keep changing the object')
}

const ATTEMPTS = 20
