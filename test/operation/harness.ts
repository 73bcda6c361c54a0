import { nodeCertificates } from '../../src/adapter/certificate/index.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { nodeCrypto } from '../../src/adapter/crypto-node.ts'
import { nodeKeyFormats } from '../../src/adapter/key-format/index.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { envelopeSealer } from '../../src/adapter/sealer-envelope.ts'
import { seedable } from '../../src/adapter/random-seeded.ts'
import type { ClientProfile } from '../../src/message/client-profile.ts'
import type { Electorate } from '../../src/model/approval/ceremony.ts'
import type { ApprovalRules } from '../../src/model/approval/rule.ts'
import type { Identity } from '../../src/model/identity.ts'
import type { Clock } from '../../src/port/clock.ts'
import type { Log } from '../../src/port/log.ts'
import type { Random } from '../../src/port/random.ts'
import type { Entry, Store } from '../../src/port/store.ts'
import { ClientLog } from '../../src/operation/client-log.ts'
import type { Credentials, IssuerNames, Services } from '../../src/operation/context.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/operation/policy.ts'
import { Applications } from '../../src/operation/pkcs11/applications.ts'
import type { Hsm } from '../../src/operation/pkcs11/token/hsm.ts'
import type { CryptokiLimits } from '../../src/operation/pkcs11/module-settings.ts'
import { Streams, type StreamLimits } from '../../src/operation/streams.ts'
import { DEFAULT_TICKET_LIMITS, Tickets, type TicketLimits } from '../../src/operation/tickets.ts'
import {
  DEFAULT_APPROVAL_LIMITS,
  openApprovalBook,
  type ApprovalBook,
  type ApprovalLimits,
} from '../../src/repository/approval-book.ts'
import type { ApprovalPlace } from '../../src/repository/approval-store.ts'
import { ObjectRepository, type RepositoryOptions } from '../../src/repository/object-repository.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { Secret } from '../../src/secret/secret.ts'
import { Approvals } from '../../src/server/approvals.ts'
import type { Permissions } from '../../src/server/authorise.ts'
import { createMessageHandler } from '../../src/server/dispatcher.ts'
import type { Encoding } from '../../src/server/format.ts'
import type { MessageHandler } from '../../src/server/handler.ts'
import { DEFAULT_JOB_LIMITS, Jobs, type JobLimits } from '../../src/server/jobs.ts'
import { DEFAULT_ROTATION_LIMITS, Rotor, type RotationLimits } from '../../src/server/rotor.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import type { OperationName } from '../../src/spec/operation.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml } from '../../src/ttlv/xml.ts'
import { MemoryAudit, journalledFor } from '../fixtures/memory-audit.ts'
import { ownPermissions } from '../fixtures/permissions.ts'

/** The moment at which every test begins, in seconds. */
export const START = 1_700_000_000

/** One batch item of an answer. */
export interface AnswerItem {
  readonly operation: number | undefined
  /** Normalised name, as in `OperationFailed`. */
  readonly status: string | undefined
  /** Normalised name, as in `ItemNotFound`. */
  readonly reason: string | undefined
  readonly message: string | undefined
  readonly uniqueBatchItemID: string | undefined
  /** Asynchronous Correlation Value, in hexadecimal. */
  readonly correlation: string | undefined
  readonly payload: Item | undefined
}

export interface Answer {
  readonly bytes: Uint8Array
  readonly item: Item
  readonly header: Item | undefined
  readonly items: readonly AnswerItem[]
}

export interface BatchItemText {
  readonly operation: string
  /** XML of what is in the Request Payload. */
  readonly payload?: string
  /** In hexadecimal. */
  readonly id?: string
  /** XML behind the payload, such as a Message Extension. */
  readonly behind?: string
}

export interface MessageText {
  /** XML of header fields between the Protocol Version and the Batch Count. */
  readonly header?: string
  readonly batchCount?: number
}

export interface BenchOptions {
  readonly policy?: Partial<Policy>
  /** Names of the issuing key pair. */
  readonly issuer?: IssuerNames
  /** The certificates that clients connect with. */
  readonly credentials?: Credentials
  /** What clients may ask for; everything where it is absent. */
  readonly operations?: 'all' | Iterable<OperationName>
  /** What decides instead; every client has the role `client`. */
  readonly permissions?: Permissions
  readonly batchItems?: number
  readonly responseBytes?: number
  readonly streams?: StreamLimits
  readonly tickets?: Partial<TicketLimits>
  readonly cryptoki?: Partial<CryptokiLimits>
  /** The token that PKCS#11 functions go to. */
  readonly hsm?: Hsm
  readonly profiles?: ReadonlyMap<string, ClientProfile>
  /** What is done asynchronously; nothing where it is absent. */
  readonly jobs?: Partial<JobLimits>
  /** What the server before this one has left behind. */
  readonly store?: Store
  /** What has to be approved, and who approves. */
  readonly approvals?: BenchApprovals
  /** What is replaced in one turn of rotation. */
  readonly rotation?: Partial<RotationLimits>
  readonly audit?: MemoryAudit
  readonly defaultsOf?: RepositoryOptions['defaultsOf']
}

