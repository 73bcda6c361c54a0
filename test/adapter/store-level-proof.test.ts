import { createCipheriv, createHash, createSecretKey } from 'node:crypto'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { crc32c } from '../../src/adapter/store-level/crc32c.ts'
import { openLevelEngine, type Engine } from '../../src/adapter/store-level/engine.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { HEAD_KEY, dataKey, ringKey } from '../../src/adapter/store-level/layout.ts'
import { storeSeal, type Unlock } from '../../src/adapter/store-level/seal.ts'
import { findDamagedTable } from '../../src/adapter/store-level/table-file.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import type { Commit } from '../../src/port/store.ts'
import { UNAVAILABLE, bytes, put } from '../contract/store-words.ts'
import { plainSeal, unlockPlain } from './fixtures/plain-unlock.ts'
import { recordingLog, silentLog, type LogLine } from './fixtures/recording-log.ts'

let parent: string
let directory: string
const stores: LevelStore[] = []

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-proof-'))
  directory = join(parent, 'store')
})

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await rm(parent, { recursive: true })
})

describe('the combination of frames', () => {
  test('is the exclusive or of a protected counter sum of each', () => {
    const frames = [bytes('one'), bytes('a frame of three blocks, or four'), new Uint8Array(1000)]
    const expected = new Uint8Array(16)
    for (const frame of frames) exclusiveOr(expected, counterSum(frame))
    expect(new Uint8Array(plainSeal.combine(frames))).toEqual(expected)
    expect(new Uint8Array(plainSeal.combine([]))).toEqual(new Uint8Array(16))
  })

  test('does not depend on their order, and loses what is taken in twice', () => {
    const frames = fc.array(fc.uint8Array({ minLength: 9, maxLength: 300 }), { maxLength: 8 })
    fc.assert(
      fc.property(frames, fc.uint8Array({ minLength: 9, maxLength: 300 }), (some, one) => {
        const whole = plainSeal.combine(some)
        expect(plainSeal.combine(some.toReversed())).toEqual(whole)
        expect(plainSeal.combine([one, ...some, one])).toEqual(whole)
        expect(plainSeal.combine([one, ...some])).not.toEqual(whole)
      }),
    )
  })

  test('a long frame is not taken for its digest, nor a frame for one with zeros behind it', () => {
    const long = new Uint8Array(500).fill(7)
    const digest = createHash('sha256').update(long).digest()
    expect(plainSeal.combine([long])).not.toEqual(plainSeal.combine([digest]))
  })
})

describe('what a store holds', () => {
  test('is counted and combined alike by its commits and by reading it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commits, { minLength: 1, maxLength: 30 }), async (steps) => {
        const store = await make()
        // Some wait for each other and some do not, so that groups hold several.
        await Promise.all(steps.slice(0, 10).map(async (step) => store.commit(step)))
        for (const step of steps.slice(10)) await store.commit(step)
        const { entries } = store.head.contents
        const there = await store.scan({ from: bytes(''), to: bytes('~') }, { limit: 1000 })
        expect(entries).toBe(there.length)
        await store.close()
        await (await open()).close()
        await rm(directory, { recursive: true })
      }),
      { numRuns: 20 },
    )
  })

  test('a fresh key is not looked for', async () => {
    const store = await make()
    const fresh = { key: bytes('new'), value: bytes('one'), isFresh: true }
    await store.commit({ checks: [], puts: [fresh], dels: [] })
    expect(store.head.contents.entries).toBe(1)
    await store.close()
    await open()
  })

  test('a key that was called fresh and is not shows at the next opening', async () => {
    const store = await make()
    await put(store, 'there', 'one')
    const wrong = { key: bytes('there'), value: bytes('two'), isFresh: true }
    await store.commit({ checks: [], puts: [wrong], dels: [] })
    await store.close()
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
  })
})

