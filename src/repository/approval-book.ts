import { KmipFault } from '../fault/fault.ts'
import {
  hashOf,
  type Approval,
  type ApprovalKind,
  type ApprovalStatement,
  type Ending,
  type HexDigest,
  type Requester,
  type Vote,
} from '../model/approval/approval.ts'
import type { ApprovalEvent } from '../model/approval/approval-entry.ts'
import {
  castVote,
  countOf,
  stateOf,
  use,
  withdraw,
  type Electorate,
  type Use,
} from '../model/approval/ceremony.ts'
import type { Clock } from '../port/clock.ts'
import type { Random } from '../port/random.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { HeldApproval } from './approval-record.ts'
import { readApprovals, writeApproval, type ApprovalPlace } from './approval-store.ts'
import { hexOf } from './entry-kind.ts'

/** What is to be approved, by whoever asks. */
export interface ApprovalRequest {
  readonly kind: ApprovalKind
  readonly name: string
  readonly requester: Requester
  /** The namespace of a client, which has a share of the room that there is. */
  readonly tenant?: string | undefined
  /** The request as it will be carried out, byte for byte. */
  readonly subject: Uint8Array
  /** The same for people. */
  readonly shown: readonly string[]
  readonly approvers: number
  /** For how many seconds it may be decided and used. */
  readonly seconds: number
}

export interface ApprovalLimits {
  /** Approvals of operations, or of calls, that one client waits for. */
  readonly perClient: number
  /** The same of all: clients with their requests must not keep officers from their calls. */
  readonly pending: number
}

export const DEFAULT_APPROVAL_LIMITS: ApprovalLimits = { perClient: 20, pending: 200 }

export interface ApprovalBookDeps extends ApprovalPlace {
  readonly clock: Clock
  readonly random: Pick<Random, 'identifier' | 'bytes'>
  readonly digest: HexDigest
  readonly electorate: Electorate
  readonly limits: ApprovalLimits
}

/** Told before anything becomes of an approval; what it throws keeps it from becoming so. */
export type ApprovalWitness = (event: ApprovalEvent) => Promise<void>

/** Reads the approvals that outlived the server before. Throws `UNAVAILABLE` when a record is damaged. */
export async function openApprovalBook(deps: ApprovalBookDeps): Promise<ApprovalBook> {
  const book = new ApprovalBook(deps)
  await book.load()
  return book
}

/** No tenant has more than its part of this many, or what one client may have. */
const TENANTS = 4
/** Ended approvals that can still be looked at. */
const KEPT = 200
const toUtf8 = new TextEncoder()

/**
 * The approvals that are asked for. Those of calls of the admin API are in the store until they end, because the
 * command that uses one may need the server stopped; those of operations live as long as the server does.
 */
