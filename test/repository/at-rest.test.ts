import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { envelopeSealer } from '../../src/adapter/sealer-envelope.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from '../adapter/fixtures/plain-unlock.ts'
import type { Sealer } from '../../src/port/sealer.ts'
import { Secret } from '../../src/secret/secret.ts'
import { silentLog } from './level.ts'
import {
  aesKey,
  criterion,
  entry,
  inUnit,
  named,
  NOW,
  openObjects,
  query,
  sha256,
  vendorText,
} from './sample.ts'

const OWNER = 'owner of secrets'
const MATERIAL = sha256('key material that nobody may see')
/** No other number of the test is near it. */
const DATE = 0x6b_5a_49_38

const PLANTED: Readonly<Record<string, Uint8Array>> = {
  'key material': MATERIAL,
  'digest of it': sha256(MATERIAL),
  name: text('name-nobody-may-read'),
  group: text('group-nobody-may-read'),
  comment: text('comment-nobody-may-read'),
  'value of a custom attribute': text('value-nobody-may-read'),
  'name of a custom attribute': text('Custom-Nobody-May-Read'),
  owner: text(OWNER),
  date: dateBytes(DATE),
}

let parent = ''

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-at-rest-'))
})

afterEach(async () => {
  await rm(parent, { recursive: true })
})

test('nothing of an object can be read on disk, in whatever form', async () => {
  const key = (): Secret => nodeRandom.bytes(32)
  const epochs = new Map([[1, key()]])
  await writeObjects(envelopeSealer({ storeId: new Uint8Array(16), index: key(), epochs }))
  expect(await hits()).toEqual([])
})

test('the search finds everything where nothing is sealed: the control of the test above', async () => {
  await writeObjects(transparentSealer)
  const found = new Set((await hits()).map(({ what }) => what))
  expect([...found].sort()).toEqual(Object.keys(PLANTED).sort())
})

/** Hides nothing. Blinded values are as long as they are, so that they show up in keys too. */
const transparentSealer: Sealer = {
  seal: (_, plaintext) => Uint8Array.from(plaintext),
  open: (_, sealed) => Secret.copyOf(sealed),
  blind: (_, input) => input.slice(0, 200),
  destroy: () => undefined,
}

/** Writes, changes, searches and closes, so that the log, the tables and the keys have all been used. */
async function writeObjects(sealer: Sealer): Promise<void> {
  const directory = join(parent, 'store')
  const store = await openLevelStore({
    directory,
    create: true,
    unlock: unlockPlain,
    log: silentLog,
  })
  const { objects } = await openObjects(store, 10, sealer)
  const scope = { owner: OWNER, now: NOW }
  const object = aesKey({
    id: 'a',
    owner: OWNER,
    material: MATERIAL,
    names: ['name-nobody-may-read'],
    entries: [
      entry('ObjectGroup', 'group-nobody-may-read'),
      entry('ActivationDate', DATE),
      vendorText('Custom-Nobody-May-Read', 'value-nobody-may-read'),
    ],
  })
  await inUnit(objects, async (unit) => unit.add(object), scope)
  await inUnit(
    objects,
    async (unit) => {
      const { attributes, ...rest } = await unit.load('a')
      await unit.save({
        ...rest,
        attributes: attributes.with('Comment', 'comment-nobody-may-read'),
      })
      for (const each of [named('name-nobody-may-read'), query([criterion(entry('State', 1))])]) {
        await unit.locate(each)
      }
    },
    scope,
  )
  await store.close()
  // Opening moves what is in the log to a table.
  await (
    await openLevelStore({ directory, create: false, unlock: unlockPlain, log: silentLog })
  ).close()
}

interface Hit {
  readonly what: string
  readonly form: string
}

async function hits(): Promise<readonly Hit[]> {
  const files = await readdir(parent, { recursive: true, withFileTypes: true })
  const found: Hit[] = []
  for (const file of files.filter((each) => each.isFile())) {
    const content = await readFile(join(file.parentPath, file.name))
    const lower = Buffer.from(content.toString('latin1').toLowerCase(), 'latin1')
    for (const [what, bytes] of Object.entries(PLANTED)) {
      for (const [form, wanted] of formsOf(Buffer.from(bytes))) {
        const where = form === 'hex' ? lower : content
        if (where.includes(wanted)) found.push({ what, form })
      }
    }
  }
  return found
}

/** What bytes look like raw, as UTF-16, in hex, and in Base64 at each of its three alignments. */
function formsOf(bytes: Buffer): readonly (readonly [string, Buffer])[] {
  const aligned = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    return whole.slice(shift === 0 ? 0 : 4, -4)
  })
  return [
    ['raw', bytes],
    ['UTF-16', Buffer.from(bytes.toString('latin1'), 'utf16le')],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ...aligned
      .filter((each) => each.length >= 8)
      .map((each) => ['Base64', Buffer.from(each)] as const),
  ]
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** A date as TTLV has it. */
function dateBytes(seconds: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(seconds))
  return bytes
}
