import { startEchoApart } from './echo-apart.ts'
import { figuresOf, type Figures } from './figures.ts'
import { runLoadApart, type LoadResult } from './tls-load.ts'
import { TAGS, childOf, textOf } from '../test/system/answer.ts'
import { connectClient, type Client, type Credentials } from '../test/system/client.ts'
import { create, item, locateByName, name, on, register, request } from '../test/system/request.ts'
import { createSite, type Site } from '../test/system/server.ts'

const CONNECTIONS = [1, 8, 32] as const
/** Requests of one kind that a load goes through in turn. */
const VARIETY = 1_000

/** One kind of request at one number of connections, beside an echo of the same sizes. */
export interface ServerRow {
  readonly operation: string
  readonly connections: number
  /** Bytes of the request and of its answer. */
  readonly bytes: readonly [request: number, answer: number]
  readonly server: Figures
  readonly echo: Figures
  /** The server's requests per second as a share of the echo's. */
  readonly ratio: number
}

/** What a load sends in one measurement. */
export interface Work {
  readonly operation: string
  /** Fresh requests for one measurement: names must not come twice. */
  readonly requests: () => readonly Uint8Array[]
}

export interface ServerBenchOptions {
  readonly milliseconds?: number
  readonly rounds?: number
}

/** Measures the built server, in a process of its own, with the load in another. */
export async function measureServer(options: ServerBenchOptions = {}): Promise<ServerRow[]> {
  const { milliseconds = 1_500, rounds = 3 } = options
  using site = await createSite()
  const server = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(server.port, credentials)
  const rows: ServerRow[] = []
  for (const work of await worksOf(client)) {
    const bytes = await sizesOf(client, work)
    const echo = await startEchoApart(bytes)
    for (const connections of CONNECTIONS) {
      const results = { server: [] as LoadResult[], echo: [] as LoadResult[] }
      for (let round = 0; round < rounds; round += 1) {
        const load = { connections, milliseconds, requests: work.requests() }
        results.echo.push(await runLoadApart({ ...load, ...echo.credentials, port: echo.port }))
        results.server.push(await runLoadApart({ ...load, ...credentials, port: server.port }))
      }
      const [here, there] = [figuresOf(results.server), figuresOf(results.echo)]
      const ratio = here.perSecond / there.perSecond
      const { operation } = work
      rows.push({ operation, connections, bytes, server: here, echo: there, ratio })
      console.info(
        `${operation} at ${connections}: ${here.perSecond.toFixed(0)}/s, ${(100 * ratio).toFixed(0)} % of the echo`,
      )
    }
    echo.process.kill()
  }
  client.close()
  await server.stop()
  return rows
}

/** One kind of request among so many stored objects. */
export interface GrowthRow {
  readonly objects: number
  readonly create: Figures
  readonly locate: Figures
}

/** Measures Create, and Locate by Name, among more and more objects. */
export async function measureGrowth(
  sizes: readonly number[] = [1_000, 10_000, 100_000],
  milliseconds = 2_000,
): Promise<GrowthRow[]> {
  using site = await createSite()
  const server = await site.start()
  const credentials = await site.addClient('bench')
  const rows: GrowthRow[] = []
  let stored = 0
  for (const size of sizes) {
    await fill(site, server.port, { credentials, from: stored, to: size })
    stored = size
    const load = { ...credentials, port: server.port, connections: 8, milliseconds }
    const names = Array.from({ length: VARIETY }, (_, at) => `filled-${(at * 7_919) % size}`)
    const located = names.map((each) => request([locateByName(each)]))
    const locate = await runLoadApart({ ...load, requests: located })
    const created = await runLoadApart({ ...load, requests: createRequests() })
    rows.push({ objects: size, create: created, locate })
    console.info(`among ${size} objects: ${JSON.stringify(rows.at(-1))}`)
  }
  await server.stop()
  return rows
}

interface Filling {
  readonly credentials: Credentials
  readonly from: number
  readonly to: number
}

/** Creates objects in batches, on a few connections at once. */
async function fill(_: Site, port: number, { credentials, from, to }: Filling): Promise<void> {
  let next = from
  const worker = async (): Promise<void> => {
    const client = await connectClient(port, credentials)
    while (next < to) {
      const first = next
      next = Math.min(to, first + 100)
      const items = Array.from({ length: next - first }, (_, at) =>
        create(name(`filled-${first + at}`)),
      )
      const { items: answers } = await client.ask(request(items))
      if (answers.some(({ status }) => status !== 0)) throw new Error('an object was not created')
    }
    client.close()
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

let created = 0

/** Names are given once, so a load gets more requests than it can send. */
function createRequests(): Uint8Array[] {
  return Array.from({ length: 40_000 }, () => {
    created += 1
    return request([create(name(`made-${String(created).padStart(9, '0')}`))])
  })
}

/** All of one length: the echo knows one size of request. */
const nameOf = (at: number): string => `found-${String(at).padStart(6, '0')}`

/** What is measured, among so many objects that this makes. */
export async function worksOf(client: Client): Promise<readonly Work[]> {
  const identifiers: string[] = []
  for (let at = 0; at < VARIETY; at += 1) {
    const { items } = await client.ask(request([create(name(nameOf(at)))]))
    const identifier = textOf(childOf(items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
    // The first Get of a key writes that it is no longer fresh; what is measured is every Get after it.
    await client.ask(request([on(identifier, 'Get')]))
    identifiers.push(identifier)
  }
  const key = Buffer.alloc(32, 7)
  const fixed = (requests: readonly Uint8Array[]) => () => requests
  return [
    { operation: 'Discover Versions', requests: fixed([request([item('DiscoverVersions')])]) },
    { operation: 'Get', requests: fixed(identifiers.map((each) => request([on(each, 'Get')]))) },
    {
      operation: 'Locate by Name',
      requests: fixed(identifiers.map((_, at) => request([locateByName(nameOf(at))]))),
    },
    { operation: 'Create', requests: createRequests },
    { operation: 'Register', requests: fixed([request([register(key)])]) },
  ]
}

async function sizesOf(client: Client, { requests }: Work): Promise<[number, number]> {
  const [first = new Uint8Array()] = requests()
  return [first.length, (await client.ask(first)).bytes]
}
