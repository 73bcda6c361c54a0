import { KmipFault } from '../fault/fault.ts'
import { announcedVersion, readRequest } from '../message/request.ts'
import { nearestVersion, servedVersion, type ProtocolVersion } from '../message/protocol-version.ts'
import type { ClientProfile } from '../message/client-profile.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { Offer, Services } from '../operation/context.ts'
import type { PendingRequests } from '../operation/pending-request.ts'
import { scopeOf } from '../operation/tickets.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import { Operation } from '../spec/enum/operation.ts'
import type { Account } from '../repository/client-record.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Version } from '../schema/version.ts'
import type { Secret } from '../secret/secret.ts'
import { isItem, type Item } from '../ttlv/item.ts'
import type { Limits } from '../ttlv/limits.ts'
import { answerItem, answerMessage } from './answer.ts'
import type { Approvals } from './approvals.ts'
import { MessageAudit } from './audit/message-audit.ts'
import type { AuditTrail } from './audit/trail.ts'
import type { Permissions } from './authorise.ts'
import { readItem, type ItemOutcome } from './batch-item.ts'
import { performBatch } from './batch.ts'
import { announcedIn, readMessage, wipeItem, type Encoding } from './format.ts'
import type { MessageHandler, Peer, Reply } from './handler.ts'
import { NO_REQUESTS, type Jobs } from './jobs.ts'
import { narrowedBy, scopeWith, type Logins } from './logins.ts'
import { OFFER } from './offer.ts'
import { NOTHING_PRESENTED, presentCredentials, type Presented } from './present-credentials.ts'
import { RequestedTurn } from './requested-turn.ts'
import { SlowWork } from './slow-work.ts'
import { writeReply } from './reply.ts'
import { whenTold } from './told-reply.ts'
import { faultOf, Trace } from './trace.ts'
import type { Pass, Turnstile } from './turnstile.ts'
import type { Watch } from './watch/watch.ts'

/** What the dispatcher stands on. */
export interface DispatcherOptions {
  readonly repository: ObjectRepository
  readonly services: Services
  readonly clock: Clock
  readonly permissions: Permissions
  /** Compares user names and passwords; without it they decide nothing. */
  readonly logins?: Logins
  /** What clients need otherwise than the standard has it, by their names. */
  readonly profiles?: ReadonlyMap<string, ClientProfile>
  readonly log: Log
  /** What happens is told here, before it is answered. */
  readonly trail: AuditTrail
  readonly limits: Limits
  /** Batch items in one message. */
  readonly batchItems: number
  /** Bytes of an answer, whatever its Maximum Response Size. */
  readonly responseBytes: number
  readonly offer?: Omit<Offer, 'isAsynchronous'>
  /** Absent where everything is done at once. */
  readonly jobs?: Jobs
  /** Absent where nothing ever needs approval. */
  readonly approvals?: Approvals
  /** Absent where everybody may ask for as much as they like. */
  readonly turnstile?: Turnstile
  /** Sees what becomes of every message. */
  readonly watch?: Pick<Watch, 'saw'>
}

/** Reads a message, has its operations carried out, and writes the answer: the whole of KMIP above the transport. */
export function createMessageHandler(options: DispatcherOptions): MessageHandler {
  return new Dispatcher(options)
}

/** Who sent a message, and what is to be zeroed once it is answered. */
interface Asking {
  readonly peer: Peer
  readonly encoding: Encoding
  readonly secrets: Secret[]
  /** What is to be given back, once it was let in. */
  pass: Pass | undefined
  readonly audit: MessageAudit
}

/** What is refused whatever version its sender may understand: every version has all of 1.0's header. */
const UNKNOWN_VERSION: ProtocolVersion = { major: 1, minor: 0 }
const NO_REQUEST = new KmipFault('MALFORMED_MESSAGE', 'The message is no request of KMIP')

class Dispatcher implements MessageHandler {
  readonly #options: DispatcherOptions
  readonly #offer: Offer
  readonly #slowWork: SlowWork

