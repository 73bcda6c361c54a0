import { KmipFault } from '../fault/fault.ts'
import { locateRequest, type LocateRequest } from '../message/locate.ts'
import type { StorageStatus } from '../model/managed-object.ts'
import { criteriaOf, type Criterion } from '../repository/filter-match.ts'
import { optional, repeated } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ObjectGroupMember } from '../spec/enum/object-group-member.ts'
import { StorageStatusMask } from '../spec/mask/storage-status-mask.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import { defineOperation } from './definition.ts'

const LocateResponse = struct({
  locatedItems: optional(Tag.LocatedItems, { since: '1.3' }),
  uniqueIdentifiers: repeated(Tag.UniqueIdentifier),
})

const STATUS_BITS: readonly (readonly [number, StorageStatus])[] = [
  [StorageStatusMask.OnLineStorage, 'online'],
  [StorageStatusMask.ArchivalStorage, 'archived'],
  [StorageStatusMask.DestroyedStorage, 'destroyed'],
]

function statusesOf(mask: number | undefined): readonly StorageStatus[] {
  if (mask === undefined) return ['online']
  return STATUS_BITS.flatMap(([bit, status]) => ((mask & bit) === 0 ? [] : [status]))
}

/** A member of a group that was never handed out is one that is fresh. */
function memberCriteria(member: LocateRequest['objectGroupMember']): readonly Criterion[] {
  if (member !== ObjectGroupMember.GroupMemberFresh) return []
  const item = { tag: Tag.Fresh.number, type: ItemType.Boolean, value: true } as const
  return [{ reference: { name: 'Fresh' }, items: [item] }]
}

/** The default member of a group is its newest. */
function limitOf({ maximumItems, objectGroupMember }: LocateRequest, most: number): number {
  const isDefault = objectGroupMember === ObjectGroupMember.GroupMemberDefault
  return Math.min(maximumItems ?? most, isDefault ? 1 : most)
}

function checkCounts({ maximumItems = 0, offsetItems = 0 }: LocateRequest): void {
  if (maximumItems < 0 || offsetItems < 0) {
    throw new KmipFault('INVALID_FIELD', 'Maximum Items and Offset Items are not negative')
  }
}

/** KMIP 1.4 section 4.9, KMIP 2.1 section 6.1.28: newest first in every version. */
export const locate = defineOperation('Locate', {
  request: locateRequest,
  response: LocateResponse,
  identifies: ({ uniqueIdentifiers }) => uniqueIdentifiers,
  async handle(request, { objects, policy }) {
    checkCounts(request)
    const { uniqueIdentifiers, total } = await objects.locate({
      criteria: [...criteriaOf(request.filters), ...memberCriteria(request.objectGroupMember)],
      statuses: statusesOf(request.storageStatusMask),
      offset: request.offsetItems ?? 0,
      limit: limitOf(request, policy.locateItems),
      count: request.offsetItems !== undefined,
    })
    return total === undefined ? { uniqueIdentifiers } : { uniqueIdentifiers, locatedItems: total }
  },
})
