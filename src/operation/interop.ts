import { KmipFault } from '../fault/fault.ts'
import { membersOf } from '../schema/enumeration.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { InteropFunction } from '../spec/enum/interop-function.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'

const InteropRequest = struct({
  interopFunction: required(Tag.InteropFunction),
  interopIdentifier: required(Tag.InteropIdentifier),
})

/** Objects that are erased by one Reset. */
const MOST_OBJECTS = 1_000

/**
 * KMIP 2.1 section 6.1.26: tells where a test of interoperability begins and ends. It is there only where the policy
 * says so, for it "SHALL NOT be available in a production server": Reset erases every object of the client that asks.
 */
export const interop = defineOperation('Interop', {
  request: InteropRequest,
  response: struct({}),
  async handle({ interopFunction, interopIdentifier }, context) {
    if (!context.policy.interop) {
      throw new KmipFault('UNSUPPORTED_OPERATION', 'The operation is not supported')
    }
    const name = membersOf(InteropFunction).nameOf(interopFunction)
    if (name === undefined) {
      throw new KmipFault('INVALID_FIELD', 'The Interop Function is not known')
    }
    if (interopFunction === InteropFunction.Reset) await eraseAll(context)
    context.clientLog.write(context.identity, `Interop ${name}: ${interopIdentifier}`, context.now)
    return {}
  },
})

/** Throws `SERVER_LIMIT` when there are too many for one commit. */
async function eraseAll({ objects, identity }: OperationContext): Promise<void> {
  const { uniqueIdentifiers } = await objects.locate({
    criteria: [],
    statuses: ['online', 'archived', 'destroyed'],
    offset: 0,
    limit: MOST_OBJECTS + 1,
    count: false,
  })
  if (uniqueIdentifiers.length > MOST_OBJECTS) {
    throw new KmipFault('SERVER_LIMIT', 'The client has too many objects to erase at once')
  }
  for (const uniqueIdentifier of uniqueIdentifiers) {
    const found = await objects.load(uniqueIdentifier, 'Locate')
    if (found.owner === identity.id) await objects.erase(await objects.load(uniqueIdentifier))
  }
}
