import { KmipFault } from '../fault/fault.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { EndpointRole } from '../spec/enum/endpoint-role.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const Role = struct({ endpointRole: required(Tag.EndpointRole) })

/**
 * KMIP 2.1 section 6.1.54: the role is the server's from the next message on. As a client it sends what no request asks
 * for, which is more than a ticket is for. Throws `NOT_PERMITTED`, `UNSUPPORTED_FEATURE` and `INVALID_FIELD`.
 */
export const setEndpointRole = defineOperation('SetEndpointRole', {
  request: Role,
  response: Role,
  pace: 'immediate',
  async handle({ endpointRole }, { roles, run }) {
    if (endpointRole !== EndpointRole.Client && endpointRole !== EndpointRole.Server) {
      throw new KmipFault('INVALID_FIELD', 'The Endpoint Role is not known')
    }
    if (endpointRole === EndpointRole.Client) {
      if (roles.isNarrowed) {
        throw new KmipFault('NOT_PERMITTED', 'The roles are not turned with a ticket or an account')
      }
      if (!roles.canTurn) {
        throw new KmipFault('UNSUPPORTED_FEATURE', 'The roles cannot be turned on this connection')
      }
    }
    run.whenSettled((isDone) => {
      if (isDone) roles.take(endpointRole)
    })
    return Promise.resolve({ endpointRole })
  },
})