  constructor(options: DispatcherOptions) {
    this.#options = options
    const { offer = OFFER, jobs, services } = options
    const operations = offer.operations.filter(
      (operation) => services.policy.interop || operation !== Operation.Interop,
    )
    this.#offer = { ...offer, operations, isAsynchronous: jobs !== undefined }
    this.#slowWork = new SlowWork(services.policy.slowWorkPerClient)
  }

  get isMute(): boolean {
    return !this.#options.trail.isOpen
  }

  async handle(
    bytes: Uint8Array,
    peer: Peer,
    encoding: Encoding = 'ttlv',
  ): Promise<Reply | undefined> {
    const { trail } = this.#options
    // What cannot be told is not done.
    if (!trail.isOpen && !(await trail.reopen())) return undefined
    // Answers show key material without copying it: it must not be zeroed before they are encoded.
    const leave = this.#options.repository.enter()
    const audit = new MessageAudit(trail, peer)
    const secrets: Secret[] = []
    const asking: Asking = { peer, encoding, secrets, audit, pass: undefined }
    let message: Item | KmipFault | undefined
    try {
      message = this.#decode(bytes, encoding)
      const reply =
        message instanceof KmipFault
          ? this.#answerUnreadable(bytes, message, asking)
          : await this.#answer(message, asking)
      return await whenTold(reply, audit)
    } finally {
      if (encoding !== 'ttlv' && isItem(message)) wipeItem(message)
      for (const secret of secrets) secret.destroy()
      if (asking.pass !== undefined) this.#options.turnstile?.leave(asking.pass)
      leave()
    }
  }

  #decode(bytes: Uint8Array, encoding: Encoding): Item | KmipFault {
    try {
      return readMessage(bytes, encoding, this.#options.limits)
    } catch (error) {
      if (error instanceof KmipFault) return error
      throw error
    }
  }

