import type { Offer } from '../operation/context.ts'
import { OPERATIONS } from '../operation/index.ts'
import { membersOf } from '../schema/enumeration.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Operation } from '../spec/enum/operation.ts'

/** What Query tells: the operations there are, and every Object Type that can be registered. */
export const OFFER: Offer = {
  operations: Object.values(OPERATIONS).map(({ name }) => Operation[name]),
  // The values of the enumeration are what its table holds.
  objectTypes: membersOf(ObjectType).members.map(({ value }) => value as ObjectType),
}
