import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transpileScript, type TranspiledScript } from '../fixtures/transpiled.ts'
import { lineOf, openLog } from './fixture.ts'

let directory: string
let script: TranspiledScript

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-verifying-'))
  script = await transpileScript('../../adapter/audit-log/fixtures/verify-in-thread.ts')
  const limits = { segmentBytes: 1_000_000, segmentSeconds: 86_400, syncMs: 200 }
  const log = await openLog(directory, { limits })
  for (let index = 0; index < 60_000; index += 1) log.append(lineOf(index))
  await log.close()
}, 120_000)

afterAll(async () => {
  await script.dispose()
  rmSync(directory, { recursive: true })
})

const run = () => {
  const { status, stdout } = spawnSync(process.execPath, [script.path, directory], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(status).toBe(0)
  return JSON.parse(stdout) as Record<'inThread' | 'alone' | 'ended' | 'took' | 'early', unknown>
}

test('a thread finds what is found without one, ends when it is told to, and keeps no process alive', () => {
  const { inThread, alone, ended, took, early } = run()
  expect(inThread).toMatchObject({ entries: 60_000, unproven: 0 })
  expect(inThread).toEqual(alone)
  const refused = ['UNAVAILABLE', 'the thread that reads it has ended']
  expect(ended).toEqual(refused)
  expect(early).toEqual(refused)
  // At a hundredth of a processor all of it would take ten seconds and more.
  expect(took).toBeLessThan(5_000)
}, 120_000)

test('what is wrong is found by the thread as it is without one', () => {
  const notes = join(directory, 'checkpoints')
  rmSync(notes)
  writeFileSync(join(directory, '00000000000000070000.jsonl'), '')
  const { inThread, alone } = run()
  expect(inThread).toEqual(alone)
  expect(inThread).toHaveProperty('finding.index')
}, 120_000)
