import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Archive } from '../../../src/adapter/backup/archive.ts'
import { ChunkCipher, ChunkWriter } from '../../../src/adapter/backup/chunk.ts'
import { encodeHeader } from '../../../src/adapter/backup/header.ts'
import { END_ITEM, encodeEntries } from '../../../src/adapter/backup/item.ts'
import { readBackup } from '../../../src/adapter/backup/read.ts'
import { KEYRING_KEY } from '../../../src/adapter/keyring.ts'
import { frameOfPut } from '../../../src/adapter/store-level/frame.ts'
import { encodeHead } from '../../../src/adapter/store-level/head.ts'
import type { Entry } from '../../../src/port/store.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { plainSeal } from '../fixtures/plain-unlock.ts'

/* What whoever has every key could write, and is still not a store. */

const KEY = Secret.copyOf(new Uint8Array(32).fill(1))
const KEYRING = Uint8Array.of(1, 2, 3)
const keyring: Entry = { key: KEYRING_KEY, value: KEYRING, revision: 1n }
const first: Entry = { key: Uint8Array.of(1), value: Uint8Array.of(2), revision: 1n }
const last: Entry = { key: Uint8Array.of(0x7f), value: Uint8Array.of(3), revision: 2n }
const WHOLE = [first, keyring, last]

let parent: string

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-read-'))
})

afterAll(async () => {
  await rm(parent, { recursive: true })
})

interface Forgery {
  /** What the head says that the store holds; what is in the stream where it is not given. */
  readonly written?: readonly Entry[]
  readonly stream?: readonly Entry[]
  readonly end?: Uint8Array
  readonly counted?: number
}

async function read({
  written = WHOLE,
  stream = written,
  end = END_ITEM,
  counted = written.length,
}: Forgery): Promise<number> {
  const frames = written.map(({ key, value, revision }) => frameOfPut(key, value, revision).bytes)
  const contents = { entries: written.length, set: plainSeal.combine(frames) }
  const place = { sequence: 2n, batch: 2n, chain: new Uint8Array(32) }
  const header = encodeHeader({
    backupId: new Uint8Array(16),
    generation: 0,
    time: 0,
    entries: counted,
    head: encodeHead({ ...place, contents }, plainSeal),
    keyring: KEYRING,
    sealedKey: new Uint8Array(0),
    settings: new Uint8Array(0),
  })
  const writer = new ChunkWriter(new ChunkCipher(KEY, { backupId: new Uint8Array(16) }, header))
  const chunks = [...writer.write(Buffer.concat([encodeEntries(stream), end]))]
  const path = join(parent, 'backup')
  await writeFile(path, Buffer.concat([header, ...chunks, writer.end()]))
  const archive = await Archive.open(path)
  let seen = 0
  try {
    await readBackup(
      archive,
      { keys: { key: KEY }, seal: plainSeal },
      {
        file: async () => Promise.resolve(),
        entries: async ({ length }) => {
          seen += length
          return Promise.resolve()
        },
      },
    )
    return seen
  } finally {
    await archive.close()
  }
}

test('a backup is read when its entries are those of its head', async () => {
  expect(await read({})).toBe(3)
})

test.each<[string, Forgery, RegExp]>([
  ['an entry less', { stream: [first, keyring] }, /3 entries were written and 2 are there/],
  ['an entry more', { written: [first, keyring], stream: WHOLE }, /2 entries were written and 3/],
  ['another value', { stream: [first, keyring, { ...last, value: first.value }] }, /was altered/],
  ['another revision', { stream: [first, keyring, { ...last, revision: 9n }] }, /was altered/],
  ['another order', { stream: [first, last, keyring] }, /not in order/],
  ['an entry three times', { stream: [first, first, first, keyring, last] }, /not in order/],
  ['no keyring', { written: [first, last] }, /the keyring in it is not that of its header/],
  [
    'another keyring',
    { written: [{ ...keyring, value: first.value }] },
    /the keyring in it is not/,
  ],
  ['no end', { end: new Uint8Array(0) }, /its stream has no end/],
  ['a count that is not that of its head', { counted: 4 }, /its head is not one of the store/],
])('a backup is refused for %s', async (_what, forgery, message) => {
  await expect(read(forgery)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(read(forgery)).rejects.toThrow(message)
})
