import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectAdmin } from '../../src/admin/client.ts'
import { join } from 'node:path'
import type { Serving } from '../cli/serving.ts'
import { TAGS, childOf, textOf, type Answer } from './answer.ts'
import { connectClient, type Client, type Credentials } from './client.ts'
import { create, item, locateByName, name, on, request } from './request.ts'
import { createSite, type Site } from './server.ts'

vi.setConfig({ testTimeout: 120_000 })

const SUCCESS = 0
let site: Site
let server: Serving
let credentials: Credentials

beforeAll(async () => {
  site = await createSite()
  server = await site.start()
  credentials = await site.addClient('client')
}, 120_000)

afterAll(() => {
  site[Symbol.dispose]()
})

const identifierIn = (answer: Answer): string =>
  textOf(childOf(answer.items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''

async function createKey(client: Client, called: string): Promise<string> {
  return identifierIn(await client.ask(request([create(name(called))])))
}

async function requestsSoFar(): Promise<number> {
  const admin = await connectAdmin(join(site.data, 'admin.sock'))
  const status = await admin?.status({})
  return status?.counters['requests'] ?? NaN
}

/** Resident memory of the server, in megabytes. */
function memory(): number {
  const status = readFileSync(`/proc/${String(server.process.pid)}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024)
}

describe('a server under many clients', () => {
  test('answers eight requests at once on each of fifty connections, each in its order', async () => {
    const first = await connectClient(server.port, credentials)
    const names = Array.from({ length: 8 }, (_, at) => `ordered-${at}`)
    const identifiers: string[] = []
    for (const called of names) identifiers.push(await createKey(first, called))
    const clients = await Promise.all(
      Array.from({ length: 50 }, async () => connectClient(server.port, credentials)),
    )
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        clients.map(async (client) =>
          Promise.all(identifiers.map(async (each) => client.ask(request([on(each, 'Get')])))),
        ),
      )
      for (const each of answers) expect(each.map(identifierIn)).toEqual(identifiers)
    }
    for (const client of [first, ...clients]) client.close()
  })

  test('does not let one that reads nothing delay another', async () => {
    const slow = await connectClient(server.port, credentials)
    slow.socket.pause()
    const query = request([item('Query', { tag: 0x420074, type: 5, value: 1 })])
    for (let count = 0; count < 20_000; count += 1) slow.socket.write(query)
    const quick = await connectClient(server.port, credentials)
    for (let count = 0; count < 50; count += 1) {
      const { items } = await quick.ask(request([item('DiscoverVersions')]))
      expect(items[0]?.status).toBe(SUCCESS)
    }
    // The first has indeed not taken its answers, and what it sent beyond some is not even read.
    expect(slow.socket.bytesRead).toBeLessThan(20_000 * 100)
    slow.close()
    quick.close()
  })

  test.runIf(process.platform === 'linux')(
    'needs no more memory after 20,000 requests',
    async () => {
      const client = await connectClient(server.port, credentials)
      const identifier = await createKey(client, 'asked for')
      const figures: number[] = []
      for (let part = 0; part < 4; part += 1) {
        for (let count = 0; count < 5_000; count += 50) {
          const batch = Array.from({ length: 50 }, async () =>
            client.ask(request([on(identifier, 'Get')])),
          )
          await Promise.all(batch)
        }
        figures.push(memory())
      }
      client.close()
      console.info(`memory of the server after each 5,000 requests: ${figures.join(', ')} MB`)
      expect((figures[3] ?? NaN) - (figures[0] ?? NaN)).toBeLessThan(60)
    },
  )
})

describe('a server that is told to stop', () => {
  test('answers the request that it is at, and the next server has what it answered', async () => {
    const client = await connectClient(server.port, credentials)
    const single = await createKey(client, 'single')
    const before = await requestsSoFar()
    const batch = client.ask(
      request(Array.from({ length: 60 }, (_, at) => create(name(`drained-${at}`)))),
    )
    while ((await requestsSoFar()) === before);
    const stopped = server.stop('SIGTERM')
    const { items } = await batch
    expect(items.map(({ status }) => status)).toEqual(Array<number>(60).fill(SUCCESS))
    expect(await stopped).toBe(0)

    server = await site.start()
    const again = await connectClient(server.port, credentials)
    expect((await again.ask(request([on(single, 'Get')]))).items[0]?.status).toBe(SUCCESS)
    const found = await again.ask(request([locateByName('drained-59')]))
    expect(identifierIn(found)).toMatch(/^[0-9a-f-]{36}$/)
    again.close()
  })
})

describe('a second server', () => {
  test.each([
    ['on the same directory', '0'],
    ['on the same port', 'taken'],
  ])('%s is refused, and the first goes on', async (_, port) => {
    const args = ['--port', port === 'taken' ? String(server.port) : port]
    const refusal = await site.refuse(...args)
    expect(refusal).toMatchObject({ code: 1, stdout: '' })
    const said = refusal.stderr.trim().split('\n')
    expect(said.filter((line) => !line.startsWith('hint: '))).toHaveLength(1)
    const client = await connectClient(server.port, credentials)
    expect(await createKey(client, `beside ${port}`)).not.toBe('')
    client.close()
  })
})
