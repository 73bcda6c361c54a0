import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transpileScript, type TranspiledScript } from '../fixtures/transpiled.ts'

let home: string
let script: TranspiledScript

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-thread-'))
  script = await transpileScript('../../adapter/audit-log/fixtures/busy-end.ts')
}, 120_000)
afterAll(async () => {
  await script.dispose()
  rmSync(home, { recursive: true })
})

test('a log that is closed while its thread still owes something keeps the process alive until it is', () => {
  for (let run = 0; run < 5; run += 1) {
    const { status, stdout } = spawnSync(
      process.execPath,
      [script.path, join(home, `log-${String(run)}`)],
      { encoding: 'utf8', timeout: 60_000 },
    )
    // 13 is what node ends with when nothing is left that could bring what is waited for.
    expect([status, stdout]).toEqual([0, 'closed\n'])
  }
}, 240_000)
