import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { openCore, type Core } from '../../src/cli/core.ts'
import { tellStart } from '../../src/cli/run-in-audit.ts'
import { acceptStore } from '../../src/cli/store-acceptance.ts'
import { problemOfToldStore, type ToldStore } from '../../src/cli/store-in-audit.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { makeDirectory } from '../system/fault/new-directory.ts'

const home = mkdtempSync(join(tmpdir(), 'kmipd-store-in-audit-'))
let data: string
let count = 0

beforeEach(async () => {
  data = join(home, String((count += 1)))
  await makeDirectory(data)
}, 60_000)
afterAll(() => {
  rmSync(home, { recursive: true })
})

async function open(isUnproved = false): Promise<Core> {
  return openCore(await openDataDirectory(data), { log: silentLog, isUnproved })
}

/** Uses the directory for once. */
async function use(work: (core: Core) => Promise<void> = async () => Promise.resolve()) {
  const core = await open()
  try {
    if (core.audit !== undefined) await tellStart(core.audit, core, '1')
    await work(core)
  } finally {
    await core.close()
  }
}

async function change({ store }: Core): Promise<void> {
  await store.commit({ checks: [], puts: [], dels: [] })
}

function putBack(from: string): void {
  for (const name of ['store', 'store.head']) {
    rmSync(join(data, name), { recursive: true })
    cpSync(join(from, name), join(data, name), { recursive: true })
  }
}

/** Puts the store and its anchor back to before it was changed; the log stays. */
async function rollBack(): Promise<void> {
  const before = `${data}-before`
  await use()
  cpSync(data, before, { recursive: true, filter: (path) => !path.endsWith('.sock') })
  await use(change)
  putBack(before)
}

describe('a store that was put back with its anchor, beside a log that was not', () => {
  test('is refused, and the log stays as it is', async () => {
    await rollBack()
    const segment = join(data, 'audit', `${'0'.repeat(20)}.jsonl`)
    const log = readFileSync(segment)
    await expect(open()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /^The store is older than its audit log tells of 2.*\(batch \d+\): it was put back to an earlier state; 'kmipd store accept' takes the store as it is$/,
      ) as unknown,
    })
    expect(readFileSync(segment).equals(log)).toBe(true)
  }, 60_000)

  test('is taken as it is by those who say so, who are told what was against it', async () => {
    await rollBack()
    const core = await open(true)
    try {
      const { problem } = await acceptStore(core, { newLogFor: undefined, clock: false })
      expect(problem).toMatch(/^The store is older than its audit log tells of /)
    } finally {
      await core.close()
    }
    await use(change)
    await use()
  }, 60_000)
})

test('a store that has gone on since its log was told is opened', async () => {
  await use()
  await use(async (core) => {
    await change(core)
    // As after a crash: nobody tells how it ended.
    await core.audit?.trail.synced()
    const copy = `${data}-crashed`
    cpSync(data, copy, { recursive: true, filter: (path) => !path.includes('.lease-') })
    const crashed = data
    data = copy
    await use(change)
    data = crashed
  })
}, 60_000)

test('a store of a later generation is not held against what was told of an earlier one', async () => {
  await use(change)
  const core = await open(true)
  try {
    const { head } = core.store
    const standing = (batch: bigint, generation: number): string | undefined => {
      const store: ToldStore['store'] = {
        head,
        standingTo: (told) =>
          told instanceof Uint8Array || told.batch > batch ? 'behind' : 'held',
      }
      return problemOfToldStore(join(data, 'audit'), { store, generation })
    }
    expect(standing(head.batch, 0)).toBeUndefined()
    expect(standing(0n, 0)).toMatch(/^The store is older /)
    expect(standing(0n, 1)).toBeUndefined()
  } finally {
    await core.close()
  }
}, 60_000)
