import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { recordKey, valueOf } from './fixtures/crash-record.ts'
import { silentLog } from './fixtures/recording-log.ts'
import { transpileScript, type TranspiledScript } from './fixtures/transpiled.ts'

/** Whether this machine has strace and lets it trace. */
const CAN_TRACE = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0
if (!CAN_TRACE) {
  console.warn('SKIPPED: errors of the disk are not injected, since strace cannot be used here')
}

/** What strace is to do to the system calls of LevelDB; a call is counted in each thread for itself. */
const FAULTS: [string, (directory: string) => string[]][] = [
  ['a sync that fails', () => ['-e', 'inject=fdatasync:error=EIO:when=12']],
  ['syncs that fail again and again', () => ['-e', 'inject=fdatasync:error=EIO:when=9+11']],
  ['a log that cannot be written', (at) => [...logs(at), '-e', 'inject=write:error=EIO:when=12']],
  ['a disk that is full', (at) => [...logs(at), '-e', 'inject=write:error=ENOSPC:when=9+11']],
]

describe.skipIf(!CAN_TRACE)('LevelDB on a disk with errors', () => {
  let script: TranspiledScript
  let parent: string

  beforeAll(async () => {
    script = await transpileScript('fault-writer.ts')
    parent = await mkdtemp(join(tmpdir(), 'kmipd-disk-'))
  })

  afterAll(async () => {
    await script.dispose()
    await rm(parent, { recursive: true })
  })

  test.each(FAULTS)(
    'after %s every acknowledged commit is there, and the store goes on',
    async (name, inject) => {
      const directory = join(parent, name)
      await (
        await openLevelStore({ directory, create: true, unlock: unlockPlain, log: silentLog })
      ).close()
      const lines = await run(directory, inject(directory))
      expect(lines.at(-1)).toBe('end')
      const told = lines.slice(0, -1).map(parse)
      const faults = told.filter(({ outcome }) => outcome !== 'acknowledged')
      expect(new Set(faults.map(({ outcome }) => outcome))).toEqual(new Set(['UNAVAILABLE']))
      expect(told.length - faults.length).toBe(8 * 40)

      const store = await openLevelStore({
        directory,
        create: false,
        unlock: unlockPlain,
        log: silentLog,
      })
      for (const { outcome, record } of told) {
        if (outcome !== 'acknowledged') continue
        const entry = await store.get(recordKey(record))
        expect(entry?.value, JSON.stringify(record)).toEqual(new Uint8Array(valueOf(record)))
      }
      await store.close()
    },
    60_000,
  )

  async function run(directory: string, inject: readonly string[]): Promise<string[]> {
    const strace = ['-f', '-qq', '-o', '/dev/null', '-e', 'signal=none', ...inject]
    const child = spawn('strace', [...strace, execPath, script.path, directory], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    await once(child, 'close')
    return output.trim().split('\n')
  }
})

/** The logs that LevelDB may come to while the script runs. */
function logs(directory: string): string[] {
  return Array.from({ length: 60 }, (_, number) => [
    '-P',
    join(directory, `${String(number).padStart(6, '0')}.log`),
  ]).flat()
}

function parse(line: string) {
  const [outcome = '', writer = '', step = ''] = line.split(' ')
  return { outcome, record: { cycle: 0, writer: Number(writer), step: Number(step) } }
}
