import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MessageHandler } from '../../src/server/handler.ts'
import { Secret } from '../../src/secret/secret.ts'
import { receive, startBench, type Bench, type DialOptions } from '../server/listener.fixture.ts'
import { forgedChains } from './forged/chains.ts'
import { certificate, keyPem, named, p256, purpose, spkiOf } from './forged/certificate.ts'
import { editedCertificates, faultyCertificates } from './forged/faults.ts'
import { forgedNames } from './forged/names.ts'
import { createWorld, toPem, type Forgery, type Holder } from './forged/world.ts'

/** Those at once: more would wait for one another, and be cut off. */
const AT_ONCE = 4
const SEED = 20_261_122
const REQUEST = Buffer.from('4200780100000008420077010000000042'.slice(0, 32), 'hex')
const ANSWER_BYTES = 40

/** Says who it takes the client for. */
const whoIsThere: MessageHandler = {
  handle: async (_, { identity }) => {
    const bytes = Buffer.alloc(ANSWER_BYTES)
    bytes.writeUInt32BE(0x42007b01, 0)
    bytes.writeUInt32BE(ANSWER_BYTES - 8, 4)
    bytes.write(identity.name, 8)
    return Promise.resolve({ bytes, close: false })
  },
}

const world = createWorld()
const { main, second, between, tooDeep } = world
const trusted = [main, second, between, tooDeep].map(({ cert }) => cert).join('')
let bench: Bench

beforeAll(async () => {
  const pair = p256()
  const der = certificate({
    ...{ subject: named('server'), publicKey: spkiOf(pair), signer: main.signer },
    extensions: [purpose('server')],
  })
  const generous = { perSecond: 100_000, burst: 100_000 }
  bench = await startBench({
    handler: whoIsThere,
    tls: { key: Secret.copyOf(Buffer.from(keyPem(pair))), cert: toPem(der), ca: trusted },
    limits: { arrivals: { perAddress: generous, total: generous } },
  })
  for (const name of ['alice', 'bob', 'mallory'] as const) {
    bench.clients.add(world[name], main, name)
  }
  bench.clients.add(world.carol, second, 'carol')
})

afterAll(async () => bench[Symbol.asyncDispose]())

/** For whom the server takes whoever shows this; undefined where it serves nobody. */
async function takenFor(options: DialOptions): Promise<string | undefined> {
  const socket = bench.dial({ rejectUnauthorized: false, ...options })
  socket.write(REQUEST)
  const answer = await receive(socket, ANSWER_BYTES)
  socket.destroy()
  return answer.length === 0 ? undefined : answer.subarray(8).toString().replaceAll('\0', '')
}

const weak: DialOptions = { ciphers: 'DEFAULT:@SECLEVEL=0', maxVersion: 'TLSv1.2' }

async function show(forgery: Forgery): Promise<string | undefined> {
  const { cert, key, registered, isWeak } = forgery
  if (registered !== undefined) bench.clients.add({ cert, key }, registered, 'forged')
  return takenFor({ cert, key, ...(isWeak === true ? weak : {}) })
}

test.each(['alice', 'bob', 'carol', 'mallory'] as const)(
  '%s is served as who it is',
  async (name) => {
    const { cert, key }: Holder = world[name]
    expect(await takenFor({ cert, key })).toBe(name)
    expect(await takenFor({ cert, key, ...weak })).toBe(name)
  },
)

test('of 500 forged certificates and more none is served as somebody else', async () => {
  const forgeries = [
    ...forgedNames(world),
    ...forgedChains(world),
    ...faultyCertificates(world),
    ...editedCertificates(world, SEED),
  ]
  const wrong: string[] = []
  const before = bench.listener.status()
  const counts = new Map<string, number>()
  const waiting = [...forgeries]
  const work = async (): Promise<void> => {
    for (let forgery = waiting.pop(); forgery !== undefined; forgery = waiting.pop()) {
      const found = await show(forgery)
      const { kind, what, is } = forgery
      // The log tells of a kind of refusal once between two sweeps.
      bench.listener.sweep()
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      if (found !== is) wrong.push(`${kind}: ${what}: ${found ?? 'nobody'}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  console.info(
    `forged certificates: ${String(forgeries.length)}, seed ${String(SEED)}, ` +
      JSON.stringify(Object.fromEntries(counts)),
  )
  const after = bench.listener.status()
  const reasons = [...bench.log.reasons('client refused'), ...bench.log.reasons('handshake failed')]
  console.info(`refused for: ${[...new Set(reasons.map(String))].sort().join(', ')}`)
  expect(wrong).toEqual([])
  // Each came to the server, and the server has refused it.
  const refused = after.failedHandshakes + after.refused - before.failedHandshakes - before.refused
  expect(refused).toBe(forgeries.filter(({ is }) => is === undefined).length)
  expect(forgeries.length).toBeGreaterThanOrEqual(500)
}, 240_000)

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a session of %s', (version) => {
  const only = { minVersion: version, maxVersion: version }

  async function sessionOf({ cert, key }: Holder): Promise<Buffer> {
    const socket = bench.dial({ rejectUnauthorized: false, cert, key, ...only })
    const session = once(socket, 'session') as Promise<[Buffer]>
    socket.write(REQUEST)
    await receive(socket, ANSWER_BYTES)
    return (await session)[0]
  }

  test('of mallory makes nobody else of mallory, and mallory of nobody else', async () => {
    const session = await sessionOf(world.mallory)
    const socket = bench.dial({
      ...{ rejectUnauthorized: false, session, ...only },
      ...{ cert: world.alice.cert, key: world.alice.key },
    })
    socket.write(REQUEST)
    const answer = await receive(socket, ANSWER_BYTES)
    const expected = socket.isSessionReused() ? 'mallory' : 'alice'
    expect(answer.subarray(8).toString().replaceAll('\0', '')).toBe(expected)
  })
})
