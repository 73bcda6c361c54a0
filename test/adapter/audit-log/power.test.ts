import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import type { LogLine } from '../fixtures/recording-log.ts'
import { fill, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-audit-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

const FIRST = `${'0'.repeat(20)}.jsonl`
const NEXT = `${'50'.padStart(20, '0')}.jsonl`

/** Entries 20 to 49 are lost but for two and the beginning of a third; the file behind them has its name. */
async function loseEntries(content: string): Promise<void> {
  const log = await openLog(directory)
  await fill(log, { from: 0, to: 20 })
  await log.close()
  const rest = `${lineOf(20)}\n${lineOf(21)}\n${lineOf(22).slice(0, 30)}`
  appendFileSync(join(directory, FIRST), rest)
  writeFileSync(join(directory, NEXT), content)
}

test.each([
  ['nothing', ''],
  ['entries', `${lineOf(50)}\n${lineOf(51)}\n`],
])(
  'a log goes on before a file with %s whose predecessor was not yet on the disk when the power failed',
  async (_, content) => {
    await loseEntries(content)
    const lines: LogLine[] = []
    const log = await openLog(directory, {}, lines)
    expect(log.size).toBe(22)
    expect(lines.map(({ fields }) => fields['left'])).toEqual([`${NEXT}.unsynced`])
    expect(readFileSync(join(directory, `${NEXT}.unsynced`), 'utf8')).toBe(content)
    await fill(log, { from: 22, to: 24 })
    await log.close()
    const report = verifyAudit({ directory, key: PUBLIC_KEY })
    expect(report).toMatchObject({ entries: 24, segments: 1, unproven: 0, finding: undefined })
  },
)

test('a log is refused, and left as it is, where something says that it went on behind such a file', async () => {
  await loseEntries('')
  const before = readdirSync(directory).toSorted()
  const remembered = { origin: '', size: 40, root: new Uint8Array(32) }
  const [origin = ''] = readFileSync(join(directory, 'checkpoints'), 'utf8').split('\n')
  const opening = openLog(directory, { remembered: { ...remembered, origin } })
  await expect(opening).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(readdirSync(directory).toSorted()).toEqual(before)
})
