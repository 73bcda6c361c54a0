import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { openCore, type Core } from '../../src/cli/core.ts'
import { initialize } from '../../src/cli/initialize.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import {
  NOW,
  OWNER,
  aesKey,
  criterion,
  entry,
  inUnit,
  materialOf,
  named,
  query,
  sha256,
} from '../repository/sample.ts'
import { corrupt, type Original } from './corruption.ts'
import { Dice } from './dice.ts'

const COUNT = Number(process.env['KMIPD_CORRUPTIONS'] ?? 500)
const SEED = Number(process.env['KMIPD_CORRUPTION_SEED'] ?? Date.now() % 1_000_000)
const OBJECTS = 24

let parent: string
let original: Original

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-corruption-'))
  const directory = join(parent, 'data')
  original = { directory, earlier: join(parent, 'earlier') }
  await initialize(directory, { root: { kind: 'file' }, hosts: [], log: silentLog })
  // LevelDB makes a table of its log at each opening: this leaves several, and a log with something in it.
  await write(directory, 0, OBJECTS / 3)
  await write(directory, OBJECTS / 3, (2 * OBJECTS) / 3)
  await cp(directory, original.earlier, { recursive: true })
  await write(directory, (2 * OBJECTS) / 3, OBJECTS)
}, 60_000)

afterAll(async () => {
  await rm(parent, { recursive: true })
})

test(
  `after each of ${COUNT} corruptions the start says so, or every answer is right`,
  async () => {
    console.info(`corruption: ${COUNT}, seed ${SEED} (KMIPD_CORRUPTIONS, KMIPD_CORRUPTION_SEED)`)
    const dice = new Dice(SEED)
    const copy = join(parent, 'copy')
    const counts = { refused: 0, right: 0 }
    while (counts.refused + counts.right < COUNT) {
      const done = await corrupt(original, copy, dice)
      if (done !== undefined) counts[await outcomeOf(copy, done)] += 1
    }
    console.info(`corruption: ${counts.refused} refused, ${counts.right} served, all rightly`)
    // Either being rare would mean that the corruptions were not.
    expect(counts.refused).toBeGreaterThan(COUNT / 4)
    expect(counts.right).toBeGreaterThan(0)
  },
  60_000 + COUNT * 2_000,
)

test('a directory that nothing was done to is served', async () => {
  const copy = join(parent, 'whole')
  await cp(original.directory, copy, { recursive: true })
  expect(await outcomeOf(copy, 'nothing')).toBe('right')
})

async function outcomeOf(directory: string, done: string): Promise<'refused' | 'right'> {
  let core: Core
  try {
    core = await open(directory)
  } catch (error) {
    expect(error, `after ${done}`).toBeInstanceOf(KmipFault)
    return 'refused'
  }
  try {
    await expectRight(core, done)
    return 'right'
  } finally {
    await core.close()
  }
}

/** Asks for everything that was stored, by everything that it can be found by. */
async function expectRight({ objects }: Core, done: string): Promise<void> {
  const unit = objects.begin({ owner: OWNER, now: NOW })
  for (let number = 0; number < OBJECTS; number += 1) {
    const object = await unit.load(`key-${number}`)
    expect(materialOf(object), `after ${done}`).toEqual(sha256(`material ${number}`))
    const { uniqueIdentifiers } = await unit.locate(named(`name ${number}`))
    expect(uniqueIdentifiers, `after ${done}`).toEqual([`key-${number}`])
  }
  const all = query([criterion(entry('CryptographicUsageMask', 0b0100))])
  const { uniqueIdentifiers } = await unit.locate(all)
  expect(uniqueIdentifiers.length, `after ${done}`).toBe(OBJECTS)
  expect((await objects.list({ limit: 1000 }, NOW)).length, `after ${done}`).toBe(OBJECTS)
}

async function write(directory: string, from: number, to: number): Promise<void> {
  const core = await open(directory)
  for (let number = from; number < to; number += 1) {
    const object = aesKey({
      id: `key-${number}`,
      names: [`name ${number}`],
      material: sha256(`material ${number}`),
    })
    await inUnit(core.objects, async (unit) => unit.add(object))
  }
  await core.close()
}

async function open(directory: string): Promise<Core> {
  return openCore(await openDataDirectory(directory), { log: silentLog })
}
