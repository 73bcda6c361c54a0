import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Checkpoint } from '../../../src/adapter/audit-log/checkpoint.ts'
import type { AuditOptions } from '../../../src/adapter/audit-log/open.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

let parent: string
let directory: string
let checkpoint: Checkpoint

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kmipd-audit-open-'))
  directory = join(parent, 'audit')
  checkpoint = await write(0, 10)
})

afterEach(() => {
  rmSync(parent, { recursive: true })
})

async function open(given: Partial<AuditOptions> = {}) {
  return openLog(directory, { startHasher: hasherInProcess(), ...given })
}

/** Opens the log, appends and closes it; answers with its last checkpoint. */
async function write(from: number, to: number, given: Partial<AuditOptions> = {}) {
  const log = await open(given)
  await fill(log, { from, to })
  await log.close()
  if (log.checkpoint === undefined) throw new RangeError('nothing was signed')
  return log.checkpoint
}

function changeLines(edit: (lines: string[]) => void): void {
  const path = join(directory, '00000000000000000000.jsonl')
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  edit(lines)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
}

async function expectRefused(message: RegExp, given: Partial<AuditOptions> = {}): Promise<void> {
  const before = content()
  const refusal = { code: 'UNAVAILABLE', message: expect.stringMatching(message) as string }
  await expect(open(given)).rejects.toMatchObject(refusal)
  expect(content()).toEqual(before)
}

function content(): readonly (readonly [string, string])[] {
  return readdirSync(directory)
    .toSorted()
    .map((name) => [name, readFileSync(join(directory, name), 'latin1')])
}

