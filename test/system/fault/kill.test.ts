import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyStore } from '../../../src/cli/compose.ts'
import type { Core } from '../../../src/cli/core.ts'
import { transpileScript, type TranspiledScript } from '../../adapter/fixtures/transpiled.ts'
import { Dice } from '../dice.ts'
import { openDirectory } from './directory.ts'
import { problemsOf, type Progress } from './inspection.ts'
import { makeDirectory } from './new-directory.ts'
import { auditProblemsOf } from './told-steps.ts'

const KILLS = Number(env['KMIPD_KILLS'] ?? 100)
const SEED = Number(env['KMIPD_KILL_SEED'] ?? Date.now() % 1_000_000)
const WRITERS = 8
/** A new data directory after so many kills, which all of it is proved at the end of. */
const KILLS_A_STORE = 25
/** Milliseconds to the kill, at most: from the order to open, or from when that was done. */
const LONGEST = 200
/** Processes that have loaded their modules and wait. */
const WAITING = 2

type Child = ChildProcessByStdio<Writable, Readable, null>

let script: TranspiledScript
let parent: string
const waiting: Child[] = []

beforeAll(async () => {
  script = await transpileScript('../../system/fault/fixtures/kill-writer.ts')
  parent = await mkdtemp(join(tmpdir(), 'kmipd-kill-'))
  while (waiting.length < WAITING) waiting.push(prepare())
}, 120_000)

afterAll(async () => {
  for (const child of waiting) child.kill('SIGKILL')
  await script.dispose()
  await rm(parent, { recursive: true })
})

test(
  `after each of ${KILLS} kills of a process that opens and writes, all that was acknowledged is there`,
  async () => {
    console.info(`kill: ${KILLS} kills, seed ${SEED} (KMIPD_KILLS, KMIPD_KILL_SEED)`)
    const dice = new Dice(SEED)
    const counts = { kills: 0, acknowledged: 0, opening: 0 }
    while (counts.kills < KILLS) {
      const directory = join(parent, 'data')
      await makeDirectory(directory)
      const all: Progress[] = []
      for (let left = Math.min(KILLS_A_STORE, KILLS - counts.kills); left > 0; left -= 1) {
        const progress = await writeUntilKilled(directory, `k${counts.kills}`, dice)
        await expectWhole(directory, counts.kills, async (core) => [
          ...(await problemsOf(core, progress)),
          ...auditProblemsOf(core, progress),
        ])
        all.push(...progress)
        const steps = progress.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
        counts.kills += 1
        counts.acknowledged += steps
        if (steps === 0) counts.opening += 1
        if (counts.kills % 500 === 0) console.info('kill:', counts)
      }
      await expectWhole(directory, counts.kills, async (core) => {
        const { findings } = await verifyStore(core)
        const wrong = [...(await problemsOf(core, all)), ...auditProblemsOf(core, all)]
        return [...findings.map(({ problem }) => problem), ...wrong]
      })
      await rm(directory, { recursive: true })
    }
    console.info('kill: all there:', counts)
    // Fewer would mean that the kills came before the writers had begun.
    expect(counts.acknowledged).toBeGreaterThan(KILLS)
  },
  60_000 + KILLS * 5_000,
)

async function expectWhole(
  directory: string,
  kill: number,
  look: (core: Core) => Promise<readonly string[]>,
): Promise<void> {
  const core = await openDirectory(directory)
  try {
    expect(await look(core), `after kill ${kill} of seed ${SEED}`).toEqual([])
  } finally {
    await core.close()
  }
}

/** Answers with what was acknowledged to each writer. */
async function writeUntilKilled(
  directory: string,
  name: string,
  dice: Dice,
): Promise<readonly Progress[]> {
  const child = waiting.shift() ?? prepare()
  waiting.push(prepare())
  const isOpening = dice.oneIn(4)
  const delay = dice.below(LONGEST)
  let output = ''
  let kill: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') child.stdin.write(`${directory}\t${name}\n`)
    output += text
    if (isOpening || output.includes('open\n')) {
      kill ??= setTimeout(() => child.kill('SIGKILL'), delay)
    }
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect([code, signal]).toEqual([null, 'SIGKILL'])
  // The last line may be cut short: what is not whole was not heard.
  const lines = output.slice(0, output.lastIndexOf('\n') + 1).split('\n')
  return Array.from({ length: WRITERS }, (_, number) => ({
    writer: { name: `${name}-${number}` },
    acknowledged: lines.filter((line) => line === String(number)).length,
  }))
}

function prepare(): Child {
  const child = spawn(execPath, [script.path, String(WRITERS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined)
  return child
}
