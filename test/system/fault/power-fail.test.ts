import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Core } from '../../../src/cli/core.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { transpileScript, type TranspiledScript } from '../../adapter/fixtures/transpiled.ts'
import { Dice } from '../dice.ts'
import { openDirectory } from './directory.ts'
import { Disk, type NameModel } from './disk.ts'
import { problemsOf } from './inspection.ts'
import { makeDirectory } from './new-directory.ts'
import { CAN_TRACE } from './strace.ts'
import { auditProblemsOf } from './told-steps.ts'
import { eventsIn, straceArguments, type Event } from './trace.ts'

const IMAGES = Number(env['KMIPD_POWER_FAILS'] ?? 60)
const SEED = Number(env['KMIPD_POWER_FAIL_SEED'] ?? Date.now() % 1_000_000)
const WRITERS = 8
const MODELS: readonly NameModel[] = ['ordered', 'journal', 'strict']
const STDOUT = 1
/** Openings, and steps of each writer in each of them: enough for LevelDB to begin a new log and to merge tables. */
const OPENS = '2'
const STEPS = '44'

/** What the start after a power failure came to. */
type Outcome = 'right' | 'nothing made' | 'refused' | 'lost'

if (!CAN_TRACE) console.warn('SKIPPED: no power fails, since strace cannot be used here')

describe.skipIf(!CAN_TRACE)('a power failure', () => {
  let script: TranspiledScript
  let parent: string
  let recorded: readonly Event[] | undefined

  beforeAll(async () => {
    script = await transpileScript('../../system/fault/fixtures/traced-writer.ts')
    // Images are many and are synced by whoever opens them: better not to a disk.
    parent = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kmipd-power-'))
  }, 120_000)

  afterAll(async () => {
    await script.dispose()
    await rm(parent, { recursive: true })
  })

  test.each(MODELS)(
    'whose disk keeps names by the model %s loses nothing that was acknowledged',
    async (model) => {
      const count = Math.ceil(IMAGES / MODELS.length)
      const { outcomes, problems } = await play(await synced(), model, count)
      console.info(`power fail, ${model}: ${count} images, seed ${SEED}:`, outcomes)
      if (problems.length > 0) console.info(problems.slice(0, 10).join('\n'))
      expect(outcomes.lost, `of seed ${SEED}`).toBe(0)
      if (model !== 'strict') expect(outcomes.refused, `of seed ${SEED}`).toBe(0)
      // Some three in ten come before anything is made: with few images, by chance, more.
      expect(outcomes.right).toBeGreaterThan(count / 4)
    },
    120_000 + IMAGES * 2_000,
  )

  test(
    'of a store that does not sync loses what was acknowledged, and that is seen',
    async () => {
      const count = Math.ceil(IMAGES / MODELS.length)
      const { outcomes } = await play(await record('unsynced'), 'journal', count)
      console.info(`power fail without syncs: ${count} images, seed ${SEED}:`, outcomes)
      expect(outcomes.lost + outcomes.refused, `of seed ${SEED}`).toBeGreaterThan(count / 8)
    },
    120_000 + IMAGES * 2_000,
  )

  async function play(
    events: readonly Event[],
    model: NameModel,
    count: number,
  ): Promise<{ readonly outcomes: Record<Outcome, number>; readonly problems: readonly string[] }> {
    const dice = new Dice(SEED)
    const points = pointsIn(events, count, dice)
    const disk = new Disk(root(), model)
    const told = new Told()
    const outcomes = { right: 0, 'nothing made': 0, refused: 0, lost: 0 }
    const image = join(parent, 'image')
    for (const [index, event] of events.entries()) {
      disk.apply(event)
      told.hear(event)
      for (; points[0] === index; points.shift()) {
        await rm(image, { recursive: true, force: true })
        disk.writeImage(image, dice)
        const { outcome, why } = await outcomeOf(join(image, 'data'), told)
        outcomes[outcome] += 1
        if (outcome === 'refused' || outcome === 'lost') told.problems.push(`call ${index}: ${why}`)
      }
    }
    const each = Number(OPENS) * Number(STEPS)
    expect(told.acknowledged, 'acknowledgements in the trace').toEqual(Array(WRITERS).fill(each))
    return { outcomes, problems: told.problems }
  }

  /** What a process did that made a data directory and wrote there. */
  async function record(syncing: 'synced' | 'unsynced'): Promise<readonly Event[]> {
    await rm(root(), { recursive: true, force: true })
    await mkdir(root())
    const output = join(parent, 'trace')
    const child = [execPath, script.path, join(root(), 'data'), OPENS, STEPS, syncing]
    const { status, stderr } = spawnSync('strace', [...straceArguments(output), ...child], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    return [...eventsIn(await readFile(output, 'latin1'))]
  }

  async function synced(): Promise<readonly Event[]> {
    recorded ??= await record('synced')
    return recorded
  }

  function root(): string {
    return join(parent, 'root')
  }
})

/** Half of them anywhere, half soon after a change of names. */
function pointsIn(events: readonly Event[], count: number, dice: Dice): number[] {
  const changes = [...events.keys()].filter((at) => isNameChange(events[at]))
  const points = Array.from({ length: count }, () => {
    if (dice.oneIn(2)) return dice.below(events.length)
    return Math.min(dice.pick(changes) + dice.below(100), events.length - 1)
  })
  return points.toSorted((one, other) => one - other)
}

function isNameChange(event: Event | undefined): boolean {
  if (event?.call === 'open') return event.flags.create
  return event?.call === 'rename' || event?.call === 'unlink'
}

/** What was acknowledged, as it was told through a pipe. */
class Told {
  isMade = false
  readonly problems: string[] = []
  readonly acknowledged = Array.from({ length: WRITERS }, () => 0)

  hear(event: Event): void {
    if (event.call !== 'write' || event.fd !== STDOUT) return
    for (const line of event.data.toString().trimEnd().split('\n')) this.#take(line)
  }

  /** Throws for what is not understood: an acknowledgement that is passed over is one that may be lost. */
  #take(line: string): void {
    const count = this.acknowledged[Number(line)]
    if (line === 'made') this.isMade = true
    else if (count === undefined) throw new TypeError(`not an acknowledgement: ${line}`)
    else this.acknowledged[Number(line)] = count + 1
  }
}

async function outcomeOf(
  directory: string,
  told: Told,
): Promise<{ readonly outcome: Outcome; readonly why: string }> {
  let core: Core
  try {
    core = await openDirectory(directory)
  } catch (error) {
    if (!(error instanceof KmipFault)) return { outcome: 'lost', why: String(error) }
    return told.isMade
      ? { outcome: 'refused', why: error.message }
      : await outcomeOfNothing(directory, error.message)
  }
  try {
    const progress = told.acknowledged.map((acknowledged, number) => ({
      writer: { name: `w-${number}` },
      acknowledged,
    }))
    const problems = [...(await problemsOf(core, progress)), ...auditProblemsOf(core, progress)]
    return { outcome: problems.length === 0 ? 'right' : 'lost', why: problems.join(', ') }
  } finally {
    await core.close()
  }
}

/** Where nothing was made yet, it can be made. */
async function outcomeOfNothing(directory: string, why: string) {
  if (!why.endsWith('is not a kmipd data directory')) return { outcome: 'refused', why } as const
  await makeDirectory(directory)
  await (await openDirectory(directory)).close()
  return { outcome: 'nothing made', why } as const
}
