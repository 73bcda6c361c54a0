import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDirectory } from '../src/adapter/data-directory.ts'
import { openCore } from '../src/cli/core.ts'
import { initialize } from '../src/cli/initialize.ts'
import { silentLog } from '../test/adapter/fixtures/recording-log.ts'
import { serve } from '../test/cli/serving.ts'
import { table } from './figures.ts'
import { fillStore } from './objects.ts'

/** How long the built program takes from its start to the line that says it listens. */
export interface RestartFigure {
  readonly objects: number
  /** Of one start each, the fastest first. */
  readonly seconds: readonly number[]
}

/** Starts a server again and again over stores of so many objects, with the root in a file. */
export async function measureRestart(
  sizes: readonly number[] = [0, 100_000],
  rounds = 3,
): Promise<readonly RestartFigure[]> {
  const figures: RestartFigure[] = []
  for (const objects of sizes) figures.push(await measureOne(objects, rounds))
  return figures
}

/** The figures as a table. */
export function restartTable(figures: readonly RestartFigure[]): string {
  return table(
    ['objects', 'seconds, the median', 'fastest and slowest'],
    figures.map(({ objects, seconds }) => [
      objects.toLocaleString('en'),
      text(seconds[Math.floor(seconds.length / 2)]),
      `${text(seconds[0])} and ${text(seconds.at(-1))}`,
    ]),
  )
}

async function measureOne(objects: number, rounds: number): Promise<RestartFigure> {
  const parent = await mkdtemp(join(tmpdir(), 'kmipd-bench-'))
  const data = join(parent, 'data')
  try {
    await initialize(data, { root: { kind: 'file' }, hosts: [], log: silentLog })
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    await fillStore(core, objects)
    await core.close()
    const seconds: number[] = []
    for (let round = 0; round < rounds; round += 1) seconds.push(await startOnce(data))
    return { objects, seconds: seconds.toSorted((a, b) => a - b) }
  } finally {
    await rm(parent, { recursive: true })
  }
}

async function startOnce(data: string): Promise<number> {
  const begun = performance.now()
  const server = await serve(['--data', data, '--port', '0'])
  const seconds = (performance.now() - begun) / 1_000
  await server.stop()
  return seconds
}

function text(seconds: number | undefined): string {
  return seconds === undefined ? '' : seconds.toFixed(2)
}
