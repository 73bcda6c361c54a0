import { OBJECT_TYPES } from '../message/managed-object.ts'
import type { Offer } from '../operation/context.ts'
import { OPERATIONS } from '../operation/index.ts'
import { Operation } from '../spec/enum/operation.ts'

/** What Query tells: the operations there are, and every Object Type that can be registered. */
export const OFFER: Omit<Offer, 'isAsynchronous'> = {
  operations: Object.values(OPERATIONS).map(({ name }) => Operation[name]),
  objectTypes: OBJECT_TYPES,
}
