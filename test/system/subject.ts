import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCase } from '../../conformance/runner/case.ts'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { nodeCertificates } from '../../src/adapter/certificate/index.ts'
import { LevelStore } from '../../src/adapter/store-level/store.ts'
import { nodeCrypto } from '../../src/adapter/crypto-node.ts'
import { nodeKeyFormats } from '../../src/adapter/key-format/index.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { seedable } from '../../src/adapter/random-seeded.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { ClientLog } from '../../src/operation/client-log.ts'
import { DEFAULT_POLICY } from '../../src/operation/policy.ts'
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts'
import { Applications } from '../../src/operation/pkcs11/applications.ts'
import { Streams } from '../../src/operation/streams.ts'
import { DEFAULT_TICKET_LIMITS, Tickets } from '../../src/operation/tickets.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { Crypto } from '../../src/port/crypto.ts'
import type { Random } from '../../src/port/random.ts'
import type { Store } from '../../src/port/store.ts'
import { ObjectRepository } from '../../src/repository/object-repository.ts'
import { Secret } from '../../src/secret/secret.ts'
import { createMessageHandler, type DispatcherOptions } from '../../src/server/dispatcher.ts'
import type { MessageHandler, Peer } from '../../src/server/handler.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { itemFromXml } from '../../src/ttlv/xml.ts'
import { recordingLog, type LogLine } from '../adapter/fixtures/recording-log.ts'
import recorded from '../fixtures/ttlv/pykmip.json' with { type: 'json' }
import { MemoryAudit, journalledFor } from '../fixtures/memory-audit.ts'
import { ownPermissions } from '../fixtures/permissions.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'

const VECTORS = fileURLToPath(new URL('../../spec-vectors/operations', import.meta.url))
const REQUEST_MESSAGE = '420078'

/** Seconds since 1970 at which every subject begins. */
export const START = 1_700_000_000
export const PEER: Peer = {
  identity: { id: 'client-1', name: 'client', role: 'user' },
  connection: 'c1',
}

/** The server above its transport, in this process, over a store in memory. */
export interface Subject {
  readonly handler: MessageHandler
  /** What was logged since it was last emptied. */
  readonly lines: LogLine[]
  /** Seconds since 1970; whoever holds the subject moves it. */
  now: number
  /** The same store behind a handler that has nothing cached. */
  reopen(): Promise<MessageHandler>
}

/** Makes a subject whose identifiers and keys are the same every time, over a store in memory unless one is given. */
export async function createSubject(
  store: Store = memoryStore(),
  more: Partial<DispatcherOptions> = {},
): Promise<Subject> {
  const lines: LogLine[] = []
  const random = countingRandom()
  const open = async (): Promise<MessageHandler> =>
    handlerOver(store, { random, lines, now: () => subject.now }, more)
  const subject: Subject = { handler: undefined as never, lines, now: START, reopen: open }
  return Object.assign(subject, { handler: await open() })
}

interface Surroundings {
  readonly random: Random
  readonly lines: LogLine[]
  readonly now: () => number
}

async function handlerOver(
  store: Store,
  { random, lines, now }: Surroundings,
  more: Partial<DispatcherOptions>,
): Promise<MessageHandler> {
  const streams = new Streams({ perClient: 8, bytes: 65_536, seconds: 60 }, random)
  const { trail } = new MemoryAudit()
  const journalled = journalledFor(store, trail)
  return createMessageHandler({
    trail,
    repository: await ObjectRepository.open(journalled, plainSealer(), { cachedObjects: 400 }),
    services: {
      crypto: promptCrypto,
      keyFormats: nodeKeyFormats,
      certificates: nodeCertificates,
      random: seedable(random),
      policy: { ...DEFAULT_POLICY, derivationIterations: 10_000 },
      streams,
      tickets: new Tickets({
        limits: DEFAULT_TICKET_LIMITS,
        random,
        crypto: nodeCrypto,
        log: recordingLog(lines),
      }),
      clientLog: new ClientLog(recordingLog(lines), { linesPerMinute: 60, characters: 1_024 }),
      cryptoki: new Applications(DEFAULT_CONFIG.pkcs11, random, streams),
      isStoring: store instanceof LevelStore ? () => store.condition.can === 'all' : undefined,
    },
    clock: { now },
    permissions: ownPermissions({ user: 'all' }),
    log: recordingLog(lines),
    limits: DEFAULT_LIMITS,
    batchItems: 100,
    responseBytes: DEFAULT_LIMITS.messageBytes,
    ...more,
  })
}

/** Cryptography that refuses to begin what takes seconds: mutations would ask for it by the thousand. */
const promptCrypto: Crypto = {
  ...nodeCrypto,
  keys: {
    ...nodeCrypto.keys,
    generate: async (request) => {
      if (request.kind !== 'RSA' && request.kind !== 'DSA') return nodeCrypto.keys.generate(request)
      throw new KmipFault('SERVER_LIMIT', 'Too many keys are being generated')
    },
  },
}

function countingRandom(): Random {
  let count = 0
  return {
    bytes: (length) => Secret.take(new Uint8Array(length).fill((count += 1))),
    identifier: () => {
      count += 1
      return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
    },
    parameters: nodeRandom.parameters,
  }
}

/** A request to begin with, in the bytes of its version. */
export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Every request of our own vectors and of the recorded foreign client.
 *
 * @param identifierFor - gives the Unique Identifier to put where the n-th identifier of a vector is asked for
 */
export function readSeeds(identifierFor: (vector: string, index: number) => string): Seed[] {
  const vectors = readdirSync(VECTORS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .sort()
  const own = vectors.flatMap((name) =>
    readCase(join(VECTORS, name)).steps.map(({ index, request }) => {
      const element = filled(request, (at) => identifierFor(name, at))
      return { name: `${name} ${index}`, bytes: encode(itemFromXml(element, vocabulary)) }
    }),
  )
  const foreign = Object.entries(recorded)
    .filter(([, hex]) => hex.startsWith(REQUEST_MESSAGE))
    .map(([name, hex]) => ({ name, bytes: Buffer.from(hex, 'hex') }))
  return [...own, ...foreign]
}

function filled(element: XmlElement, identifier: (index: number) => string): XmlElement {
  const attributes = new Map(element.attributes)
  const value = attributes.get('value')
  if (value !== undefined) {
    attributes.set('value', fill(value, identifier))
  }
  const children = element.children.map((child) => filled(child, identifier))
  return { ...element, attributes, children }
}

function fill(value: string, identifier: (index: number) => string): string {
  const [, index] = /^\$UNIQUE_IDENTIFIER_(\d+)$/.exec(value) ?? []
  if (index !== undefined) return identifier(Number(index))
  const [, offset] = /^\$NOW([+-]\d+)?$/.exec(value) ?? []
  // Output of cryptography and Correlation Values: nothing that was ever given, but of their type.
  if (/^\$[A-Z]/u.test(value) && !value.startsWith('$NOW')) return '00'.repeat(16)
  if (!value.startsWith('$NOW')) return value
  return new Date((START + Number(offset ?? 0)) * 1_000).toISOString()
}
