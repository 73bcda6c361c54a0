import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { Level } from 'level'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLevelEngine, type OpenEngine } from '../../src/adapter/store-level/engine.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { HEAD_KEY, ringKey } from '../../src/adapter/store-level/layout.ts'
import type { Store } from '../../src/port/store.ts'
import { UNAVAILABLE, bytes, put, scanned, shown } from '../contract/store-words.ts'
import { silentLog } from './fixtures/recording-log.ts'
import { transpileScript, type TranspiledScript } from './fixtures/transpiled.ts'

let parent: string
let directory: string
const opened: Store[] = []

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-open-'))
  directory = join(parent, 'store')
})

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  await rm(parent, { recursive: true })
})

describe('an opening in which LevelDB passes over a log', () => {
  // As it does with one that it cannot open at that moment, for want of a descriptor or over an error of the disk.
  const passingOver: OpenEngine = async (path, options) => {
    for (const name of await readdir(path)) if (name.endsWith('.log')) await rm(join(path, name))
    return openLevelEngine(path, options)
  }

  test('is refused, and the next one has everything', async () => {
    const first = await make()
    await put(first, 'a', 'one')
    await first.close()
    const second = await open()
    const revision = await put(second, 'b', 'two')
    await second.close()
    const options = { directory, create: false, unlock: unlockPlain, log: silentLog }
    await expect(openLevelStore({ ...options, openEngine: passingOver })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The store was opened without its last commits: try again',
    })
    const third = await open()
    expect(await scanned(third, 'a', 'z')).toHaveLength(2)
    expect(await put(third, 'c', 'three')).toBe(revision + 1n)
  })
})

test('an old log that is in the tables is passed over, as a process that is killed between two removals leaves it', async () => {
  const first = await make()
  await put(first, 'a', 'one')
  await first.close()
  const [log = ''] = await files('.log')
  const old = await readFile(log)
  const second = await open()
  const revision = await put(second, 'b', 'two')
  await second.close()
  // What the second wrote goes into a table, and nothing stands in the newest log.
  await (await open()).close()
  expect(await files('.log')).not.toContain(log)
  await writeFile(log, old)
  const last = await open()
  expect(shown(await last.get(bytes('b')))).toEqual(['b', 'two', revision])
  expect(await put(last, 'c', 'three')).toBe(revision + 1n)
})

describe('making a store', () => {
  test('a made store is empty, and what is written is there when it is opened again', async () => {
    const first = await make()
    expect(await scanned(first, '', 'z')).toEqual([])
    const revision = await put(first, 'a', 'one')
    await first.close()
    const second = await open()
    expect(shown(await second.get(bytes('a')))).toEqual(['a', 'one', revision])
    expect(await put(second, 'b', 'two')).toBe(revision + 1n)
  })

  test('only its owner may look into it', async () => {
    await make()
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
  })

  test('nothing that is there already is touched', async () => {
    const occupied: [string, () => Promise<void>][] = [
      ['a store', async () => (await make()).close()],
      ['an empty directory', async () => mkdir(directory)],
      ['a file', async () => writeFile(directory, 'text')],
    ]
    for (const [what, occupy] of occupied) {
      await occupy()
      const before = await listing(parent)
      await expect(make(), what).rejects.toMatchObject({
        ...UNAVAILABLE,
        message: `There already is something at ${directory}`,
      })
      expect(await listing(parent), what).toEqual(before)
      await rm(directory, { recursive: true })
    }
  })

  test('what an interrupted making left behind is in nobody’s way', async () => {
    await mkdir(`${directory}.new`)
    await writeFile(join(`${directory}.new`, 'CURRENT'), 'rubbish')
    const store = await make()
    await put(store, 'a', 'one')
    await store.close()
    expect(await readdir(parent)).toEqual(['store'])
  })

  test.runIf(platform() === 'linux')('a parent where nothing can be written is named', async () => {
    directory = '/proc/store'
    await expect(make()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'No lease of the store can be written to /proc',
    })
  })

  test('a parent that is not there is said to be missing', async () => {
    directory = join(parent, 'no', 'store')
    await expect(make()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `There is no directory ${join(parent, 'no')}`,
    })
    expect(await readdir(parent)).toEqual([])
  })
})

