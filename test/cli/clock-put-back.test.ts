import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { openCore, type Core, type CoreOptions } from '../../src/cli/core.ts'
import { acceptStore } from '../../src/cli/store-acceptance.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { makeDirectory } from '../system/fault/new-directory.ts'

const YEAR = 31_536_000
let home: string
let data: string

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-clock-'))
  data = join(home, 'data')
  await makeDirectory(data)
}, 60_000)

afterEach(() => {
  vi.useRealTimers()
  rmSync(home, { recursive: true })
})

/** Opens the directory, does some work at a time and closes it. */
async function at<T>(
  seconds: number,
  work: (core: Core) => Promise<T>,
  given: Partial<CoreOptions> = {},
): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: seconds * 1_000 })
  const core = await openCore(await openDataDirectory(data), { log: silentLog, ...given })
  try {
    return await work(core)
  } finally {
    await core.close()
  }
}

async function tell({ audit }: Core): Promise<void> {
  await audit?.tell({ operation: 'Test' })
}

test('a clock that was put back while nothing ran is seen, and its time stands still', async () => {
  const now = Math.floor(Date.now() / 1_000)
  await at(now, tell)
  for (let run = 0; run < 3; run += 1) {
    await at(now - YEAR, async (core) => {
      expect(core.clock.behind).toBeGreaterThanOrEqual(YEAR)
      expect(core.clock.now()).toBeGreaterThanOrEqual(now)
      // That a run with the wrong time ends well does not make it the right one.
      await tell(core)
    })
  }
  await at(now + 60, async ({ clock }) => {
    await Promise.resolve()
    expect([clock.behind, clock.now()]).toEqual([0, now + 60])
  })
}, 120_000)

test('a clock that was ahead counts as it is once that is accepted', async () => {
  const now = Math.floor(Date.now() / 1_000)
  await at(now + YEAR, tell)
  const acceptance = { newLogFor: undefined, clock: true }
  const accept = async (core: Core) => acceptStore(core, acceptance)
  expect(await at(now, accept, { isUnproved: true })).toMatchObject({ behind: YEAR })
  await at(now, async ({ clock }) => {
    await Promise.resolve()
    expect([clock.behind, clock.now()]).toEqual([0, now])
  })
}, 120_000)