  /** The header may be readable although something behind it is not. */
  #answerUnreadable(bytes: Uint8Array, fault: KmipFault, asking: Asking): Reply | undefined {
    const announced = announcedIn(bytes, asking.encoding)
    return announced === undefined
      ? this.#refuseUnknown(fault, asking)
      : this.#refuse(fault, announced, asking)
  }

  /** Whoever sends XML or JSON waits for an answer in kind; in TTLV it is not known where the next message begins. */
  #refuseUnknown(fault: KmipFault, asking: Asking): Reply | undefined {
    const reply = this.#refuse(fault, UNKNOWN_VERSION, asking)
    return asking.encoding === 'ttlv' ? undefined : reply
  }

  async #answer(message: Item, asking: Asking): Promise<Reply | undefined> {
    const announced = announcedVersion(message)
    if (announced === undefined) return this.#refuseUnknown(NO_REQUEST, asking)
    const version = servedVersion(announced)
    if (version === undefined) {
      return this.#refuse(
        new KmipFault('UNSUPPORTED_VERSION', 'The protocol version is not supported'),
        announced,
        asking,
      )
    }
    try {
      return await this.#perform(message, version, asking)
    } catch (error) {
      if (!(error instanceof KmipFault)) throw error
      return this.#refuse(error, announced, asking)
    }
  }

  async #perform(message: Item, version: Version, asking: Asking): Promise<Reply> {
    const { peer, encoding, secrets, audit } = asking
    const { clock, services, repository, permissions, log, jobs } = this.#options
    const { header, batchItems } = readRequest(message, version)
    if (batchItems.length > this.#options.batchItems) {
      throw new KmipFault('SERVER_LIMIT', 'The message holds too many batch items')
    }
    const { identity } = peer
    const entered = this.#enter(asking, batchItems.length)
    const over = entered instanceof Promise ? await entered : entered
    const now = clock.now()
    const trace = new Trace(log, services.random, peer, header.clientCorrelationValue)
    const items = batchItems.map((item, place) => readItem(item, version, place))
    const { tickets, accounts, refusal } =
      header.authentication === undefined
        ? NOTHING_PRESENTED
        : await this.#present(header.authentication, peer, { version, now })
    const scope = scopeWith(scopeOf(tickets), accounts)
    const owner = { client: identity.id, version, scope }
    const roles = new RequestedTurn(peer, tickets.length + accounts.length > 0)
    const destroyAfterAnswer = (secret: Secret) => void secrets.push(secret)
    const results = await performBatch(items, header, {
      version,
      identity,
      profile: this.#options.profiles?.get(identity.name),
      repository,
      permissions: accounts.length === 0 ? permissions : narrowedBy(permissions, accounts),
      isKnown: this.#knownWith(peer, accounts),
      scope,
      tickets,
      refusal: over ?? refusal ?? roles.refusalOf(items),
      roles,
      now,
      services,
      slowly: async (work) => this.#slowWork.run(identity.id, work),
      offer: this.#offer,
      destroyAfterAnswer,
      asynchrony: header.asynchrony ?? 'prohibited',
      jobs,
      approvals: this.#options.approvals,
      audit,
      requests: this.#requestsOf(owner, destroyAfterAnswer),
      faultOf: (error, item) => faultOf(error, item, trace.log),
    })
    this.#options.watch?.saw(identity, items, results)
    const isCorrelated = header.clientCorrelationValue !== undefined
    const reply = writeReply(
      {
        version,
        timeStamp: now,
        serverCorrelationValue: isCorrelated ? trace.correlation : undefined,
        batchItems: items.map((item, index) => answerItem(item, results[index] ?? {}, version)),
      },
      Math.min(header.maximumResponseSize ?? Infinity, this.#options.responseBytes),
      encoding,
      dropping(audit, results),
    )
    return roles.turnIn(reply, version)
  }

  /** Who comes with accounts is known for as long as they are there, also when it is done later. */
  #knownWith({ identity, isKnown }: Peer, accounts: readonly Account[]): Peer['isKnown'] {
    if (accounts.length === 0) return isKnown
    return () =>
      isKnown?.() !== false && this.#options.logins?.areThere(identity.id, accounts) !== false
  }

  async #present(
    authentication: readonly Item[],
    { identity, connection }: Peer,
    { version, now }: { readonly version: Version; readonly now: DateTime },
  ): Promise<Presented> {
    const { services, logins } = this.#options
    const presenter = { client: identity.id, connection, version, now }
    return presentCredentials(authentication, presenter, { tickets: services.tickets, logins })
  }

  /** Lets a message in, or gives why not; nearly every message is let in at once, and waits for nothing. */
  #enter(asking: Asking, items: number): KmipFault | undefined | Promise<KmipFault | undefined> {
    const entered = this.#options.turnstile?.enter(asking.peer.identity, items)
    return entered instanceof Promise
      ? entered.then((pass) => kept(asking, pass))
      : kept(asking, entered)
  }

  #requestsOf(
    owner: Parameters<Jobs['of']>[0],
    destroyAfterAnswer: Parameters<Jobs['of']>[1],
  ): PendingRequests {
    return this.#options.jobs?.of(owner, destroyAfterAnswer) ?? NO_REQUESTS
  }

  /** Answers a message that is not understood as a whole. */
  #refuse(fault: KmipFault, announced: ProtocolVersion, { encoding, audit }: Asking): Reply {
    const { clock, log, responseBytes } = this.#options
    log.info('message refused', { code: fault.code, path: [...fault.path], detail: fault.detail })
    const version = nearestVersion(announced)
    audit.refused(fault.code, version)
    const batchItems = [answerMessage(fault, version)]
    return writeReply({ version, timeStamp: clock.now(), batchItems }, responseBytes, encoding)
  }
}

/** What tells of an answer that was too large to be given. */
function dropping(audit: MessageAudit, results: readonly ItemOutcome[]): (index: number) => void {
  return (index) => {
    audit.dropped(index)
    results[index]?.dropped?.()
  }
}

function kept(asking: Asking, entered: Pass | KmipFault | undefined): KmipFault | undefined {
  if (entered instanceof KmipFault) return entered
  asking.pass = entered
  return undefined
}