describe('opening what is not a store', () => {
  test('a missing store is not made', async () => {
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `There is no store at ${directory}`,
    })
    expect(await readdir(parent)).toEqual([])
  })

  test('a foreign directory is refused and left as it was', async () => {
    await mkdir(directory)
    await writeFile(join(directory, 'letter.txt'), 'dear')
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    expect(await readdir(directory)).toEqual(['letter.txt'])
    expect(await readdir(parent)).toEqual(['store'])
  })

  test('a LevelDB of somebody else has no head and is refused', async () => {
    const level = new Level(directory)
    await level.put('a', 'one')
    await level.close()
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The store has no head record: it is damaged',
    })
    expect(await readdir(parent)).toEqual(['store'])
  })
})

test('a table that was written by halves when the process was killed, and is not in use, is passed over', async () => {
  const first = await make()
  const revision = await put(first, 'a', 'one')
  await first.close()
  await writeFile(join(directory, '000999.ldb'), 'half a table')
  expect(shown(await (await open()).get(bytes('a')))).toEqual(['a', 'one', revision])
})

describe('opening a damaged store', () => {
  test('the engine itself makes nothing where it is not to', async () => {
    const engine = openLevelEngine(directory, { create: false })
    await expect(engine).rejects.toMatchObject({ code: 'LEVEL_DATABASE_NOT_OPEN' })
    expect((await listing(parent)).filter((name) => name.endsWith('CURRENT'))).toEqual([])
  })

  test('a store without its file CURRENT is not opened as an empty one', async () => {
    await filled(5)
    await rm(join(directory, 'CURRENT'))
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
  })

  test('a store without its log is not opened as an empty one', async () => {
    await filled(5)
    for (const file of await files('.log')) await rm(file)
    for (const file of await files('.ldb')) await rm(file)
    await expect(open()).rejects.toMatchObject(UNAVAILABLE)
  })

  test('a log that something else was put in place of is named, which LevelDB would end the process over', async () => {
    await (await make()).close()
    const files = await readdir(directory)
    const log = files.find((name) => name.endsWith('.log')) ?? ''
    const manifest = files.find((name) => name.startsWith('MANIFEST')) ?? ''
    await writeFile(join(directory, log), await readFile(join(directory, manifest)))
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `The file ${log} of the store is damaged`,
    })
  })

  test('a damaged place in the log, over which LevelDB loses commits in silence, is noticed', async () => {
    await filled(200)
    const [log = ''] = await files('.log')
    const content = await readFile(log)
    expect(content.length).toBeGreaterThan(100_000)
    for (const place of [1000, 33_000, 70_000]) {
      const altered = Buffer.from(content)
      altered[place] = (altered[place] ?? 0) ^ 0x10
      await writeFile(log, altered)
      const copy = await copied()
      const refusal = openLevelStore({
        directory: copy,
        create: false,
        unlock: unlockPlain,
        log: silentLog,
      })
      await expect(refusal, `byte ${place}`).rejects.toMatchObject(UNAVAILABLE)
      await expect(refusal, `byte ${place}`).rejects.toThrow(/^The store lost batch \d+/)
    }
  })

  test('a head that is not one, or belongs to other batches, is refused', async () => {
    await filled(3)
    const head = await raw(async (level) => level.get(HEAD_KEY))
    expect(head).toHaveLength(108)
    const altered = [
      Uint8Array.of(),
      Uint8Array.from(head).fill(0, 0, 4),
      Uint8Array.from(head).subarray(0, 107),
      // Without a code it would be a head of the time before there were any.
      Uint8Array.of(...Uint8Array.from(head).subarray(0, 3), 0x31, ...head.slice(4, 52)),
      ...Array.from(head, (_, at) => head.map((byte, index) => (index === at ? byte ^ 1 : byte))),
    ]
    for (const value of altered) {
      await raw(async (level) => level.put(HEAD_KEY, value))
      await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    }
    await raw(async (level) => level.put(HEAD_KEY, head))
    await (await open()).close()
  })

  test('a batch that is missing from the ring is named', async () => {
    await filled(5)
    await raw(async (level) => level.del(ringKey(3n)))
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The store lost batch 3: it is damaged',
    })
  })
})

