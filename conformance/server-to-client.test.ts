import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { vocabulary } from '../src/spec/vocabulary.ts'
import { decode } from '../src/ttlv/decode.ts'
import { encode } from '../src/ttlv/encode.ts'
import { itemFromXml } from '../src/ttlv/xml.ts'
import { createTestAuthority } from '../test/fixtures/authority.ts'
import { startKmipd, type Kmipd } from './harness/kmipd.ts'
import { ListeningClient } from './harness/listening-client.ts'
import { compareAnswer } from './runner/answer.ts'
import { Bindings } from './runner/bindings.ts'
import type { Case, Step } from './runner/case.ts'
import { compareNodes } from './runner/compare.ts'
import { openChannel, type Channel } from './runner/connection.ts'
import type { Difference } from './runner/difference.ts'
import { findCases } from './runner/files.ts'
import { fillIn } from './runner/placeholder.ts'
import { childOf, memberOf, nodeOfItem, nodeOfXml, type Node } from './runner/template.ts'
import { VECTORS, warnOfMissingVectors } from './vectors.ts'

/** The cases in which the server asks, with what has it ask. */
const ENDPOINTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'TC-NP-1-14': { put: true, notify: false },
  'TC-NP-2-14': { put: true, notify: true },
  'TC-Q-S2C-1-14': {
    query: [
      'QueryOperations',
      'QueryObjects',
      'QueryServerInformation',
      'QueryAttestationTypes',
      'QueryCapabilities',
    ],
  },
  'TC-Q-S2C-2-14': { discoverVersions: true },
  'TC-Q-S2C-PROF-1-14': { query: ['QueryProfiles'] },
  'TC-Q-S2C-PROF-2-14': {
    query: [
      'QueryOperations',
      'QueryObjects',
      'QueryServerInformation',
      'QueryAttestationTypes',
      'QueryProfiles',
      'QueryCapabilities',
    ],
  },
}

const CLIENT = 'listening'
const authority = createTestAuthority('Authority of the client')
const credential = authority.issue({ name: CLIENT, usage: ['server'] })

interface Surroundings {
  readonly server: Kmipd
  readonly client: ListeningClient
}

const opened: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A server that is told where the client listens, and that the client trusts. */
async function open(endpoint: Readonly<Record<string, unknown>>): Promise<Surroundings> {
  const home = mkdtempSync(join(tmpdir(), 'kmipd-listening-'))
  opened.push(() => {
    rmSync(home, { recursive: true, force: true })
  })
  const ca = join(home, 'ca.crt')
  writeFileSync(ca, authority.cert)
  const client = await ListeningClient.open({ ...credential, ca: authority.cert })
  opened.push(() => {
    client.close()
  })
  const place = { client: CLIENT, host: '127.0.0.1', port: client.port, ca }
  const server = await startKmipd({ endpoints: [{ ...place, ...endpoint }] })
  opened.push(async () => server.stop())
  const { credentials } = await server.targetFor('somebody')
  const trusted = credentials.ca
  client.trust({ ...credential, ...(trusted === undefined ? {} : { ca: trusted }) })
  return { server, client }
}

const operationOf = (message: Node): string =>
  memberOf(childOf(childOf(message, 'BatchItem'), 'Operation')) ?? ''

/** Waits for what the server asks, compares it, and gives the answer that the file shows. */
async function answerStep(
  step: Step,
  client: ListeningClient,
  bindings: Bindings,
): Promise<readonly Difference[]> {
  const incoming = await client.next()
  const actual = nodeOfItem(decode(incoming.bytes))
  const expected = nodeOfXml(step.request)
  const payload = childOf(childOf(actual, 'BatchItem'), 'RequestPayload')
  const facts = {
    version: '1.4',
    operation: operationOf(actual),
    asked: undefined,
    answered: payload,
    bindings,
    serverTime: bindings.now,
  }
  const { differences } = compareNodes(expected, actual, facts, 'RequestMessage')
  incoming.answer(encode(itemFromXml(fillIn(step.response, bindings), vocabulary)))
  return differences
}

async function askStep(
  step: Step,
  channel: Channel,
  bindings: Bindings,
): Promise<readonly Difference[]> {
  const sent = itemFromXml(fillIn(step.request, bindings), vocabulary)
  const answer = nodeOfItem(decode(await channel.exchange(encode(sent))))
  const exchange = { request: nodeOfItem(sent), expected: nodeOfXml(step.response), actual: answer }
  return compareAnswer(exchange, bindings).differences
}

async function playBothWays(conversation: Case, { server, client }: Surroundings) {
  const channel = await openChannel(await server.targetFor(CLIENT))
  opened.push(() => {
    channel.close()
  })
  const bindings = new Bindings(Math.floor(Date.now() / 1000))
  const found: { readonly step: number; readonly differences: readonly Difference[] }[] = []
  for (const step of conversation.steps) {
    const isServers =
      conversation.name.startsWith('TC-Q-S2C') ||
      ['Put', 'Notify'].includes(operationOf(nodeOfXml(step.request)))
    const differences = isServers
      ? await answerStep(step, client, bindings)
      : await askStep(step, channel, bindings)
    if (differences.length > 0) found.push({ step: step.index, differences })
  }
  return found
}

if (VECTORS === undefined) {
  warnOfMissingVectors()
  describe.skip('the cases in which the server asks, for want of their folder')
} else {
  const cases = findCases([VECTORS]).filter(({ name }) => name in ENDPOINTS)

  describe('the cases in which the server asks (KMIP 1.4 section 5)', () => {
    test('are all there', () => {
      expect(cases.map(({ name }) => name).sort()).toEqual(Object.keys(ENDPOINTS).sort())
    })

    test.each(cases.map((each) => ({ name: each.name, each })))(
      '$name',
      async ({ name, each }) => {
        const surroundings = await open(ENDPOINTS[name] ?? {})
        const played = playBothWays(each, surroundings).catch((error: unknown) => {
          throw new Error(surroundings.server.log(), { cause: error })
        })
        expect(await played).toEqual([])
      },
      60_000,
    )
  })
}