describe('a store that was tampered with behind its head', () => {
  const TAMPERINGS: Readonly<Record<string, (engine: Engine) => Promise<void>>> = {
    'an entry taken away': async (engine) =>
      engine.batch([{ type: 'del', key: dataKey(bytes('key 2')) }]),
    'an entry added': async (engine) => writeRaw(engine, 'key 9', entryBytes(engine, 'key 2')),
    'a value altered': async (engine) =>
      writeRaw(engine, 'key 2', Uint8Array.of(...entryBytes(engine, 'key 2').slice(0, -1), 0x21)),
    'two values exchanged': async (engine) => {
      const [two, three] = [entryBytes(engine, 'key 2'), entryBytes(engine, 'key 3')]
      await writeRaw(engine, 'key 2', three)
      await writeRaw(engine, 'key 3', two)
    },
    'a revision altered': async (engine) => {
      const entry = entryBytes(engine, 'key 2')
      await writeRaw(engine, 'key 2', Uint8Array.of(...entry.slice(0, 7), 99, ...entry.slice(8)))
    },
  }

  test.each(Object.entries(TAMPERINGS))('%s is found when it is opened', async (_, tamper) => {
    await filled()
    await raw(tamper)
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/^The store does not hold what was written to it: /) as string,
    })
  })

  test('the sentence tells a missing entry from an altered one', async () => {
    await filled()
    await raw(async (engine) => engine.batch([{ type: 'del', key: dataKey(bytes('key 2')) }]))
    await expect(open()).rejects.toThrow('5 entries were written and 4 are there')
  })

  test('an old value that its own store wrote is found, too', async () => {
    const store = await filledStore()
    const old = await store.get(bytes('key 2'))
    await put(store, 'key 2', 'newer')
    await store.close()
    await raw(async (engine) => {
      const revision = new Uint8Array(8)
      new DataView(revision.buffer).setBigUint64(0, old?.revision ?? 0n)
      await writeRaw(engine, 'key 2', Uint8Array.of(...revision, ...(old?.value ?? [])))
    })
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
  })

  test('a head that another key authenticated is refused', async () => {
    await filled()
    const key = (byte: number) => createSecretKey(new Uint8Array(32).fill(byte))
    const seal = storeSeal({ head: key(9), blocks: key(2), sums: key(3), mask: key(4) })
    await expect(open(() => ({ seal }))).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The head record of the store is not authentic: it was altered or exchanged',
    })
  })

  test('a store over the limit is opened without being read', async () => {
    await filled()
    await raw(async (engine) => engine.batch([{ type: 'del', key: dataKey(bytes('key 2')) }]))
    stores.push(await openStore({ provenEntries: 4 }))
    await stores.pop()?.close()
    await expect(openStore({ provenEntries: 5 })).rejects.toMatchObject(UNAVAILABLE)
  })
})

describe('the tables of a store', () => {
  test('have checksums that are those of RFC 3720', () => {
    // Section B.4: 32 bytes of zeros, of ones, and counting up and down.
    const count = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a91_36aa)
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8_ab43)
    expect(crc32c(count)).toBe(0x46dd_794e)
    expect(crc32c(Buffer.from(count).reverse())).toBe(0x113f_db5c)
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283)
  })

  test('are found damaged by any bit, in what searching alone needs too', async () => {
    await filled()
    // Opening makes a table of the log.
    await (await open()).close()
    const [name = ''] = (await readdir(directory)).filter((each) => each.endsWith('.ldb'))
    const path = join(directory, name)
    const whole = await readFile(path)
    expect(await findDamagedTable(directory)).toBeUndefined()
    // The padding of the footer, some bytes before its last eight, means nothing.
    for (let at = 0; at < whole.length - 48; at += 1) {
      const altered = Buffer.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 0x10
      await writeFile(path, altered)
      expect(await findDamagedTable(directory), `byte ${at}`).toBe(name)
    }
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    await writeFile(path, whole.subarray(0, 20))
    expect(await findDamagedTable(directory)).toBe(name)
  })
})

