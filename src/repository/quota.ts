import { KmipFault } from '../fault/fault.ts'
import { tenantOf } from '../model/managed-object.ts'
import type { StagedObject } from './change-set.ts'
import type { Quota } from './namespace-record.ts'
import type { UsageBook } from './usage.ts'

/**
 * Refuses new objects for which there is no room. Those that are stored at the same time do not see one another: a tenant
 * may come to have as many more as it has requests under way.
 *
 * @throws KmipFault `SERVER_LIMIT`
 */
export async function checkQuota(
  staged: readonly StagedObject[],
  quotaOf: (tenant: string) => Quota | undefined,
  usage: UsageBook,
): Promise<void> {
  const added = staged.filter(
    ({ before, object, isErased }) =>
      before === undefined && isErased !== true && object.content !== undefined,
  )
  const [first] = added
  if (first === undefined) return
  // All of a commit are of one tenant.
  const tenant = tenantOf(first.object)
  const { objects, bytes } = quotaOf(tenant) ?? {}
  if (objects === undefined && bytes === undefined) return
  const used = await usage.of({ tenant })
  const isFull =
    used.objects + added.length > (objects ?? Infinity) || used.bytes >= (bytes ?? Infinity)
  if (isFull) throw new KmipFault('SERVER_LIMIT', 'The namespace is full')
}
