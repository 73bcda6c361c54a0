import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from '../adapter/audit-log/fixture.ts'
import { runKmipd } from './program.ts'

vi.setConfig({ testTimeout: 120_000 })

const ENTRIES = 30
let parent: string
let directory: string

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kmipd-cli-audit-'))
  directory = join(parent, 'audit')
  const limits = { segmentBytes: 1_000, segmentSeconds: 86_400, syncMs: 200 }
  const log = await openLog(directory, { limits, startHasher: hasherInProcess() })
  await fill(log, { from: 0, to: ENTRIES })
  await log.close()
  const pem = PUBLIC_KEY.export({ type: 'spki', format: 'pem' })
  writeFileSync(join(parent, 'kept.pem'), pem)
})

afterAll(() => {
  rmSync(parent, { recursive: true })
})

async function run(...words: readonly string[]) {
  return runKmipd(['audit', ...words], { cwd: parent })
}

describe('kmipd audit', () => {
  test('verify says that all is as written, with the key beside the log or a kept one', async () => {
    const beside = await run('verify', '--data', '.')
    expect(beside).toMatchObject({ code: 0, stderr: '' })
    expect(beside.stdout).toMatch(/^30 entries under \d+ checkpoints: all as written\n$/)
    const kept = await run('verify', '--directory', 'audit', '--key', 'kept.pem', '--json')
    expect(JSON.parse(kept.stdout)).toMatchObject({ entries: 30, unproven: 0 })
  })

  test('tail shows the last entries', async () => {
    const { stdout } = await run('tail', '--data', '.', '-n', '2')
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^28 {2}\S+ {2}operation {2}- {2}Get {2}o$/),
      expect.stringMatching(/^29 {2}/),
      '',
    ])
    const { stdout: json } = await run('tail', '--data', '.', '-n', '1', '--json')
    expect(JSON.parse(json)).toEqual({ index: 29, ...(JSON.parse(lineOf(29)) as object) })
  })

  test('prove makes a proof that verify takes without the log', async () => {
    const made = await run('prove', '7', '--data', '.', '--output', 'proof.json')
    expect(made).toMatchObject({ code: 0, stdout: 'proof of entry 7 written to proof.json\n' })
    const held = await run('verify', '--proof', 'proof.json', '--key', 'kept.pem')
    expect(held.stdout).toContain(`entry 7 of kmipd/test/`)
    expect(held.stdout).toContain(lineOf(7))
    const path = join(parent, 'proof.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"index": 7', '"index": 8'))
    const wrong = await run('verify', '--proof', 'proof.json', '--key', 'kept.pem')
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toContain('the proof does not hold')
  })

  test('export writes a range of entries', async () => {
    const { stdout } = await run('export', '--data', '.', '--from', '3', '--to', '5')
    const indexes = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { index: number }).index)
    expect(indexes).toEqual([3, 4])
    const made = await run('export', '--data', '.', '--format', 'cef', '--output', 'all.cef')
    expect(made.stdout).toBe('30 entries exported\n')
    const lines = readFileSync(join(parent, 'all.cef'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(ENTRIES)
    expect(lines.every((line) => line.startsWith('CEF:0|kmipd|'))).toBe(true)
  })

  test.each([
    [['verify'], 2, 'give one of --data and --directory'],
    [['verify', '--data', '.', '--directory', 'audit'], 2, 'give one of --data and --directory'],
    [['verify', '--data', '.', '--key', 'nothing'], 1, 'cannot be read (ENOENT)'],
    [['verify', '--data', '.', '--proof', 'kept.pem'], 1, 'holds no proof'],
    [['verify', '--proof', 'kept.pem'], 2, 'give --key with the public key of the log'],
    [['export', '--data', '.', '--output', 'x', '--syslog', 'x'], 2, 'give one of --output'],
    [['verify', '--data', '.', '--checkpoint', 'kept.pem'], 1, 'holds no checkpoint'],
    [['prove', '30', '--data', '.'], 1, 'there is no entry 30'],
    [['prove', 'x', '--data', '.'], 2, 'not the number of an entry'],
    [['export', '--data', '.', '--syslog', 'x'], 2, '--syslog takes'],
    [['tail', '--directory', 'nowhere'], 1, 'cannot be read (ENOENT)'],
  ])('%j is refused', async (words, code, text) => {
    const outcome = await run(...words)
    expect(outcome).toMatchObject({ code, stdout: '' })
    expect(outcome.stderr).toContain(text)
  })

  test('verify says which entry was altered', async () => {
    const path = join(directory, '00000000000000000000.jsonl')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(lineOf(4), lineOf(44)))
    const outcome = await run('verify', '--data', '.')
    expect(outcome.code).toBe(1)
    expect(outcome.stdout).toMatch(/^4 +0{20}\.jsonl +5 +it was altered, moved, added or removed$/m)
    expect(outcome.stderr).toBe('kmipd: error: the audit log is not as it was written\n')
    writeFileSync(path, text)
  })
})
