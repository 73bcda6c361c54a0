import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDataDirectory, type DataDirectory } from '../../src/adapter/data-directory.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { openRoot, type RootAccess, type RootRequest } from '../../src/adapter/root-of-directory.ts'
import { rotateRoot } from '../../src/adapter/root-rotation.ts'
import { SILENT } from '../../src/cli/admin-session.ts'
import { openCore } from '../../src/cli/core.ts'
import { initialize } from '../../src/cli/initialize.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { Store } from '../../src/port/store.ts'
import { Secret } from '../../src/secret/secret.ts'

// Deriving a key from a passphrase takes half a second of one processor, and some tests do it ten times.
vi.setConfig({ testTimeout: 120_000 })

let home: string
let data: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-root-'))
  data = join(home, 'data')
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

/** A root to begin with and one to end with, and what opens each. */
const PAIRS = [
  ['file', 'file'],
  ['file', 'passphrase'],
  ['passphrase', 'file'],
  ['passphrase', 'passphrase'],
] as const
type Kind = (typeof PAIRS)[number][number]

describe.each(PAIRS)('from a %s to a %s', (from, to) => {
  test('the new root opens the store from then on, and the old one no longer', async () => {
    await begin(from)
    const oldKey = rootKey()
    await rotate(from, to)
    expect(await opens(to, 'new')).toBe('opened')
    expect(await isClean(to)).toBe(true)
    if (oldKey !== undefined) expect(rootKey()).not.toBe(oldKey)
    if (from === 'passphrase') expect(await opens(from, 'old')).not.toBe('opened')
  })

  test('one that was killed before the keyring was written is taken back', async () => {
    await begin(from)
    const oldKey = rootKey()
    await expect(rotate(from, to, 'before')).rejects.toThrow('killed')
    expect((await openDataDirectory(data)).next).toBeDefined()
    if (to === 'passphrase' && from === 'passphrase') {
      expect(await opens(to, 'new')).toMatch(
        /^The rotation of the root of trust did not take effect: .* is opened by a passphrase$/,
      )
    }
    expect(await opens(from, 'old')).toBe('opened')
    expect(await isClean(from)).toBe(true)
    expect(rootKey()).toBe(oldKey)
  })

  test('one that was killed after it goes on, with the new root', async () => {
    await begin(from)
    await expect(rotate(from, to, 'after')).rejects.toThrow('killed')
    expect((await openDataDirectory(data)).next).toBeDefined()
    if (from === 'passphrase' && to === 'passphrase') {
      expect(await opens(from, 'old')).toMatch(
        /^The rotation of the root of trust has taken effect: .* is opened by a passphrase$/,
      )
    }
    expect(await opens(to, 'new')).toBe('opened')
    expect(await isClean(to)).toBe(true)
  })
})