describe('a store from before heads were authenticated', () => {
  const upgrade: Commit = {
    checks: [],
    puts: [{ key: bytes('mark'), value: bytes('new') }],
    dels: [],
  }

  test('is brought up to date when it is opened, once, and its log says so', async () => {
    await filled()
    await makeOld()
    const lines: LogLine[] = []
    const store = await openStore({
      unlock: () => ({ seal: plainSeal, upgrade }),
      log: recordingLog(lines),
    })
    stores.push(store)
    expect(lines).toMatchObject([{ level: 'warn', event: 'store brought up to date' }])
    expect(store.head.contents.entries).toBe(6)
    await put(store, 'key 7', 'seven')
    await store.close()
    await open()
  })

  test('is refused where its keys say that it should have them', async () => {
    await filled()
    await makeOld()
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The head record of the store is not authentic: it was altered or exchanged',
    })
  })

  test('keys of that time do not excuse a newer store from its proof', async () => {
    await filled()
    await raw(async (engine) => engine.batch([{ type: 'del', key: dataKey(bytes('key 2')) }]))
    await expect(open(() => ({ seal: plainSeal, upgrade }))).rejects.toMatchObject(UNAVAILABLE)
  })

  test('one that could not be brought up to date is as it was', async () => {
    await filled()
    await makeOld()
    const before = join(parent, 'before')
    await cp(directory, before, { recursive: true })
    const tooLong: Commit = {
      checks: [],
      puts: [{ key: new Uint8Array(2000), value: bytes('new') }],
      dels: [],
    }
    await expect(open(() => ({ seal: plainSeal, upgrade: tooLong }))).rejects.toMatchObject({
      code: 'SERVER_LIMIT',
    })
    await (await open(() => ({ seal: plainSeal, upgrade }))).close()
  })

  /** Takes away what such a store did not have. */
  async function makeOld(): Promise<void> {
    await raw(async (engine) => {
      const head = Uint8Array.from(engine.get(HEAD_KEY) ?? []).slice(0, 52)
      head[3] = 0x31
      const batch = new DataView(head.buffer).getBigUint64(12)
      await engine.batch([
        { type: 'put', key: HEAD_KEY, value: head },
        { type: 'put', key: ringKey(batch), value: head },
      ])
    })
  }
})

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')

/** Commits that write some of few keys, so that they meet. */
const commits = fc
  .record({ puts: fc.uniqueArray(key), dels: fc.uniqueArray(key) })
  .map(({ puts, dels }): Commit => ({
    checks: [],
    puts: puts.map((each) => ({ key: bytes(each), value: bytes(`${each}${puts.length}`) })),
    dels: dels.filter((each) => !puts.includes(each)).map(bytes),
  }))

async function openStore(options: {
  readonly unlock?: Unlock
  readonly provenEntries?: number
  readonly log?: typeof silentLog
}): Promise<LevelStore> {
  return openLevelStore({
    directory,
    create: false,
    unlock: unlockPlain,
    log: silentLog,
    ...options,
  })
}

async function make(): Promise<LevelStore> {
  return openLevelStore({ directory, create: true, unlock: unlockPlain, log: silentLog })
}

async function open(unlock: Unlock = unlockPlain): Promise<LevelStore> {
  const store = await openStore({ unlock })
  stores.push(store)
  return store
}

async function filledStore(): Promise<LevelStore> {
  const store = await make()
  for (let number = 0; number < 5; number += 1) await put(store, `key ${number}`, 'a value')
  return store
}

async function filled(): Promise<void> {
  await (await filledStore()).close()
}

async function raw(use: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await openLevelEngine(directory, { create: false })
  try {
    await use(engine)
  } finally {
    await engine.close()
  }
}

function entryBytes(engine: Engine, name: string): Uint8Array {
  return Uint8Array.from(engine.get(dataKey(bytes(name))) ?? [])
}

async function writeRaw(engine: Engine, name: string, value: Uint8Array): Promise<void> {
  await engine.batch([{ type: 'put', key: dataKey(bytes(name)), value }])
}

/** The construction by its definition, a block at a time. */
function counterSum(frame: Uint8Array): Uint8Array {
  const isLong = frame.length > 192
  const content = isLong ? createHash('sha256').update(frame).digest() : frame
  const sum = new Uint8Array(16)
  for (let from = 0, number = 0; from < content.length; from += 12, number += 1) {
    const block = new Uint8Array(16)
    new DataView(block.buffer).setUint32(0, (isLong ? 0x8000_0000 : 0) + number)
    block.set(content.subarray(from, from + 12), 4)
    exclusiveOr(sum, aes(2, block))
  }
  return aes(3, sum)
}

function aes(byte: number, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-ecb', new Uint8Array(32).fill(byte), null)
  return cipher.setAutoPadding(false).update(block)
}

function exclusiveOr(target: Uint8Array, source: Uint8Array): void {
  for (const [index, byte] of source.entries()) target[index] = (target[index] ?? 0) ^ byte
}
