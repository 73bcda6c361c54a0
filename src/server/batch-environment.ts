import type { KmipFault } from '../fault/fault.ts'
import type { ClientProfile } from '../message/client-profile.ts'
import type { Asynchrony } from '../message/header.ts'
import type { Identity } from '../model/identity.ts'
import type { EndpointRoles, Offer, OperationContext, Services } from '../operation/context.ts'
import type { PendingRequests } from '../operation/pending-request.ts'
import type { IssuedTicket } from '../operation/tickets.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Version } from '../schema/version.ts'
import type { ApprovedWork } from '../model/approval/rule.ts'
import type { Approvals } from './approvals.ts'
import type { MessageAudit } from './audit/message-audit.ts'
import type { Permissions } from './authorise.ts'
import type { ReadItem } from './batch-item.ts'
import type { Jobs } from './jobs.ts'

/** What the batch items of a message are carried out with. */
export interface BatchEnvironment {
  readonly version: Version
  readonly identity: Identity
  /** What the client needs otherwise than the standard has it. */
  readonly profile?: ClientProfile | undefined
  readonly repository: ObjectRepository
  readonly permissions: Permissions
  /** Whether the client is still known by what it was recognised by; absent for what is the server's own. */
  readonly isKnown?: (() => boolean) | undefined
  /** Names what the message came with that takes away from what its client may do; undefined for nothing. */
  readonly scope?: string | undefined
  /** The tickets that the message came with. */
  readonly tickets: readonly IssuedTicket[]
  /** Why none of the batch items is carried out, if that is so. */
  readonly refusal: KmipFault | undefined
  /** The moment of the message. */
  readonly now: DateTime
  readonly services: Services
  readonly slowly: OperationContext['slowly']
  readonly offer: Offer
  readonly destroyAfterAnswer: OperationContext['destroyAfterAnswer']
  /** What the client takes, or wants. */
  readonly asynchrony: Asynchrony
  /** Where work is left for later; absent where none is. */
  readonly jobs?: Jobs | undefined
  readonly requests: PendingRequests
  /** What waits for officers; absent where nothing ever does. */
  readonly approvals?: Approvals | undefined
  /** What officers have agreed to. */
  readonly approved?: ApprovedWork | undefined
  /** Identifier of their approval. */
  readonly approval?: string | undefined
  readonly roles: EndpointRoles
  /** Asked before anything is stored; absent for what nobody can cancel. */
  readonly mayStore?: () => boolean
  /** What is told of the message. */
  readonly audit: MessageAudit
  /** Turns whatever was thrown into a fault, and logs it. */
  readonly faultOf: (error: unknown, item: ReadItem) => KmipFault
}
