import { KmipFault } from '../fault/fault.ts'
import type { EndpointRoles } from '../operation/context.ts'
import type { Version } from '../schema/version.ts'
import { EndpointRole } from '../spec/enum/endpoint-role.ts'
import { operationName, type ReadItem } from './batch-item.ts'
import type { Peer, Reply } from './handler.ts'

/** The role that a message has the server take, if it is another than the one it has. */
export class RequestedTurn implements EndpointRoles {
  readonly isNarrowed: boolean
  readonly #role: EndpointRole | undefined
  #wanted: EndpointRole | undefined

  /** @param isNarrowed - whether the message came with tickets or accounts */
  constructor({ endpointRole }: Peer, isNarrowed: boolean) {
    this.isNarrowed = isNarrowed
    this.#role = endpointRole
  }

  get canTurn(): boolean {
    return this.#role !== undefined
  }

  take(role: EndpointRole): void {
    this.#wanted = role
  }

  /** As long as the server is the client, it is asked for nothing but to be the server again. */
  refusalOf(items: readonly ReadItem[]): KmipFault | undefined {
    if (this.#role !== EndpointRole.Client) return undefined
    if (items.every((item) => operationName(item) === 'SetEndpointRole')) return undefined
    return new KmipFault('NOT_PERMITTED', 'The server is the client on this connection')
  }

  /** The answer, with the turn that is to follow it. */
  turnIn(reply: Reply, version: Version): Reply {
    const role = this.#wanted
    if (role === undefined || this.#role === undefined || role === this.#role) return reply
    return { bytes: reply.bytes, close: reply.close, turn: { role, version } }
  }
}

/** For what no connection has brought. */
export const NO_ROLES: EndpointRoles = {
  canTurn: false,
  isNarrowed: false,
  take: () => undefined,
}