test('a commit that failed leaves the old root', async () => {
  await begin('file')
  await expect(rotate('file', 'file', 'fail')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
  expect(await isClean('file')).toBe(true)
  expect(await opens('file', 'old')).toBe('opened')
})

test('one that was killed at any later moment goes on, too', async () => {
  const [key, staged] = [join(data, 'root.key'), join(data, 'root.next', 'root.key')]
  const kills: readonly (readonly [Kind, () => void])[] = [
    [
      'file',
      () => {
        writeFileSync(key, Buffer.alloc(32))
      },
    ],
    [
      'file',
      () => {
        renameSync(staged, key)
      },
    ],
    [
      'passphrase',
      () => {
        writeFileSync(key, Buffer.alloc(32))
      },
    ],
    [
      'passphrase',
      () => {
        rmSync(key)
      },
    ],
  ]
  for (const [to, kill] of kills) {
    rmSync(data, { recursive: true, force: true })
    await begin('file')
    await expect(rotate('file', to, 'after')).rejects.toThrow('killed')
    kill()
    expect(await opens(to, 'new')).toBe('opened')
    expect(await isClean(to)).toBe(true)
    expect(await opens(to, 'new')).toBe('opened')
  }
})

test('a root can be rotated again and again', async () => {
  await begin('file')
  for (let turn = 0; turn < 3; turn += 1) await rotate('file', 'file')
  expect(await opens('file', 'old')).toBe('opened')
})

test('a wrong old root changes nothing', async () => {
  await begin('passphrase')
  const before = readFileSync(join(data, 'kmipd.json'), 'utf8')
  const directory = await openDataDirectory(data)
  await expect(openRoot(directory, accessOf('passphrase', 'wrong'))).rejects.toMatchObject({
    message: 'The passphrase does not open this store',
  })
  expect(readFileSync(join(data, 'kmipd.json'), 'utf8')).toBe(before)
  expect(await opens('passphrase', 'old')).toBe('opened')
})

test('a passphrase that stays the same gets another salt', async () => {
  await begin('passphrase')
  const salt = await parameters()
  await rotate('passphrase', 'passphrase', undefined, 'old')
  expect(await parameters()).not.toEqual(salt)
  expect(await opens('passphrase', 'old')).toBe('opened')
})

async function begin(kind: Kind): Promise<void> {
  await initialize(data, { root: requestOf(kind, 'old'), hosts: [], log: SILENT })
}

/** What a kill leaves is what was done until then: nothing after it happens, the store no longer answers. */
async function rotate(
  from: Kind,
  to: Kind,
  killed?: 'before' | 'after' | 'fail',
  next = 'new',
): Promise<void> {
  const access = accessOf(from, 'old')
  const core = await openCore(await openDataDirectory(data), { ...access, log: SILENT })
  const root = await openRoot(core.directory, access)
  try {
    const { directory } = core
    const store = killed === undefined ? core.store : killedStore(core.store, killed)
    await rotateRoot({
      directory,
      store,
      from: root,
      to: requestOf(to, next),
      random: nodeRandom,
    })
  } finally {
    root.destroy()
    await core.close()
  }
}

function killedStore(store: Store, killed: 'before' | 'after' | 'fail'): Store {
  let isDead = false
  return {
    get: async (key) => {
      if (isDead) throw new Error('killed')
      return store.get(key)
    },
    getMany: async (keys) => store.getMany(keys),
    scan: async (range, options) => store.scan(range, options),
    snapshot: async () => store.snapshot(),
    commit: async (commit) => {
      if (killed === 'fail') throw new KmipFault('UNAVAILABLE', 'The disk is full')
      isDead = true
      if (killed === 'after') await store.commit(commit)
      throw new Error('killed')
    },
    close: async () => store.close(),
  }
}

/** `opened`, or why not. */
async function opens(kind: Kind, passphrase: string): Promise<string> {
  try {
    const directory = await openDataDirectory(data)
    const core = await openCore(directory, { ...accessOf(kind, passphrase), log: SILENT })
    await core.close()
    return 'opened'
  } catch (error) {
    return error instanceof KmipFault ? error.message : String(error)
  }
}

async function isClean(kind: Kind): Promise<boolean> {
  const { root, next }: DataDirectory = await openDataDirectory(data)
  const isThere = existsSync(join(data, 'root.key'))
  const isStaged = existsSync(join(data, 'root.next'))
  return root.kind === kind && next === undefined && isThere === (kind === 'file') && !isStaged
}

async function parameters(): Promise<object> {
  const { root } = await openDataDirectory(data)
  return root.kind === 'file' ? {} : root.parameters
}

function rootKey(): string | undefined {
  const path = join(data, 'root.key')
  return existsSync(path) ? readFileSync(path, 'hex') : undefined
}

function requestOf(kind: Kind, passphrase: string): RootRequest {
  return kind === 'file' ? { kind } : { kind, passphrase: secretOf(passphrase) }
}

function accessOf(kind: Kind, passphrase: string): RootAccess {
  return kind === 'file' ? {} : { passphrase: secretOf(passphrase) }
}

function secretOf(text: string): Secret {
  return Secret.copyOf(new TextEncoder().encode(text))
}
