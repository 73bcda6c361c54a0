import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect, type TLSSocket } from 'node:tls'

/** A load of clients that each send their next request when the answer to the one before is there. */
export interface Load {
  readonly port: number
  readonly connections: number
  /** PEM, of the client and of the server's authority. */
  readonly key: string
  readonly cert: string
  readonly ca: string
  /** Whole messages, which the connections send by turns: none is sent again before all of them were. */
  readonly requests: readonly Uint8Array[]
  readonly milliseconds: number
  /** Time before counting begins. */
  readonly warmUpMs?: number
  /** Requests that are on their way at once on each connection; 1 when absent. */
  readonly pipelined?: number
  /** Whether answers are messages in TTLV, as when absent, or in HTTP with a Content-Length. */
  readonly answers?: 'ttlv' | 'http'
}

/** What a load has measured; latencies are in milliseconds. */
export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Connections that broke. */
  readonly broken: number
  /** Pieces of answers that say that an operation has failed. */
  readonly refused: number
}

const APART = 'run the load that comes as a message'

/** Runs the load in this process. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const clients = await Promise.all(
    Array.from({ length: load.connections }, async (_, index) => openClient(load, index)),
  )
  for (const client of clients) client.begin()
  await sleep(load.warmUpMs ?? 500)
  const latencies: number[] = []
  for (const client of clients) client.latencies = latencies
  const began = performance.now()
  await sleep(load.milliseconds)
  const seconds = (performance.now() - began) / 1_000
  const refused = clients.reduce((sum, client) => sum + client.refused, 0)
  const broken = clients.filter(({ socket }) => socket.destroyed).length
  for (const client of clients) client.end()
  latencies.sort((a, b) => a - b)
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50: latencies[Math.floor(latencies.length * 0.5)] ?? NaN,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
    broken,
    refused,
  }
}

/**
 * Runs the load in a process of its own, so that it shares neither an event loop nor processor time with a server in this
 * one. Throws where an operation has failed: refusals are not what is measured.
 */
export async function runLoadApart(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(import.meta.url), [APART], { serialization: 'advanced' })
  child.send(load)
  const [result] = (await once(child, 'message')) as [LoadResult]
  if (result.refused > 0) throw new RangeError(`${result.refused} requests were refused`)
  return result
}

interface Client {
  readonly socket: TLSSocket
  /** Where latencies go; undefined while nothing is counted. */
  latencies: number[] | undefined
  refused: number
  begin(): void
  end(): void
}

async function openClient(load: Load, index: number): Promise<Client> {
  const { port, key, cert, ca, requests, pipelined = 1, answers = 'ttlv' } = load
  const socket = connect({ port, host: '127.0.0.1', key, cert, ca })
  socket.setNoDelay(true)
  await once(socket, 'secureConnect')
  const sent: number[] = []
  let next = index
  let stopped = false
  const send = (): void => {
    const request = requests[next % requests.length]
    if (request === undefined || stopped) return
    next += load.connections
    sent.push(performance.now())
    socket.write(request)
  }
  const client: Client = {
    socket,
    latencies: undefined,
    refused: 0,
    begin() {
      for (let count = 0; count < pipelined; count += 1) send()
    },
    end() {
      stopped = true
      socket.destroy()
    },
  }
  socket.on('error', () => undefined)
  const count = COUNTERS[answers](() => {
    const latency = performance.now() - (sent.shift() ?? NaN)
    client.latencies?.push(latency)
    send()
  })
  socket.on('data', (chunk: Buffer) => {
    if (REFUSALS.some((refusal) => chunk.includes(refusal))) client.refused += 1
    count(chunk)
  })
  return client
}

/** Calls back once for each whole message in the stream that it is fed. */
export function countAnswers(answered: () => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let missing = 0
  return (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (missing === 0) {
        if (data.length < 8) break
        missing = 8 + data.readUInt32BE(4)
      }
      const taken = Math.min(missing, data.length)
      missing -= taken
      data = data.subarray(taken)
      if (missing > 0) break
      answered()
    }
    rest = missing > 0 ? Buffer.alloc(0) : data
  }
}

/** Calls back once for each whole answer in HTTP that has status 200. */
function countHttpAnswers(answered: () => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let missing = 0
  return (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (missing === 0) {
        const end = data.indexOf('\r\n\r\n')
        if (end === -1) break
        const head = data.toString('latin1', 0, end)
        if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(head)
        missing = end + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1])
      }
      const taken = Math.min(missing, data.length)
      missing -= taken
      data = data.subarray(taken)
      if (missing > 0) break
      answered()
    }
    rest = missing > 0 ? Buffer.alloc(0) : data
  }
}

/** A Result Status of Operation Failed in TTLV, and in XML or JSON. */
const REFUSALS = [Buffer.from('42007f050000000400000001', 'hex'), Buffer.from('OperationFailed')]

const COUNTERS = { ttlv: countAnswers, http: countHttpAnswers } as const

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

// The process that runLoadApart starts runs this same file.
if (process.argv[2] === APART) {
  process.once('message', (load: Load) => {
    void runLoad(load).then((result) => {
      process.send?.(result)
      process.disconnect()
    })
  })
}
