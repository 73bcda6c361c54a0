import { CONTENT_TYPES } from '../src/server/http/judge.ts'
import type { Encoding } from '../src/server/format.ts'
import { vocabulary } from '../src/spec/vocabulary.ts'
import { decode } from '../src/ttlv/decode.ts'
import { encodeJson } from '../src/ttlv/json.ts'
import { encodeXml } from '../src/ttlv/xml.ts'
import { childOf, TAGS, textOf } from '../test/system/answer.ts'
import { connectClient, type Client } from '../test/system/client.ts'
import { create, name, on, request } from '../test/system/request.ts'
import { createSite } from '../test/system/server.ts'
import { figuresOf, rate, table, times, type Figures } from './figures.ts'
import { runLoadApart, type LoadResult } from './tls-load.ts'

const CONNECTIONS = 32
/** Keys that Get asks for in turn. */
const KEYS = 200

/** How a request goes over the wire. */
interface Way {
  readonly title: string
  readonly answers: 'ttlv' | 'http'
  readonly write: (message: Uint8Array) => Uint8Array
}

/** One operation in one way, at 32 connections. */
export interface EncodingRow {
  readonly operation: string
  readonly way: string
  /** Bytes of the request, the head of HTTP included. */
  readonly bytes: number
  readonly figures: Figures
}

const TEXTS = {
  ttlv: (message: Uint8Array) => message,
  xml: (message: Uint8Array) => encodeXml(decode(message), vocabulary),
  json: (message: Uint8Array) => encodeJson(decode(message), vocabulary),
} as const

const WAYS: readonly Way[] = [
  { title: 'TTLV', answers: 'ttlv', write: (message) => message },
  overHttp('TTLV over HTTPS', 'ttlv'),
  overHttp('XML over HTTPS', 'xml'),
  overHttp('JSON over HTTPS', 'json'),
]

function overHttp(title: string, encoding: Encoding): Way {
  return {
    title,
    answers: 'http',
    write(message) {
      const body = TEXTS[encoding](message)
      const lines = [
        'POST /kmip HTTP/1.1',
        'Host: 127.0.0.1',
        `Content-Type: ${CONTENT_TYPES[encoding]}`,
        `Content-Length: ${body.length}`,
      ]
      return Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n')), body])
    },
  }
}

/** Measures Get and Create in every encoding, in turns, against one server. */
export async function measureEncodings({ milliseconds = 1_500, rounds = 3 } = {}): Promise<
  EncodingRow[]
> {
  using site = await createSite()
  const server = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(server.port, credentials)
  const keys = await createKeys(client)
  client.close()
  const works = [
    { operation: 'Get', messages: () => keys.map((key) => request([on(key, 'Get')])) },
    { operation: 'Create', messages: createMessages },
  ]
  const rows: EncodingRow[] = []
  for (const { operation, messages } of works) {
    const results = WAYS.map((): LoadResult[] => [])
    const bytes = WAYS.map(({ write }) => write(messages()[0] ?? new Uint8Array()).length)
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, { answers, write }] of WAYS.entries()) {
        const load = { ...credentials, port: server.port, connections: CONNECTIONS, milliseconds }
        const requests = messages().map(write)
        results[at]?.push(await runLoadApart({ ...load, answers, requests }))
      }
    }
    for (const [at, { title }] of WAYS.entries()) {
      const figures = figuresOf(results[at] ?? [])
      rows.push({ operation, way: title, bytes: bytes[at] ?? 0, figures })
      console.info(`${operation} in ${title}: ${rate(figures)}/s`)
    }
  }
  await server.stop()
  return rows
}

async function createKeys(client: Client): Promise<readonly string[]> {
  const keys: string[] = []
  for (let at = 0; at < KEYS; at += 1) {
    const { items } = await client.ask(request([create(name(`encoded-${at}`))]))
    const key = textOf(childOf(items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
    // The first Get of a key writes that it is no longer fresh.
    await client.ask(request([on(key, 'Get')]))
    keys.push(key)
  }
  return keys
}

let made = 0

/** Names are given once, so a load gets more requests than it can send. */
function createMessages(): Uint8Array[] {
  return Array.from({ length: 10_000 }, () => {
    made += 1
    return request([create(name(`in-kind-${String(made).padStart(9, '0')}`))])
  })
}

/** The rows beside the share of TTLV on the bare connection. */
export function encodingTable(rows: readonly EncodingRow[]): string {
  const cells = rows.map(({ operation, way, bytes, figures }) => {
    const bare = rows.find((row) => row.operation === operation)?.figures.perSecond ?? NaN
    const share = `${((100 * figures.perSecond) / bare).toFixed(0)} %`
    return [operation, way, share, rate(figures), times(figures), String(bytes)]
  })
  return table(['operation', 'way', 'of TTLV', 'per second', 'p50 / p99 ms', 'bytes asked'], cells)
}
