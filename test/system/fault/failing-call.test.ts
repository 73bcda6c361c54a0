import { cp, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyStore } from '../../../src/cli/compose.ts'
import { transpileScript, type TranspiledScript } from '../../adapter/fixtures/transpiled.ts'
import { Dice } from '../dice.ts'
import { openDirectory } from './directory.ts'
import { CALLS, writeWithFailure, type CallName, type Failure } from './failing-call.ts'
import { problemsOf, type Progress } from './inspection.ts'
import { makeDirectory } from './new-directory.ts'
import { CAN_TRACE } from './strace.ts'

const RUNS = Number(env['KMIPD_FAILING_CALLS'] ?? 15)
const SEED = Number(env['KMIPD_FAILING_CALL_SEED'] ?? Date.now() % 1_000_000)
const NAMES: readonly CallName[] = ['write', 'sync', 'rename', 'open', 'unlink']
const ERRORS = ['EIO', 'ENOSPC', 'EDQUOT']
const FULL = new Set(['ENOSPC', 'EDQUOT'])
/** The last call that is made to fail; of some calls there are not so many. */
const LAST: Readonly<Record<CallName, number>> = {
  write: 300,
  sync: 300,
  rename: 300,
  open: 300,
  unlink: 4,
}
const BALLAST = 1_048_576
/** Runs at the same time: most of one is waiting. */
const ABREAST = 2

if (!CAN_TRACE) console.warn('SKIPPED: no calls fail, since strace cannot be used here')

describe.skipIf(!CAN_TRACE)('a call of the system that fails', () => {
  let script: TranspiledScript
  let parent: string

  beforeAll(async () => {
    script = await transpileScript('../../system/fault/fixtures/failing-writer.ts')
    parent = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kmipd-calls-'))
    await makeDirectory(join(parent, 'new'))
  }, 120_000)

  afterAll(async () => {
    await script.dispose()
    await rm(parent, { recursive: true })
  })

  test(
    `loses nothing that was acknowledged and nothing is read wrongly, in ${RUNS} runs`,
    async () => {
      console.info(
        `failing calls: ${RUNS} runs, seed ${SEED} (KMIPD_FAILING_CALLS, KMIPD_FAILING_CALL_SEED)`,
      )
      const failures = failuresOf(new Dice(SEED))
      const counts = { runs: 0, failed: 0, acknowledged: 0, refused: 0, unopened: 0, unreached: 0 }
      const problems: string[] = []
      const work = async (): Promise<void> => {
        for (let next = failures.shift(); next !== undefined; next = failures.shift()) {
          const found = await run(next, `data-${failures.length}`)
          counts.runs += 1
          for (const what of [
            'failed',
            'acknowledged',
            'refused',
            'unopened',
            'unreached',
          ] as const)
            counts[what] += found[what]
          for (const problem of found.problems) problems.push(`${wordsOf(next)}: ${problem}`)
          if (counts.runs % 50 === 0) console.info('failing calls:', counts, problems.slice(0, 10))
        }
      }
      await Promise.all(Array.from({ length: ABREAST }, work))
      console.info('failing calls:', counts)
      expect(problems, `of seed ${SEED}`).toEqual([])
      // Otherwise nothing was tried.
      expect(counts.unreached).toBeLessThan(RUNS / 2)
      expect(counts.acknowledged).toBeGreaterThan(RUNS)
      expect(counts.refused).toBeGreaterThan(0)
    },
    60_000 + RUNS * 20_000,
  )

  async function run(failure: Failure, name: string) {
    const directory = join(parent, name)
    await cp(join(parent, 'new'), directory, { recursive: true, preserveTimestamps: true })
    const ballast = FULL.has(failure.error) ? BALLAST : 0
    const told = await writeWithFailure({ script: script.path, directory, ballast }, failure)
    const progress = progressIn(told.lines)
    const wrong = told.lines.filter((line) => line.startsWith('wrong'))
    if (told.lines.at(-1) !== 'end' && wrong.length === 0) wrong.push('wrong end')
    const problems = [...wrong, ...(await problemsAfter(directory, progress))]
    await rm(directory, { recursive: true })
    return {
      problems,
      failed: told.failed,
      acknowledged: progress.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
      refused: told.lines.filter((line) => line.startsWith('refused n-')).length,
      unopened: told.lines.filter((line) => line.startsWith('refused open')).length,
      unreached: told.failed === 0 ? 1 : 0,
    }
  }
})

/** Every call in turn, with every error in turn. */
function failuresOf(dice: Dice): Failure[] {
  return Array.from({ length: RUNS }, (_, index) => {
    const call = NAMES[index % NAMES.length] ?? 'write'
    const round = Math.floor(index / NAMES.length)
    const error = ERRORS[round % ERRORS.length] ?? 'EIO'
    return { call, error, nth: nthOf(call, round, dice), isLasting: dice.oneIn(4) }
  })
}

/** One after the other where there are runs enough for each of them, otherwise any. */
function nthOf(call: CallName, round: number, dice: Dice): number {
  const last = LAST[call]
  return RUNS >= last * NAMES.length ? 1 + (round % last) : 1 + dice.below(last)
}

function progressIn(lines: readonly string[]): readonly Progress[] {
  const steps = new Map<string, number>()
  for (const line of lines) {
    const [, name] = /^(?:refused )?(n-\d+-\d+)$/u.exec(line) ?? []
    if (name === undefined) continue
    steps.set(name, (steps.get(name) ?? 0) + (line === name ? 1 : 0))
  }
  return Array.from(steps, ([name, acknowledged]) => ({
    writer: { name, padding: 0 },
    acknowledged,
  }))
}

/** What a process finds that no call fails for. */
async function problemsAfter(
  directory: string,
  progress: readonly Progress[],
): Promise<readonly string[]> {
  try {
    const core = await openDirectory(directory)
    try {
      const { findings } = await verifyStore(core)
      return [...findings.map(({ problem }) => problem), ...(await problemsOf(core, progress))]
    } finally {
      await core.close()
    }
  } catch (error) {
    return [`not opened: ${String(error)}`]
  }
}

function wordsOf({ call, error, nth, isLasting }: Failure): string {
  return `${error} of ${CALLS[call]} ${nth}${isLasting ? ' and all after it' : ''}`
}
