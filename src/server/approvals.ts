import { KmipFault } from '../fault/fault.ts'
import { describeBug } from '../fault/describe-bug.ts'
import { namespaceOf, type Identity } from '../model/identity.ts'
import type { Ending } from '../model/approval/approval.ts'
import type { ApprovalRules, ApprovedWork } from '../model/approval/rule.ts'
import type { Log } from '../port/log.ts'
import type { ApprovalBook } from '../repository/approval-book.ts'
import type { Version } from '../schema/version.ts'
import { encode } from '../ttlv/encode.ts'
import { ApprovalGuard, type ApprovalNeed } from './approval-guard.ts'
import { requestLines } from './approval-view.ts'
import { operationName, type ReadItem } from './batch-item.ts'

export interface ApprovalsOptions {
  readonly book: ApprovalBook
  /** What has to be approved of an identity's requests now; undefined where nothing has. */
  readonly rulesOf: (identity: Identity) => ApprovalRules | undefined
  /** A client as it is now; undefined for one that may not connect any more. */
  readonly clientOf: (id: string) => Identity | undefined
  readonly log: Log
}

/** A batch item with whoever asked for it, and in which version. */
export interface AskedItem {
  readonly item: ReadItem
  readonly identity: Identity
  readonly version: Version
}

/** A request that waits for officers. */
export interface AwaitedApproval {
  /** Identifier of the approval. */
  readonly id: string
  /** The role of the client that asked, when it did. */
  readonly role: string | undefined
  readonly work: ApprovedWork
}

/** Which requests of KMIP wait for officers, and which of them may be carried out. */
export class Approvals {
  readonly #options: ApprovalsOptions

  constructor(options: ApprovalsOptions) {
    this.#options = options
  }

  /** What stands beside a batch item; undefined where nothing needs approval. */
  guardOf(
    identity: Identity,
    item: ReadItem,
    approved: ApprovedWork | undefined,
  ): ApprovalGuard | undefined {
    const rules = this.#options.rulesOf(identity)
    return rules && new ApprovalGuard(rules, item.payload, approved)
  }

  /** Throws `SERVER_LIMIT` where the client, or all of them, wait for too many. */
  checkRoom(identity: Identity): void {
    this.#options.book.checkRoom(identity, 'operation', namespaceOf(identity))
  }

  /** Asks the officers. Throws `SERVER_LIMIT`, `UNAVAILABLE`. */
  async ask(asked: AskedItem, need: ApprovalNeed): Promise<AwaitedApproval> {
    const { item, identity, version } = asked
    const operation = operationName(item) ?? ''
    const work = { approvers: need.approvers, objects: need.objects }
    const subject = subjectOf(asked, work)
    try {
      const { statement } = await this.#options.book.request({
        kind: 'operation',
        name: operation,
        requester: { id: identity.id, name: identity.name },
        tenant: namespaceOf(identity),
        subject,
        shown: requestLines({ operation, version, identity }, need.lines, item.payload),
        approvers: need.approvers,
        seconds: need.expires,
      })
      return { id: statement.id, role: this.#options.clientOf(identity.id)?.role, work }
    } finally {
      subject.fill(0)
    }
  }

  /**
   * Uses an approval for the item that it was asked for. Throws `NOT_PERMITTED` with what has become of it, or of the
   * client, otherwise.
   */
  async use({ id, role, work }: AwaitedApproval, asked: AskedItem): Promise<void> {
    const { book, clientOf } = this.#options
    const requester = asked.identity.id
    const subject = subjectOf(asked, work)
    try {
      // Whoever has another role by now would ask for something else.
      if (role === undefined || clientOf(requester)?.role !== role) {
        throw new KmipFault('NOT_PERMITTED', 'The client is not what it was when it asked')
      }
      await book.use(id, { requester, name: operationName(asked.item) ?? '', subject })
    } catch (error) {
      await book.end(id, 'refused')
      throw error
    } finally {
      subject.fill(0)
    }
  }

  /** Calls back when the officers have decided, or nobody waits for them any more. */
  watch({ id }: AwaitedApproval, decided: () => void): void {
    this.#options.book.watch(id, decided)
  }

  /** Nobody waits for an approval any more. */
  end({ id }: AwaitedApproval, ending: Ending): void {
    this.#options.book.end(id, ending).catch((error: unknown) => {
      this.#options.log.error('approval not ended', { ...describeBug(error) })
    })
  }
}

/** A batch item as it will be carried out, byte for byte. It may hold key material: zero it. */
function subjectOf({ item, identity, version }: AskedItem, work: ApprovedWork): Uint8Array {
  const facts = [version, operationName(item), identity.id, work.approvers, work.objects]
  const head = new TextEncoder().encode(`${JSON.stringify(facts)}\n`)
  const payload = item.payload === undefined ? new Uint8Array(0) : encode(item.payload)
  const subject = new Uint8Array(head.length + payload.length)
  subject.set(head)
  subject.set(payload, head.length)
  payload.fill(0)
  return subject
}
