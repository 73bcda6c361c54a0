import { X509Certificate } from 'node:crypto'
import type { Log } from '../src/port/log.ts'
import { Secret } from '../src/secret/secret.ts'
import type { MessageHandler } from '../src/server/handler.ts'
import { hashPublicKey } from '../src/server/identify.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../src/server/limits.ts'
import { createListener } from '../src/server/listener.ts'
import { createTestAuthority } from '../test/fixtures/authority.ts'
import { createMessage, startEcho } from './echo.ts'
import { untoldTrail } from './untold.ts'
import { type Load, type LoadResult, runLoadApart } from './tls-load.ts'

const REQUEST_BYTES = 200
const RESPONSE_BYTES = 304
const WARM_UP_MS = 500

/** One line of the comparison, medians of the rounds. */
export interface TransportRow {
  readonly connections: number
  readonly pipelined: number
  readonly echo: number
  readonly listener: number
  /** The listener's requests per second as a share of the echo's. */
  readonly ratio: number
  /** Processor time of the server's process for a request, in microseconds. */
  readonly processor: { readonly echo: number; readonly listener: number }
  readonly p99: { readonly echo: number; readonly listener: number }
}

/**
 * Compares the listener, with a handler that does nothing, with a bare node:tls echo of the same sizes in the same
 * process, in turns.
 */
export async function benchTransport(
  options: { readonly milliseconds?: number; readonly rounds?: number } = {},
): Promise<readonly TransportRow[]> {
  const { milliseconds = 2_000, rounds = 3 } = options
  const setting = createSetting()
  const { tls } = setting
  await using echo = await startEcho(
    { ...tls.server, ca: tls.ca, requestCert: true, rejectUnauthorized: true },
    REQUEST_BYTES,
    RESPONSE_BYTES,
  )
  await using listener = setting.listener
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })
  const rows: TransportRow[] = []
  for (const [connections, pipelined] of [
    [1, 1],
    [8, 1],
    [32, 1],
    [8, 8],
  ] as const) {
    const load = {
      ...tls.client,
      ca: tls.ca,
      connections,
      pipelined,
      milliseconds,
      warmUpMs: WARM_UP_MS,
    }
    const requests = [createMessage(REQUEST_BYTES)]
    const results: { echo: Measured; listener: Measured }[] = []
    for (let round = 0; round < rounds; round += 1) {
      results.push({
        echo: await measure({ ...load, requests, port: echo.port }),
        listener: await measure({ ...load, requests, port }),
      })
    }
    rows.push(summarise(connections, pipelined, results))
  }
  return rows
}

interface Measured extends LoadResult {
  readonly processor: number
}

async function measure(load: Load): Promise<Measured> {
  const before = process.cpuUsage()
  const result = await runLoadApart(load)
  const { user, system } = process.cpuUsage(before)
  // The warm-up costs too, at about the same rate.
  const share = load.milliseconds / (load.milliseconds + WARM_UP_MS)
  return { ...result, processor: ((user + system) * share) / result.requests }
}

function summarise(
  connections: number,
  pipelined: number,
  results: readonly { echo: Measured; listener: Measured }[],
): TransportRow {
  const echo = median(results.map((result) => result.echo.perSecond))
  const listener = median(results.map((result) => result.listener.perSecond))
  const p99 = {
    echo: median(results.map((result) => result.echo.p99)),
    listener: median(results.map((result) => result.listener.p99)),
  }
  const processor = {
    echo: median(results.map((result) => result.echo.processor)),
    listener: median(results.map((result) => result.listener.processor)),
  }
  return { connections, pipelined, echo, listener, ratio: listener / echo, processor, p99 }
}

function createSetting() {
  const authority = createTestAuthority('Bench authority')
  const server = authority.issue({ name: 'server' })
  const client = authority.issue({ name: 'client' })
  const response = createMessage(RESPONSE_BYTES)
  const handler: MessageHandler = {
    // The connection zeroes what it has sent, so each answer is a copy.
    handle: async () => Promise.resolve({ bytes: Buffer.from(response), close: false }),
  }
  const hash = (pem: string): string => hashPublicKey(new X509Certificate(pem).publicKey)
  const known = { issuer: hash(authority.cert), subject: hash(client.cert) }
  const identity = { id: 'bench', name: 'bench', role: 'user' }
  const listener = createListener({
    tls: { key: Secret.copyOf(Buffer.from(server.key)), cert: server.cert, ca: authority.cert },
    handler,
    clients: { identify: (key) => (key.subject === known.subject ? identity : undefined) },
    limits: DEFAULT_TRANSPORT_LIMITS,
    log: SILENT,
    trail: untoldTrail(),
    clock: { now: () => Math.floor(Date.now() / 1_000) },
  })
  return { listener, tls: { server, client, ca: authority.cert } }
}

const ignore = (): void => undefined
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, with: () => SILENT }

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
