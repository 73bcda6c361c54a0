import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { vocabulary } from '../src/spec/vocabulary.ts'
import type { XmlElement } from '../src/ttlv/xml-parser.ts'
import { encodeXml, itemFromXml } from '../src/ttlv/xml.ts'
import { createTestAuthority } from '../test/fixtures/authority.ts'
import { startKmipd, type Kmipd } from './harness/kmipd.ts'
import { ListeningClient } from './harness/listening-client.ts'
import { compareAnswer } from './runner/answer.ts'
import { Bindings } from './runner/bindings.ts'
import type { Case, Step } from './runner/case.ts'
import { compareNodes } from './runner/compare.ts'
import type { Channel } from './runner/connection.ts'
import type { Difference } from './runner/difference.ts'
import { JSON_ENCODING, TTLV, XML, type Encoding, type Question } from './runner/encoding.ts'
import { findCases } from './runner/files.ts'
import { fillIn } from './runner/placeholder.ts'
import { childOf, memberOf, nodeOfItem, nodeOfXml, type Node } from './runner/template.ts'
import { openWay } from './runner/way.ts'
import { VECTORS, warnOfMissingVectors } from './vectors.ts'

/** Both sides speak in the same way: TTLV over TLS, XML and JSON over HTTPS. */
const ENCODINGS = { ttlv: TTLV, xml: XML, json: JSON_ENCODING } as const
type Way = keyof typeof ENCODINGS

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
  readonly way: Way
  readonly server: Kmipd
  readonly client: ListeningClient
}

const opened: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A server that is told where the client listens, and that the client trusts. */
async function open(way: Way, endpoint: Readonly<Record<string, unknown>>): Promise<Surroundings> {
  const home = mkdtempSync(join(tmpdir(), 'kmipd-listening-'))
  opened.push(() => {
    rmSync(home, { recursive: true, force: true })
  })
  const ca = join(home, 'ca.crt')
  writeFileSync(ca, authority.cert)
  const type = way === 'ttlv' ? undefined : ENCODINGS[way].contentType
  const client = await ListeningClient.open({ ...credential, ca: authority.cert }, type)
  opened.push(() => {
    client.close()
  })
  const place = { client: CLIENT, host: '127.0.0.1', port: client.port, ca, encoding: way }
  const server = await startKmipd({ endpoints: [{ ...place, ...endpoint }] })
  opened.push(async () => server.stop())
  const { credentials } = await server.targetFor('somebody')
  const trusted = credentials.ca
  client.trust({ ...credential, ...(trusted === undefined ? {} : { ca: trusted }) })
  return { way, server, client }
}

const operationOf = (message: Node): string =>
  memberOf(childOf(childOf(message, 'BatchItem'), 'Operation')) ?? ''

/** A message of a file with its names filled in. */
function filledIn(message: XmlElement, bindings: Bindings): Question {
  const element = fillIn(message, bindings)
  const item = itemFromXml(element, vocabulary)
  return { element, item, text: new TextDecoder().decode(encodeXml(item, vocabulary)) }
}

/** Waits for what the server asks, compares it, and gives the answer that the file shows. */
async function answerStep(
  step: Step,
  { client, way }: Surroundings,
  bindings: Bindings,
): Promise<readonly Difference[]> {
  const encoding: Encoding = ENCODINGS[way]
  const incoming = await client.next()
  const actual = nodeOfItem(encoding.read(incoming.bytes))
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
  incoming.answer(encoding.write(filledIn(step.response, bindings)))
  return differences
}

async function askStep(
  step: Step,
  channel: Channel,
  bindings: Bindings,
): Promise<readonly Difference[]> {
  const { encoding } = channel
  const sent = filledIn(step.request, bindings)
  const answer = nodeOfItem(encoding.read(await channel.exchange(encoding.write(sent))))
  const exchange = {
    request: nodeOfItem(sent.item),
    expected: nodeOfXml(step.response),
    actual: answer,
  }
  return compareAnswer(exchange, bindings).differences
}

async function playBothWays(conversation: Case, surroundings: Surroundings) {
  const { server, way } = surroundings
  const channel = await openWay(way, await server.targetFor(CLIENT))
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
      ? await answerStep(step, surroundings, bindings)
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

    const ways: readonly Way[] = ['ttlv', 'xml', 'json']
    test.each(ways.flatMap((way) => cases.map((each) => ({ way, name: each.name, each }))))(
      '$name in $way',
      async ({ way, name, each }) => {
        const surroundings = await open(way, ENDPOINTS[name] ?? {})
        const played = playBothWays(each, surroundings).catch((error: unknown) => {
          throw new Error(surroundings.server.log(), { cause: error })
        })
        expect(await played).toEqual([])
      },
      60_000,
    )
  })
}
