import { createHmac, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { childrenOfTokens } from '../adapter/pkcs11/children.ts'
import { createSoftHsm, NO_SOFTHSM, type SoftHsm } from '../adapter/pkcs11/softhsm.ts'
import type { Serving } from '../cli/serving.ts'
import {
  array,
  buffer,
  bytesAttribute,
  fixedAttribute,
  mechanism,
  template,
  ulong,
} from '../operation/pkcs11/client.ts'
import { at, childOf, TAGS, textOf } from './answer.ts'
import { connectClient, type Client, type Credentials } from './client.ts'
import { Pkcs11Application } from './pkcs11-client.ts'
import { create, on, register, request } from './request.ts'
import { createSite, type Site } from './server.ts'

/** How often the process that holds the token is killed or stopped, by turns. */
const FAULTS = Number(process.env['KMIPD_HSM_FAULTS'] ?? 6)
/** Milliseconds: the deadline that is configured, and what a busy machine takes beside it. */
const DEADLINE = 1_000
const PATIENCE = 20_000
const SECRET = Buffer.alloc(32, 5)
/** AES keys that ordinary clients get. */
const MATERIAL = randomBytes(32)

vi.setConfig({ testTimeout: 120_000 + FAULTS * 30_000, hookTimeout: 120_000 })

/** What the clients saw. */
const seen = { right: 0, away: 0, gets: 0, creates: 0, wrong: [] as string[] }
const longest = { token: 0, others: 0 }

describe.skipIf(NO_SOFTHSM !== undefined)('a token whose process is killed and hangs', () => {
  let hsm: SoftHsm
  let site: Site
  let server: Serving
  let credentials: Credentials
  const clients: Client[] = []
  const loops: Promise<void>[] = []
  const end = new AbortController()
  const isOver = (): boolean => end.signal.aborted

  beforeAll(async () => {
    hsm = createSoftHsm()
    const { module, label = '' } = hsm.settings
    const place = { module, label, pinFile: hsm.pinFile, deadlineMs: DEADLINE, sessions: 4 }
    site = await createSite({
      init: ['--root', 'pkcs11', '--module', module, '--token', label, '--pin-file', hsm.pinFile],
      config: `hsm: ${JSON.stringify(place)}\n`,
      env: hsm.environment,
    })
    server = await site.start()
    credentials = await site.addClient('client')
  })
  afterAll(async () => {
    end.abort()
    await Promise.allSettled(loops)
    for (const client of clients) client.close()
    site[Symbol.dispose]()
    hsm.remove()
  })

  const connect = async (): Promise<Client> => {
    const client = await connectClient(server.port, credentials)
    clients.push(client)
    return client
  }

  /** Signs with a key in the token, over and over, and looks at each signature. */
  async function startSigning(): Promise<void> {
    const application = new Pkcs11Application(await connect())
    await application.call('C_Initialize', '01')
    const opened = await application.call('C_OpenSession', ulong(1) + ulong(6))
    const session = opened.output.toString('hex')
    const wanted = template(
      fixedAttribute(0x0, ulong(4)),
      fixedAttribute(0x100, ulong(0x10)),
      bytesAttribute(0x11, SECRET),
    )
    const made = await application.call('C_CreateObject', session + wanted)
    expect(made.code).toBe('OK')
    const key = made.output.toString('hex')
    const turn = async (): Promise<void> => {
      const message = randomBytes(40)
      const before = performance.now()
      const begun = await application.call('C_SignInit', session + mechanism(0x251) + key)
      const done =
        begun.code === 'OK'
          ? await application.call('C_Sign', session + array(message) + buffer(32))
          : begun
      longest.token = Math.max(longest.token, performance.now() - before)
      const expected = createHmac('sha256', SECRET).update(message).digest()
      if (done.code === 'DEVICE_ERROR') seen.away += 1
      else if (done.code === 'OK' && done.output.subarray(5).equals(expected)) seen.right += 1
      else seen.wrong.push(`C_Sign: ${String(done.code)}`)
    }
    loops.push(repeat(turn))
  }

  /** Gets a key, over and over, and makes one now and then. */
  async function startGetting(): Promise<void> {
    const client = await connect()
    const registered = await client.ask(request([register(MATERIAL)]))
    const identifier = textOf(childOf(registered.items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
    let turns = 0
    const turn = async (): Promise<void> => {
      turns += 1
      const before = performance.now()
      const got = await client.ask(request([on(identifier, 'Get')]))
      const value = at(got.items[0]?.payload, [0x42008f, 0x420040, 0x420045, 0x420043])?.value
      if (value instanceof Uint8Array && MATERIAL.equals(value)) seen.gets += 1
      else seen.wrong.push('Get')
      if (turns % 10 === 0) {
        const made = await client.ask(request([create()]))
        if (made.items[0]?.status === 0) seen.creates += 1
        else seen.wrong.push('Create')
      }
      longest.others = Math.max(longest.others, performance.now() - before)
    }
    loops.push(repeat(turn))
  }

  async function repeat(turn: () => Promise<void>): Promise<void> {
    while (!isOver()) {
      try {
        await turn()
      } catch (error) {
        if (!isOver()) seen.wrong.push(String(error))
        return
      }
      await sleep(5)
    }
  }

  const more = async (what: 'right' | 'gets', from: number, count: number): Promise<void> => {
    await expect
      .poll(() => seen[what] - from, { timeout: PATIENCE, interval: 20 })
      .toBeGreaterThan(count)
  }

  test(`${FAULTS} times: all answers are right or refusals, and it comes back by itself`, async () => {
    await Promise.all([
      startSigning(),
      startSigning(),
      startSigning(),
      startGetting(),
      startGetting(),
    ])
    let slowest = 0
    let servedMeanwhile = 0
    for (let fault = 0; fault < FAULTS; fault += 1) {
      await more('right', seen.right, 3)
      const [pid] = childrenOfTokens(server.process.pid)
      if (pid === undefined) throw new TypeError('the server has no process of the token')
      const { right, gets } = seen
      process.kill(pid, fault % 2 === 0 ? 'SIGKILL' : 'SIGSTOP')
      const before = performance.now()
      await more('gets', gets, 3)
      if (childrenOfTokens(server.process.pid).includes(pid)) servedMeanwhile += 1
      await expect
        .poll(() => childrenOfTokens(server.process.pid), { timeout: PATIENCE })
        .not.toContain(pid)
      // What was answered before the signal came may have been counted behind it.
      await more('right', right, 10)
      slowest = Math.max(slowest, performance.now() - before)
      expect(seen.wrong).toEqual([])
    }
    console.log(
      `${FAULTS} faults of the token: ${seen.right} right signatures, ${seen.away} refused, ` +
        `${seen.gets} Gets and ${seen.creates} Creates meanwhile; back after ${Math.round(slowest)} ms ` +
        `at most, longest answers ${Math.round(longest.token)} ms and ${Math.round(longest.others)} ms`,
    )
    expect(seen.away).toBeGreaterThan(0)
    // Every second process hung until its deadline: others were served before it passed, but for a pause of the machine.
    expect(servedMeanwhile).toBeGreaterThan(FAULTS / 4)
    expect(longest.token).toBeLessThan(2 * DEADLINE + PATIENCE)
    const events = eventsOf(server)
    expect(events.filter((event) => event === 'token reached again').length).toBeGreaterThanOrEqual(
      FAULTS,
    )
    expect(server.stderr()).not.toContain('PIN_INCORRECT')
  })

  test('a PIN that is refused then is not tried again, and others are served on', async () => {
    writeFileSync(hsm.pinFile, '000000\n')
    const [pid] = childrenOfTokens(server.process.pid)
    if (pid === undefined) throw new TypeError('the server has no process of the token')
    process.kill(pid, 'SIGKILL')
    const refused = () => server.stderr().split('PIN_INCORRECT').length - 1
    await expect.poll(refused, { timeout: PATIENCE }).toBe(1)
    await more('gets', seen.gets, 3)
    await sleep(1_500)
    expect(refused()).toBe(1)
    expect(childrenOfTokens(server.process.pid)).toEqual([])
    expect(seen.wrong).toEqual([])
  })
})

function eventsOf(server: Serving): readonly unknown[] {
  return server
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { event?: unknown }).event)
}
