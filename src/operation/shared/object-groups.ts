import { KmipFault } from '../../fault/fault.ts'
import { attributeItem } from '../../message/attribute-item.ts'
import type { StorageStatus } from '../../model/managed-object.ts'
import type { OperationContext } from '../context.ts'

const reference = { name: 'ObjectGroup' } as const
const KEPT: readonly StorageStatus[] = ['online', 'archived']

/**
 * Refuses an Object Group that none of the client's objects is in, and that the client has laid down nothing for
 * (KMIP 2.1 sections 6.1.40.1 and 11.46).
 *
 * @throws KmipFault `UNKNOWN_OBJECT_GROUP`
 */
export async function checkGroups(
  groups: readonly string[],
  { objects }: OperationContext,
): Promise<void> {
  if (groups.length === 0) return
  const { defaults, constraints } = await objects.rules()
  const named = new Set([...defaults, ...constraints].flatMap(({ objectGroups }) => objectGroups))
  for (const group of new Set(groups)) {
    if (named.has(group)) continue
    const items = [attributeItem({ reference, value: group })]
    const { uniqueIdentifiers } = await objects.locate({
      criteria: [{ reference, items }],
      statuses: KEPT,
      offset: 0,
      limit: 1,
      count: false,
    })
    if (uniqueIdentifiers.length > 0) continue
    throw new KmipFault('UNKNOWN_OBJECT_GROUP', 'There is no such Object Group')
  }
}
