import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transpileScript, type TranspiledScript } from '../../adapter/fixtures/transpiled.ts'
import { openDataDirectory } from '../../../src/adapter/data-directory.ts'
import { openCore } from '../../../src/cli/core.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'
import { Dice } from '../dice.ts'
import { openDirectory } from './directory.ts'
import { problemsOf } from './inspection.ts'
import { makeDirectory } from './new-directory.ts'
import { doStep } from './workload.ts'

const CYCLES = Number(env['KMIPD_FULL_DISKS'] ?? 8)
const SEED = Number(env['KMIPD_FULL_DISK_SEED'] ?? Date.now() % 1_000_000)
const WRITERS = 4
const BALLAST = 16_777_216
/** A new data directory after so many cycles. */
const CYCLES_A_STORE = 20
/** Milliseconds in which a store is to be written again once there is room. */
const RECOVERED_MS = 10_000

describe.skipIf(!canMount())('a disk that is full', () => {
  let script: TranspiledScript
  let mount: string

  beforeAll(async () => {
    script = await transpileScript('../../system/fault/fixtures/full-disk-writer.ts')
    mount = await mkdtemp(join(tmpdir(), 'kmipd-full-'))
    mountAt(mount)
  }, 120_000)

  afterAll(async () => {
    spawnSync('umount', [mount])
    await script.dispose()
    await rm(mount, { recursive: true })
  })

  test(
    `loses nothing in ${CYCLES} cycles, is read on, and is written again when there is room`,
    async () => {
      console.info(
        `full disk: ${CYCLES} cycles, seed ${SEED} (KMIPD_FULL_DISKS, KMIPD_FULL_DISK_SEED)`,
      )
      const dice = new Dice(SEED)
      let slowest = 0
      for (let done = 0; done < CYCLES; done += CYCLES_A_STORE) {
        const directory = join(mount, `data-${done}`)
        await makeDirectory(directory)
        const writer = new Writer(script.path, directory)
        for (let left = Math.min(CYCLES_A_STORE, CYCLES - done); left > 0; left -= 1) {
          slowest = Math.max(slowest, await cycle(writer, dice))
        }
        const acknowledged = await writer.end()
        const core = await openDirectory(directory)
        expect(await problemsOf(core, acknowledged), `of seed ${SEED}`).toEqual([])
        await core.close()
        await rm(directory, { recursive: true })
      }
      console.info(
        `full disk: ${CYCLES} cycles, written again after ${Math.round(slowest)} ms at most`,
      )
      expect(slowest).toBeLessThan(RECOVERED_MS)
    },
    60_000 + CYCLES * 60_000,
  )

  test('lets a store be opened, which is read and not written until there is room', async () => {
    const directory = join(mount, 'data')
    await makeDirectory(directory)
    const options = { log: silentLog, ballast: BALLAST }
    const first = await openCore(await openDataDirectory(directory), options)
    await first.store.keepBallast()
    await doStep(first, { name: 'f-0' }, 0)
    await first.close()
    const filler = join(mount, 'filler')
    fill(filler, 0)
    const core = await openCore(await openDataDirectory(directory), options)
    expect(await problemsOf(core, [{ writer: { name: 'f-0' }, acknowledged: 1 }])).toEqual([])
    await expect(doStep(core, { name: 'f-0' }, 1)).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    rmSync(filler)
    const written = async () => doStep(core, { name: 'f-0' }, 1).then(() => 'written', String)
    await expect.poll(written, { timeout: RECOVERED_MS }).toBe('written')
    await core.close()
  })

  /** Fills the disk, waits until writing is refused, looks that reading is not, and makes room. */
  async function cycle(writer: Writer, dice: Dice): Promise<number> {
    await writer.heard((line) => /^\d$/u.test(line), 5 + dice.below(40))
    const filler = join(mount, 'filler')
    fill(filler, dice.oneIn(2) ? 0 : dice.below(262_144))
    await writer.heard((line) => line === 'refused SERVER_LIMIT', 3)
    const seen = await writer.heard((line) => line === 'read' || line.startsWith('unread'), 10)
    expect(seen.filter((line) => line.startsWith('unread'))).toEqual([])
    rmSync(filler)
    const started = performance.now()
    await writer.heard((line) => /^\d$/u.test(line), WRITERS)
    return performance.now() - started
  }
})

/** A process that writes until it is told to end. */
class Writer {
  readonly #child
  readonly #lines: string[] = []
  #wake = (): void => undefined
  #rest = ''

  constructor(script: string, directory: string) {
    this.#child = spawn(execPath, [script, directory, String(BALLAST)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      this.#lines.push(...lines)
      this.#wake()
    })
    this.#child.once('exit', () => {
      this.#wake()
    })
  }

  /** The next so many lines of a kind from now on. */
  async heard(isWanted: (line: string) => boolean, count: number): Promise<readonly string[]> {
    const from = this.#lines.length
    for (;;) {
      const found = this.#lines.slice(from).filter(isWanted)
      if (found.length >= count) return found
      if (this.#child.exitCode !== null)
        throw new Error(`it ended: ${this.#lines.slice(-5).join()}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** What was acknowledged to each. */
  async end() {
    const closed = once(this.#child, 'close')
    this.#child.stdin.end('end\n')
    await closed
    expect(this.#lines.at(-1)).toBe('end')
    return Array.from({ length: WRITERS }, (_, number) => ({
      writer: { name: `f-${number}` },
      acknowledged: this.#lines.filter((line) => line === String(number)).length,
    }))
  }
}

/** Leaves so many bytes of the disk. */
function fill(path: string, left: number): void {
  const file = openSync(path, 'w')
  try {
    for (let bytes = 1_048_576; bytes >= 4_096;) {
      const { bavail, bsize } = statfsSync(path)
      if (bavail * bsize < left + bytes) bytes /= 2
      else writeSync(file, Buffer.alloc(bytes))
    }
  } catch (error) {
    // Somebody else took the last of it.
    if (!String(error).includes('ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}

/** A small disk of its own takes the right to mount one. */
function canMount(): boolean {
  const place = join(tmpdir(), `kmipd-mount-${process.pid}`)
  mkdirSync(place)
  const isMounted = mountAt(place)
  if (isMounted) spawnSync('umount', [place])
  else console.warn('SKIPPED: no disk is filled, since none can be mounted here')
  rmSync(place, { recursive: true })
  return isMounted
}

function mountAt(place: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', place]).status === 0
}