export class ApprovalBook {
  readonly #deps: ApprovalBookDeps
  readonly #held = new Map<string, HeldApproval>()
  readonly #watchers = new Map<string, () => void>()
  #witness: ApprovalWitness = async () => Promise.resolve()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: ApprovalBookDeps) {
    this.#deps = deps
  }

  async load(): Promise<void> {
    for (const held of await readApprovals(this.#deps)) {
      this.#held.set(held.approval.statement.id, held)
    }
  }

  /** Has another told of what becomes of approvals from now on. */
  set witness(witness: ApprovalWitness) {
    this.#witness = witness
  }

  /** Those that are open, and the last ones that have ended, the oldest first. */
  list(): readonly Approval[] {
    return Array.from(this.#held.values(), ({ approval }) => approval)
  }

  find(id: string): Approval | undefined {
    return this.#held.get(id)?.approval
  }

  /** How far an approval is now. */
  stateOf(approval: Approval): ReturnType<typeof stateOf> {
    return stateOf(approval, this.#now, this.#deps.electorate.isOfficer)
  }

  /** How many officers have agreed who may still. */
  countOf(approval: Approval): number {
    return countOf(approval, this.#deps.electorate.isOfficer)
  }

  /** Throws `SERVER_LIMIT` where too many of the kind are open. */
  checkRoom(requester: Requester, kind: ApprovalKind, tenant?: string): void {
    const open = [...this.#held.values()].filter(
      ({ approval }) => approval.statement.kind === kind && this.#isOpen(approval),
    )
    const own = open.filter(({ approval }) => approval.statement.requester.id === requester.id)
    const beside = tenant === undefined ? [] : open.filter((held) => held.tenant === tenant)
    const { perClient, pending } = this.#deps.limits
    const share = Math.max(perClient, Math.ceil(pending / TENANTS))
    if (open.length >= pending || own.length >= perClient || beside.length >= share) {
      throw new KmipFault('SERVER_LIMIT', 'Too many requests wait for approval')
    }
  }

  /** Throws `SERVER_LIMIT`, `UNAVAILABLE`. */
  async request(asked: ApprovalRequest): Promise<Approval> {
    return this.#inTurn(async () => {
      await this.#sweep()
      this.checkRoom(asked.requester, asked.kind, asked.tenant)
      const salt = this.#hex(32)
      const statement: ApprovalStatement = {
        id: this.#deps.random.identifier(),
        kind: asked.kind,
        name: asked.name,
        requester: asked.requester,
        digest: this.#digest(salt, asked.subject),
        shown: asked.shown,
        approvers: asked.approvers,
        requested: this.#now,
        expires: this.#now + asked.seconds,
        nonce: this.#hex(16),
      }
      const approval = { statement, hash: hashOf(statement, this.#deps.digest), votes: [] }
      const { generation } = this.#deps
      const held = { approval, salt, generation, tenant: asked.tenant }
      await this.#become(held, { what: 'requested', approval })
      return approval
    })
  }

  /** Throws `OBJECT_NOT_FOUND`, and what `castVote` throws. */
  async vote(id: string, vote: Vote): Promise<Approval> {
    return this.#inTurn(async () => {
      const held = this.#get(id)
      const approval = castVote(held.approval, vote, this.#deps.electorate)
      const what = vote.verdict === 'approve' ? 'approved' : 'denied'
      await this.#become({ ...held, approval }, { what, approval, vote })
      return approval
    })
  }

  /** Throws `OBJECT_NOT_FOUND`, and what `withdraw` throws. */
  async withdraw(id: string, requester: string): Promise<Approval> {
    return this.#inTurn(async () => {
      const held = this.#get(id)
      const { isOfficer } = this.#deps.electorate
      const approval = withdraw(held.approval, requester, this.#now, isOfficer)
      await this.#become({ ...held, approval }, { what: 'withdrawn', approval })
      return approval
    })
  }

  /**
   * Uses an approval: resolves for one caller alone. Throws `NOT_PERMITTED` where it is not one for exactly this
   * request, or not approved any more.
   */
  async use(
    id: string,
    { subject, ...asked }: Omit<Use, 'digest' | 'now'> & { readonly subject: Uint8Array },
  ): Promise<Approval> {
    return this.#inTurn(async () => {
      const held = this.#held.get(id)
      if (held === undefined) throw new KmipFault('NOT_PERMITTED', 'There is no such approval')
      const digest = this.#digest(held.salt, subject)
      const { isOfficer } = this.#deps.electorate
      const approval = use(held.approval, { ...asked, digest, now: this.#now }, isOfficer)
      await this.#become({ ...held, approval }, { what: 'used', approval })
      return approval
    })
  }

  /** Ends an approval that leads to nothing any more, if it is open. */
  async end(id: string, ending: Ending): Promise<void> {
    return this.#inTurn(async () => {
      const held = this.#held.get(id)
      if (held?.approval.ending === undefined && held !== undefined) await this.#end(held, ending)
    })
  }

  /**
   * Ends what was not approved in time, and what those asked for who cannot use it any more.
   *
   * @param isGone - by the identifier of who asked
   */
  async sweep(isGone: (requester: string) => boolean = () => false): Promise<void> {
    return this.#inTurn(async () => {
      await this.#sweep()
      for (const held of this.#held.values()) {
        const { ending, statement } = held.approval
        if (ending === undefined && isGone(statement.requester.id)) await this.#end(held, 'refused')
      }
    })
  }

  /** Calls back once: when the approval is approved, or has ended. */
  watch(id: string, decided: () => void): void {
    this.#watchers.set(id, decided)
    this.#notify(id)
  }

  async #sweep(): Promise<void> {
    for (const held of this.#held.values()) {
      const { ending, statement } = held.approval
      if (ending === undefined && this.#now >= statement.expires) await this.#end(held, 'expired')
    }
    const ended = [...this.#held].filter(([, { approval }]) => approval.ending !== undefined)
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#held.delete(id)
  }

  async #end(held: HeldApproval, ending: Ending): Promise<void> {
    const approval: Approval = { ...held.approval, ending }
    await this.#become({ ...held, approval }, { what: ending, approval })
  }

  /** Told first, then stored, then so. */
  async #become(held: HeldApproval, event: ApprovalEvent): Promise<void> {
    await this.#witness(event)
    if (held.approval.statement.kind === 'call') await writeApproval(this.#deps, held)
    const { id } = held.approval.statement
    this.#held.set(id, held)
    this.#notify(id)
  }

  #notify(id: string): void {
    const watcher = this.#watchers.get(id)
    const approval = this.find(id)
    if (watcher === undefined) return
    if (approval !== undefined && this.stateOf(approval) === 'pending') return
    this.#watchers.delete(id)
    watcher()
  }

  #get(id: string): HeldApproval {
    const held = this.#held.get(id)
    if (held !== undefined) return held
    throw new KmipFault('OBJECT_NOT_FOUND', 'There is no such approval')
  }

  #isOpen({ ending, statement }: Approval): boolean {
    return ending === undefined && this.#now < statement.expires
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  #digest(salt: string, subject: Uint8Array): string {
    const salted = new Uint8Array(salt.length + subject.length)
    salted.set(toUtf8.encode(salt))
    salted.set(subject, salt.length)
    return this.#deps.digest(salted)
  }

  #hex(length: number): string {
    const secret = this.#deps.random.bytes(length)
    try {
      return secret.expose(hexOf)
    } finally {
      secret.destroy()
    }
  }

  get #now(): DateTime {
    return this.#deps.clock.now()
  }
}