export interface BenchApprovals {
  readonly rules: ApprovalRules
  readonly electorate: Electorate
  readonly limits?: ApprovalLimits
  /** A client as it is by now. */
  readonly clientOf?: (id: string) => Identity | undefined
}

interface BenchParts {
  readonly handler: MessageHandler
  readonly repository: ObjectRepository
  readonly events: readonly string[]
  readonly jobs: Jobs | undefined
  readonly book: ApprovalBook
  readonly rotor: Rotor
  readonly hsm: Hsm | undefined
  readonly audit: MemoryAudit
}

/** A client whose objects are still there, and who is not. */
export const GONE = 'gone'

const STREAMS: StreamLimits = { perClient: 16, bytes: 65_536, seconds: 60 }

const CRYPTOKI = {
  ...{ applications: 4, sessions: 8, objects: 50, seconds: 60 },
  info: {
    cryptokiVersion: { major: 3, minor: 0 },
    manufacturer: 'maker',
    description: 'module',
    libraryVersion: { major: 1, minor: 0 },
  },
}

async function openBook(
  place: ApprovalPlace & { readonly clock: Clock },
  { electorate, limits }: Partial<BenchApprovals> = {},
): Promise<ApprovalBook> {
  return openApprovalBook({
    ...place,
    random: nodeRandom,
    digest: (bytes) => Buffer.from(nodeCrypto.digest('SHA_256', bytes)).toString('hex'),
    electorate: electorate ?? { isOfficer: () => false, keysOf: () => [] },
    limits: limits ?? DEFAULT_APPROVAL_LIMITS,
  })
}

function approvalsOf(
  given: BenchApprovals | undefined,
  book: ApprovalBook,
  events: string[],
): { readonly approvals?: Approvals } {
  if (given === undefined) return {}
  const approvals = new Approvals({
    book,
    rulesOf: () => given.rules,
    clientOf: given.clientOf ?? ((id) => ({ id, name: id, role: 'client' })),
    log: listLog(events),
  })
  return { approvals }
}

/** A server without a network: messages in XML go in, what comes out is taken apart. */
export class Bench {
  readonly store: Store
  /** What was logged. */
  readonly events: readonly string[]
  now = START
  readonly jobs: Jobs | undefined
  /** The approvals that were asked for. */
  readonly book: ApprovalBook
  /** Takes its turns when it is told to. */
  readonly rotor: Rotor
  readonly handler: MessageHandler
  readonly repository: ObjectRepository
  readonly hsm: Hsm | undefined
  readonly audit: MemoryAudit

  private constructor(store: Store, parts: BenchParts) {
    const { handler, repository, events, jobs, book, rotor, hsm } = parts
    this.book = book
    this.audit = parts.audit
    this.hsm = hsm
    this.rotor = rotor
    this.store = store
    this.events = events
    this.jobs = jobs
    this.handler = handler
    this.repository = repository
  }

