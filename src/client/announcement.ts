import type { ServerRequest } from '../message/server-request.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { isOneTimePad } from '../model/one-time-pad.ts'
import { attributeDifference, type ObjectChange } from '../model/object-change.ts'
import type { OperationName } from '../spec/operation.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { PutFunction } from '../spec/enum/put-function.ts'

/** Which changes a client is told of. */
export interface Announced {
  readonly put: boolean
  readonly notify: boolean
}

/** Whether the client that a change is told to may learn as much of an object as an operation shows. */
export type MayBeTold = (operation: OperationName, object: ManagedObject) => boolean

/** Of the changes that a client wants to be told of, those that it may be. */
export function permittedOf(
  { put, notify }: Announced,
  { after }: ObjectChange,
  mayBeTold: MayBeTold,
): Announced {
  return {
    put: put && mayBeTold('Get', after),
    notify: notify && mayBeTold('GetAttributes', after),
  }
}

/**
 * What a client is told of a change: a new object is put, a changed one notified of (KMIP 1.4 sections 5.1, 5.2). What
 * may not leave in the clear is not put.
 */
export function announcementOf(
  { before, after, isErased }: ObjectChange,
  { put, notify }: Announced,
): ServerRequest | undefined {
  if (isErased || after.objectType === ObjectType.Template) return undefined
  if (before === undefined) return put ? putOf(after) : undefined
  return notify ? notificationOf(before, after) : undefined
}

/** Whether an object may leave in the clear without anybody having asked for it. */
export function mayBePut(object: ManagedObject): boolean {
  const { attributes } = object
  const isClosed = attributes.get('Sensitive') === true || attributes.get('Extractable') === false
  return !isClosed && !isOneTimePad(object)
}

function putOf(object: ManagedObject): ServerRequest | undefined {
  const { uniqueIdentifier, attributes, content } = object
  if (content === undefined || !mayBePut(object)) return undefined
  const replaced = attributes
    .all('Link')
    .find(({ linkType }) => linkType === LinkType.ReplacedObjectLink)?.linkedObjectIdentifier
  const isReplacement = typeof replaced === 'string'
  return {
    operation: 'Put',
    payload: {
      uniqueIdentifier,
      putFunction: isReplacement ? PutFunction.Replace : PutFunction.New,
      ...(isReplacement ? { replacedUniqueIdentifier: replaced } : {}),
      object: content,
      attributes: [...attributes.entries()],
    },
  }
}

/** That an object was read for the first time is no news to the one who has read it. */
function notificationOf(before: ManagedObject, after: ManagedObject): ServerRequest | undefined {
  const { changed, deleted } = attributeDifference(before, after)
  const news = changed.filter(({ reference }) => reference.name !== 'Fresh')
  if (news.length === 0 && deleted.length === 0) return undefined
  const isStamped = news.some(({ reference }) => reference.name === 'LastChangeDate')
  const stamp = after.attributes.get('LastChangeDate')
  const reference = { name: 'LastChangeDate' } as const
  return {
    operation: 'Notify',
    payload: {
      uniqueIdentifier: after.uniqueIdentifier,
      // The Last Change Date is always among them (KMIP 1.4 section 5.1).
      attributes: isStamped || stamp === undefined ? news : [...news, { reference, value: stamp }],
      deleted,
    },
  }
}
