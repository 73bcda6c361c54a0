import { tenantOf, type ManagedObject } from '../model/managed-object.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { ObjectRepository } from './object-repository.ts'

/** An object that came back although it was destroyed. */
export interface DestroyedSince {
  readonly uniqueIdentifier: string
  readonly objectType: ManagedObject['objectType']
  readonly owner: string
  readonly namespace: string | undefined
  /** As its destruction left it, without material; undefined where it left nothing. */
  readonly after: ManagedObject | undefined
}

/**
 * Finds the objects that an earlier state of a store has whole, and a later one has destroyed or not at all; newest
 * first.
 */
export async function destroyedSince(
  earlier: ObjectRepository,
  later: ObjectRepository,
  now: DateTime,
): Promise<readonly DestroyedSince[]> {
  const found: DestroyedSince[] = []
  let before: bigint | undefined
  for (;;) {
    const page = before === undefined ? { limit: PAGE } : { limit: PAGE, before }
    const objects = await earlier.list(page, now)
    for (const { object } of objects) {
      const { uniqueIdentifier, objectType, owner, namespace } = object
      if (object.content === undefined) continue
      const after = (await later.read(uniqueIdentifier, tenantOf(object)))?.object
      if (after?.content !== undefined) continue
      found.push({ uniqueIdentifier, objectType, owner, namespace, after })
    }
    const last = objects.at(-1)
    if (last === undefined || objects.length < PAGE) return found
    before = last.sequence
  }
}

/** Destroys an object again: it becomes what its destruction left of it. */
export async function destroyAgain(
  objects: ObjectRepository,
  { uniqueIdentifier, owner, namespace, after }: DestroyedSince,
  now: DateTime,
): Promise<void> {
  const unit = objects.begin({ owner, namespace, now })
  const present = await unit.load(uniqueIdentifier)
  if (after === undefined) await unit.erase(present)
  else await unit.save(after)
  await unit.commit()
}

const PAGE = 200