  static async open(options: BenchOptions = {}): Promise<Bench> {
    const store = options.store ?? memoryStore()
    const sealer = envelopeSealer({
      storeId: new Uint8Array(16),
      index: Secret.copyOf(new Uint8Array(32).fill(1)),
      epochs: new Map([1, 2, 3].map((epoch) => [epoch, keyOf(epoch)])),
      lines: new Map([
        [2, 'red'],
        [3, 'blue'],
      ]),
    })
    const { issuer, approvals, defaultsOf, hsm, credentials, audit = new MemoryAudit() } = options
    const [{ trail }, place] = [audit, { cachedObjects: 100, defaultsOf }]
    const kept = journalledFor(store, trail)
    const repository = await ObjectRepository.open(kept, sealer, place)
    const events: string[] = []
    const clock = { now: () => bench.now }
    const jobs =
      options.jobs &&
      new Jobs({
        limits: { ...DEFAULT_JOB_LIMITS, ...options.jobs },
        clock,
        ticker: { now: () => 0, every: () => () => undefined },
        random: nodeRandom,
        log: listLog(events),
      })
    const streams = new Streams(options.streams ?? STREAMS, nodeRandom)
    const services: Services = {
      crypto: nodeCrypto,
      keyFormats: nodeKeyFormats,
      certificates: nodeCertificates,
      random: seedable(countedRandom(options.store === undefined ? 0 : 1_000_000)),
      policy: { ...DEFAULT_POLICY, ...options.policy },
      issuer: issuer && (() => issuer),
      ...{ hsm, credentials, streams },
      tickets: new Tickets({
        limits: { ...DEFAULT_TICKET_LIMITS, ...options.tickets },
        random: nodeRandom,
        crypto: nodeCrypto,
        log: listLog(events),
      }),
      clientLog: new ClientLog(listLog(events), { linesPerMinute: 60, characters: 1_024 }),
      cryptoki: new Applications({ ...CRYPTOKI, ...options.cryptoki }, nodeRandom, streams),
    }
    const book = await openBook({ store, sealer, clock, generation: 0 }, approvals)
    const rotor = new Rotor({
      repository,
      services,
      limits: { ...DEFAULT_ROTATION_LIMITS, ...options.rotation },
      clock,
      ticker: { now: () => 0, every: () => () => undefined },
      log: listLog(events),
      trail,
      clientOf: (id) => (id === GONE ? undefined : { id, name: id, role: 'client' }),
    })
    const handler = createMessageHandler({
      repository,
      ...(jobs === undefined ? {} : { jobs }),
      ...approvalsOf(approvals, book, events),
      services,
      clock,
      ...(options.profiles === undefined ? {} : { profiles: options.profiles }),
      permissions: permissionsFor(options),
      log: listLog(events),
      trail,
      limits: DEFAULT_LIMITS,
      batchItems: options.batchItems ?? 100,
      responseBytes: options.responseBytes ?? 1_048_576,
    })
    const bench: Bench = new Bench(store, {
      ...{ handler, repository, events, jobs, book, rotor, audit, hsm },
    })
    return bench
  }

  /**
   * Sends one operation and gives its batch item.
   *
   * @param as - the client; with `@red` or `@blue` behind it one of that namespace
   */
  async ask(version: string, operation: string, payload = '', as = 'alice'): Promise<AnswerItem> {
    const { items } = await this.send(version, [{ operation, payload }], {}, as)
    const [item] = items
    if (item === undefined) throw new TypeError('no batch item came back')
    return item
  }

  async send(
    version: string,
    items: readonly BatchItemText[],
    message: MessageText = {},
    as = 'alice',
  ): Promise<Answer> {
    return this.sendItem(messageOf(version, items, message), as)
  }

  async sendItem(item: Item, as = 'alice'): Promise<Answer> {
    const answer = await this.sendBytes(encode(item), as)
    if (answer === undefined) throw new TypeError('nothing was answered')
    return answer
  }

  async sendBytes(bytes: Uint8Array, as = 'alice'): Promise<Answer | undefined> {
    const [id = as, namespace] = as.split('@')
    const identity = { id, name: id, role: 'client', namespace }
    const reply = await this.handler.handle(bytes, { identity, connection: 'c-1' })
    return reply && read(reply.bytes)
  }

  /** Sends bytes of any encoding and gives the bytes that come back. */
  async sendRaw(
    bytes: Uint8Array,
    encoding: Encoding,
    as = 'alice',
  ): Promise<Uint8Array | undefined> {
    const identity = { id: as, name: as, role: 'client' }
    const reply = await this.handler.handle(bytes, { identity, connection: 'c-1' }, encoding)
    return reply?.bytes
  }

  /** Everything that is stored, key by key, for comparisons. */
  async dump(): Promise<readonly string[]> {
    const range = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255) }
    const entries = await this.store.scan(range, { limit: 100_000 })
    return entries.map(({ key, value, revision }: Entry) =>
      [Buffer.from(key).toString('hex'), Buffer.from(value).toString('hex'), revision].join(' '),
    )
  }

  /** Creates an AES key and gives its Unique Identifier. */
  async createKey(attributes = '', as = 'alice'): Promise<string> {
    const made = await this.ask('2.1', 'Create', createAes(attributes), as)
    return identifierOf(made)
  }
}

function permissionsFor({ permissions, operations = 'all' }: BenchOptions): Permissions {
  return permissions ?? ownPermissions({ client: operations })
}

/** The payload of Create for an AES key, in KMIP 2.x. */
export function createAes(attributes = ''): string {
  return `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
    <CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="128"/>
    <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>${attributes}</Attributes>`
}

/** XML of a Unique Identifier. */
export function uid(value: string): string {
  return `<UniqueIdentifier type="TextString" value="${value}"/>`
}

/** XML of a Name, in KMIP 2.x. */
export function name2(value: string): string {
  return `<Name><NameValue type="TextString" value="${value}"/>
    <NameType type="Enumeration" value="UninterpretedTextString"/></Name>`
}

/** XML of an Attribute with a leaf for its value, in KMIP 1.x. */
export function attribute1(name: string, type: string, value: string, index?: number): string {
  const place = index === undefined ? '' : `<AttributeIndex type="Integer" value="${index}"/>`
  return `<Attribute><AttributeName type="TextString" value="${name}"/>${place}
    <AttributeValue type="${type}" value="${value}"/></Attribute>`
}

