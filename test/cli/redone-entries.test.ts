import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EntryReader } from '../../src/adapter/audit-log/entry-reader.ts'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { openCore } from '../../src/cli/core.ts'
import { readAuditLine } from '../../src/model/audit-entry.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { makeDirectory } from '../system/fault/new-directory.ts'
import { auditProblemsOf } from '../system/fault/told-steps.ts'
import { doToldStep, TOLD_STEP } from '../system/fault/workload.ts'

const WRITER = { name: 'w' }
let home: string
let data: string

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-redone-'))
  data = join(home, 'data')
  await makeDirectory(data)
}, 60_000)

afterEach(() => {
  rmSync(home, { recursive: true })
})

const open = async (path: string) => openCore(await openDataDirectory(path), { log: silentLog })

function toldSteps(path: string): readonly string[] {
  return [...new EntryReader(join(path, 'audit'), 0).read()].flatMap(({ text }) => {
    const entry = readAuditLine(text)
    return entry?.operation === TOLD_STEP ? [`${entry.kind} ${entry.op}`] : []
  })
}

test('a start gives the log what it lost of what the store has done, once and in its order', async () => {
  const [before, crashed] = [join(home, 'before'), join(home, 'crashed')]
  const core = await open(data)
  try {
    await doToldStep(core, WRITER, 0)
    await core.audit?.trail.synced()
    cpSync(join(data, 'audit'), before, { recursive: true })
    await doToldStep(core, WRITER, 1)
    await doToldStep(core, WRITER, 2)
    // The lease of this process is none of the one that crashed.
    const filter = (path: string) => !basename(path).includes('.lease-')
    cpSync(data, crashed, { recursive: true, filter })
  } finally {
    await core.close()
  }
  rmSync(join(crashed, 'audit'), { recursive: true })
  cpSync(before, join(crashed, 'audit'), { recursive: true })
  expect(toldSteps(crashed)).toEqual(['intent 0', 'outcome 0'])
  for (let start = 0; start < 2; start += 1) {
    const again = await open(crashed)
    try {
      expect(auditProblemsOf(again, [{ writer: WRITER, acknowledged: 3 }])).toEqual([])
    } finally {
      await again.close()
    }
    expect(toldSteps(crashed)).toEqual(
      [0, 1, 2].flatMap((step) => [`intent ${step}`, `outcome ${step}`]),
    )
  }
}, 60_000)