describe('a log that does not fit its last checkpoint', () => {
  test('is refused and left as it is where entries were cut off, with the entry that is missing', async () => {
    changeLines((lines) => lines.splice(7))
    await expectRefused(
      /^The audit log was altered at entry 7 \(.*\.jsonl, line 8\): it is missing/,
    )
  })

  test('ends before a piece that a failure of power has left out, whatever the disk kept behind it', async () => {
    const path = join(directory, '00000000000000000000.jsonl')
    const behind = Buffer.concat([Buffer.alloc(700), Buffer.from(`${lineOf(12)}\n${lineOf(13)}\n`)])
    appendFileSync(
      path,
      Buffer.concat([Buffer.from(`${lineOf(10)}\n${lineOf(11).slice(0, 9)}`), behind]),
    )
    const log = await open({ remembered: checkpoint })
    const lines = [11, 12, 13].map((index) => Buffer.from(lineOf(index)))
    expect(log.size).toBe(11)
    expect(log.missing(lines, 0)).toEqual(lines)
    for (const line of lines) log.append(line)
    await log.close()
    const told = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(told).toEqual(Array.from({ length: 14 }, (_, index) => lineOf(index)))
    const { finding, entries } = verifyAudit({ directory, key: PUBLIC_KEY })
    expect({ finding, entries }).toEqual({ finding: undefined, entries: 14 })
  })

  test('is refused where a piece is left out of what it is known to have held', async () => {
    const longer = await write(10, 14)
    changeLines((lines) => {
      lines[12] = `${'\0'.repeat(9)}${lines[12] ?? ''}`
    })
    rmSync(join(directory, 'frontier'), { force: true })
    await expectRefused(/altered at entry 12/, { remembered: longer })
  })

  test('is refused where a segment was removed', async () => {
    rmSync(join(directory, '00000000000000000000.jsonl'))
    await expectRefused(/^The audit log/)
  })

  test('is refused where an entry was edited and the edge of the tree is not kept', async () => {
    changeLines((lines) => (lines[3] = lineOf(99)))
    rmSync(join(directory, 'frontier'))
    await expectRefused(/^The audit log was altered at entry 3 \(.*, line 4\): it was altered/)
  })

  test('is refused where its checkpoint is not signed with the key, or damaged, or of another store', async () => {
    const path = join(directory, 'checkpoints')
    const text = readFileSync(path, 'utf8')
    await expectRefused(/is not signed by this store$/, {
      key: generateKeyPairSync('ed25519').privateKey,
    })
    await expectRefused(/is of another store$/, { name: 'kmipd/other' })
    writeFileSync(path, text.replace('\n10\n', '\n9\n'))
    await expectRefused(/is not signed by this store$/)
    writeFileSync(path, text.replace('\n10\n', '\n1x\n'))
    await expectRefused(/^The last checkpoint in .* is damaged$/)
    writeFileSync(path, `${text}something\nelse\n\n\n\n\n\n`)
    await expectRefused(/is damaged$/)
  })

  test('is refused where the directory cannot be read as one', async () => {
    writeFileSync(join(parent, 'file'), '')
    directory = join(parent, 'file')
    await expect(open()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('a log that the store remembers', () => {
  test('is opened where it is that log, whether or not it has gone on since', async () => {
    const remembered = checkpoint
    expect(await write(10, 12, { remembered })).toMatchObject({ size: 12 })
    expect(await write(12, 13, { remembered })).toMatchObject({ size: 13 })
    appendFileSync(join(directory, '00000000000000000000.jsonl'), `${lineOf(13)}\n`)
    expect(await write(14, 15, { remembered })).toMatchObject({ size: 15 })
  })

  test('is refused where it is gone', async () => {
    rmSync(directory, { recursive: true })
    const refusal = {
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/it was removed$/) as string,
    }
    await expect(open({ remembered: checkpoint })).rejects.toMatchObject(refusal)
  })

  test('is refused where it was put back to before', async () => {
    const copy = join(parent, 'copy')
    cpSync(directory, copy, { recursive: true })
    const remembered = await write(10, 20)
    rmSync(directory, { recursive: true })
    cpSync(copy, directory, { recursive: true })
    await expectRefused(
      /^The audit log does not hold what it held: it was cut, put back or replaced$/,
      {
        remembered,
      },
    )
  })

  test('is refused where it was put back to before and used since', async () => {
    const copy = join(parent, 'copy')
    cpSync(directory, copy, { recursive: true })
    const remembered = await write(10, 20)
    rmSync(directory, { recursive: true })
    cpSync(copy, directory, { recursive: true })
    await write(30, 40)
    await expectRefused(/^The audit log does not hold what it held/, { remembered })
    await write(40, 50)
    await expectRefused(/is another one than the store knows of$/, { remembered })
  })

  test('is refused where it is another one of the same store', async () => {
    const remembered = { ...checkpoint, origin: 'kmipd/test/00000000' }
    await expectRefused(/is another one than the store knows of$/, { remembered })
  })

  test('is taken where its last checkpoints were lost, and its entries are there', async () => {
    const path = join(directory, 'checkpoints')
    const before = readFileSync(path)
    const remembered = await write(10, 20)
    writeFileSync(path, before)
    expect(await write(20, 21, { remembered })).toMatchObject({ size: 21 })
    const { finding, entries } = verifyAudit({ directory, key: PUBLIC_KEY })
    expect({ finding, entries }).toEqual({ finding: undefined, entries: 21 })
  })
})

describe('a directory that others may write to', () => {
  test.each([0o770, 0o702])('is refused, of the mode %o', async (mode) => {
    await write(0, 1)
    chmodSync(directory, mode)
    await expectRefused(/may be written to by others \(chmod 700 it\)/)
    chmodSync(directory, 0o750)
    await write(1, 2)
    chmodSync(directory, mode)
    const elsewhere = directory
    directory = join(parent, 'link')
    await expect(open({ elsewhere })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('a log that lies elsewhere', () => {
  test('is found by way of the directory, and there is one place for it', async () => {
    const [elsewhere, another] = ['elsewhere', 'another'].map((name) => join(parent, name))
    directory = join(parent, 'link')
    await write(0, 5, { elsewhere })
    expect(readdirSync(elsewhere ?? '')).toContain('key.pem')
    expect(await write(5, 6)).toMatchObject({ size: 6 })
    expect(await write(6, 7, { elsewhere })).toMatchObject({ size: 7 })
    await expectRefused(/lies in .*elsewhere already: move it to .*another/, { elsewhere: another })
    directory = join(parent, 'audit')
    await expectRefused(/lies in .*audit already: move it to/, { elsewhere })
  })
})
