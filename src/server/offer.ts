import { OBJECT_TYPES } from '../message/managed-object.ts'
import type { Offer } from '../operation/context.ts'
import { OPERATIONS } from '../operation/index.ts'
import { Operation } from '../spec/enum/operation.ts'

/** What Query tells: the operations there are, and every Object Type that can be registered. */
export const OFFER: Omit<Offer, 'isAsynchronous'> = {
  // Put and Notify go the other way: what the server sends is among what it supports (KMIP 1.4 section 5).
  operations: [
    ...Object.values(OPERATIONS).map(({ name }) => Operation[name]),
    Operation.Notify,
    Operation.Put,
  ],
  objectTypes: OBJECT_TYPES,
}