describe('the lease of a store', () => {
  let script: TranspiledScript

  beforeAll(async () => {
    script = await transpileScript('store-holder.ts')
  })

  afterAll(async () => {
    await script.dispose()
  })

  test('a store is open once in a process, by whatever path', async () => {
    await make()
    const inUse = { ...UNAVAILABLE, message: `The store is in use by process ${process.pid}` }
    await expect(open()).rejects.toMatchObject(inUse)
    await symlink(directory, join(parent, 'alias'))
    const alias = openLevelStore({
      directory: join(parent, 'alias'),
      create: false,
      unlock: unlockPlain,
      log: silentLog,
    })
    await expect(alias).rejects.toMatchObject(inUse)
  })

  test('a refused opening harms neither the holder nor the lease', async () => {
    const holder = await make()
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(open()).rejects.toMatchObject(UNAVAILABLE)
    }
    await put(holder, 'a', 'one')
    await holder.close()
    expect(await readdir(parent)).toEqual(['store'])
    await open()
  })

  test('of many that open at once at most one succeeds, and it can be opened after that', async () => {
    await (await make()).close()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, open))
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
    for (const store of opened.splice(0)) await store.close()
    await open()
  })

  test('a store that another process has open is refused with its number, until it ends', async () => {
    await (await make()).close()
    const child = spawn(execPath, [script.path, directory])
    expect(await said(child)).toBe('open')
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `The store is in use by process ${child.pid ?? 0}`,
    })
    child.stdin.write('end\n')
    await once(child, 'close')
    expect(await scanned(await open(), '', 'z')).toEqual([])
  })

  test('this process keeps another one out', async () => {
    await make()
    const child = spawn(execPath, [script.path, directory])
    expect(await said(child)).toBe(`The store is in use by process ${process.pid}`)
    await once(child, 'close')
  })

  test('the lease of a killed process counts for nothing', async () => {
    await (await make()).close()
    const child = spawn(execPath, [script.path, directory])
    expect(await said(child)).toBe('open')
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await leases()).toHaveLength(1)
    await open()
    expect(await leases()).toHaveLength(1)
    expect((await leases())[0]).toContain(`.lease-${process.pid}-`)
  })

  test('a lease from before the machine started, or of an earlier process of that number, counts for nothing', async () => {
    const store = await make()
    const [own = ''] = await leases()
    await store.close()
    const [, pid = '', start = '', boot = ''] = /-(\d+)-(\d+)-([0-9a-f]+)-/.exec(own) ?? []
    const others = [`${pid}-${start}-${'0'.repeat(boot.length)}`, `${pid}-${start}1-${boot}`]
    for (const other of others) await writeFile(`${directory}.lease-${other}-00000000`, '')
    await open()
    expect(await leases()).toHaveLength(1)
  })

  test('a lease that nobody can read keeps everyone out and is named', async () => {
    await (await make()).close()
    await writeFile(`${directory}.lease-strange`, '')
    await expect(open()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `The store is in use, or ${directory}.lease-strange was left behind`,
    })
    await rm(`${directory}.lease-strange`)
    await open()
  })
})

async function make(): Promise<Store> {
  return keep(
    await openLevelStore({ directory, create: true, unlock: unlockPlain, log: silentLog }),
  )
}

async function open(): Promise<Store> {
  return keep(
    await openLevelStore({ directory, create: false, unlock: unlockPlain, log: silentLog }),
  )
}

function keep(store: Store): Store {
  opened.push(store)
  return store
}

/** A closed store with so many commits of a kilobyte, all of them still in the log. */
async function filled(commits: number): Promise<void> {
  const store = await make()
  for (let index = 0; index < commits; index += 1) {
    await put(store, `key ${index}`, 'x'.repeat(1000))
  }
  await store.close()
}

/** LevelDB changes what it opens, so each look is at a copy. */
async function copied(): Promise<string> {
  const copy = await mkdtemp(join(parent, 'copy-'))
  for (const name of await readdir(directory)) {
    await writeFile(join(copy, name), await readFile(join(directory, name)))
  }
  return copy
}

async function files(extension: string): Promise<string[]> {
  const names = await readdir(directory)
  return names.filter((name) => name.endsWith(extension)).map((name) => join(directory, name))
}

async function leases(): Promise<string[]> {
  return (await readdir(parent)).filter((name) => name.includes('.lease-'))
}

async function listing(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true })).toSorted()
}

async function raw<T>(use: (level: Level<Uint8Array, Uint8Array>) => Promise<T>): Promise<T> {
  const encoding = { keyEncoding: 'view', valueEncoding: 'view', createIfMissing: false }
  const level = new Level<Uint8Array, Uint8Array>(directory, encoding)
  try {
    return await use(level)
  } finally {
    await level.close()
  }
}

/** The first line that a child says. */
async function said(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [text] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return text.trim()
}