/** XML of a Name as an Attribute, in KMIP 1.x. */
export function name1(value: string): string {
  return `<Attribute><AttributeName type="TextString" value="Name"/><AttributeValue>
    <NameValue type="TextString" value="${value}"/>
    <NameType type="Enumeration" value="UninterpretedTextString"/></AttributeValue></Attribute>`
}

export function messageOf(
  version: string,
  items: readonly BatchItemText[],
  { header = '', batchCount = items.length }: MessageText,
): Item {
  const [major = '', minor = ''] = version.split('.')
  return decodeXml(
    `<RequestMessage><RequestHeader><ProtocolVersion>
      <ProtocolVersionMajor type="Integer" value="${major}"/>
      <ProtocolVersionMinor type="Integer" value="${minor}"/></ProtocolVersion>${header}
      <BatchCount type="Integer" value="${batchCount}"/></RequestHeader>
      ${items.map(batchItemText).join('')}</RequestMessage>`,
    vocabulary,
  )
}

function batchItemText({ operation, payload = '', id, behind = '' }: BatchItemText): string {
  const mark = id === undefined ? '' : `<UniqueBatchItemID type="ByteString" value="${id}"/>`
  return `<BatchItem><Operation type="Enumeration" value="${operation}"/>${mark}
    <RequestPayload>${payload}</RequestPayload>${behind}</BatchItem>`
}

/** The first item of a tag, anywhere inside. */
export function find(item: Item | undefined, tag: { readonly number: number }): Item | undefined {
  return findAll(item, tag)[0]
}

/** Every item of a tag, anywhere inside. */
export function findAll(item: Item | undefined, tag: { readonly number: number }): readonly Item[] {
  if (item === undefined) return []
  const own = item.tag === tag.number ? [item] : []
  if (item.type !== ItemType.Structure) return own
  return [...own, ...item.value.flatMap((child) => findAll(child, tag))]
}

export function textOf(item: Item | undefined): string | undefined {
  return item?.type === ItemType.TextString ? new TextDecoder().decode(item.value) : undefined
}

/** The Unique Identifier in an answer. */
export function identifierOf({ payload, reason, message }: AnswerItem): string {
  const found = textOf(find(payload, Tag.UniqueIdentifier))
  if (found === undefined) throw new TypeError(`no Unique Identifier: ${reason} ${message}`)
  return found
}

/** Every Unique Identifier in an answer, in its order. */
export function identifiersOf({ payload }: AnswerItem): readonly string[] {
  return findAll(payload, Tag.UniqueIdentifier).map((item) => textOf(item) ?? '')
}

function read(bytes: Uint8Array): Answer {
  const item = decode(bytes)
  return {
    bytes,
    item,
    header: find(item, Tag.ResponseHeader),
    items: findAll(item, Tag.BatchItem).map(readBatchItem),
  }
}

function readBatchItem(item: Item): AnswerItem {
  const number = (tag: { readonly number: number }) => {
    const found = childOf(item, tag)
    return found?.type === ItemType.Enumeration ? found.value : undefined
  }
  const hex = (tag: { readonly number: number }) => {
    const found = childOf(item, tag)
    if (found?.type !== ItemType.ByteString) return undefined
    return Buffer.from(found.value).toString('hex')
  }
  return {
    operation: number(Tag.Operation),
    status: nameOf(ResultStatus, number(Tag.ResultStatus)),
    reason: nameOf(ResultReason, number(Tag.ResultReason)),
    message: textOf(childOf(item, Tag.ResultMessage)),
    uniqueBatchItemID: hex(Tag.UniqueBatchItemID),
    correlation: hex(Tag.AsynchronousCorrelationValue),
    payload: childOf(item, Tag.ResponsePayload),
  }
}

function nameOf(members: Parameters<typeof membersOf>[0], value: number | undefined) {
  return value === undefined ? undefined : membersOf(members).nameOf(value)
}

function childOf(item: Item, { number }: { readonly number: number }): Item | undefined {
  return item.type === ItemType.Structure ? item.value.find(({ tag }) => tag === number) : undefined
}

/** Key material is of no matter here, and identifiers of the same length make answers comparable. */
function keyOf(epoch: number): Secret {
  return Secret.copyOf(new Uint8Array(32).fill(epoch + 1))
}

function countedRandom(start: number): Random {
  let count = start
  return {
    ...nodeRandom,
    identifier() {
      count += 1
      return `00000000-0000-4000-8000-${count.toString().padStart(12, '0')}`
    },
  }
}

function listLog(events: string[]): Log {
  const note = (event: string) => {
    events.push(event)
  }
  return { debug: note, info: note, warn: note, error: note, with: () => listLog(events) }
}
