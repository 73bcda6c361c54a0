import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countEntries, entryAt, EntryReader } from '../../../src/adapter/audit-log/entry-reader.ts'
import { segmentsIn } from '../../../src/adapter/audit-log/directory.ts'
import {
  problemOfProof,
  proveEntry,
  readProof,
  type AuditProof,
} from '../../../src/adapter/audit-log/prove.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

const ENTRIES = 50
let directory: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-prove-'))
  const limits = { segmentBytes: 1_000, segmentSeconds: 86_400, syncMs: 200 }
  const log = await openLog(directory, { limits, startHasher: hasherInProcess() })
  await fill(log, { from: 0, to: ENTRIES })
  await log.close()
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

describe('reading a log', () => {
  test('gives its entries from one on, over the borders of segments', () => {
    expect(segmentsIn(directory).length).toBeGreaterThan(3)
    expect(countEntries(directory)).toBe(ENTRIES)
    for (const from of [0, 1, 17, ENTRIES - 1, ENTRIES, ENTRIES + 5]) {
      const found = [...new EntryReader(directory, from).read()]
      const indexes = Array.from({ length: Math.max(0, ENTRIES - from) }, (_, at) => from + at)
      expect(found).toEqual(indexes.map((index) => ({ index, text: lineOf(index) })))
    }
    expect(entryAt(directory, 49)).toBe(lineOf(49))
    expect(entryAt(directory, 50)).toBeUndefined()
  })

  test('goes on with what has come since', () => {
    const other = mkdtempSync(join(tmpdir(), 'kmipd-tail-'))
    const write = (first: number, text: string) => {
      writeFileSync(join(other, `${String(first).padStart(20, '0')}.jsonl`), text)
    }
    const reader = new EntryReader(other, 0)
    const read = () => [...reader.read()].map(({ index, text }) => `${index}${text}`)
    expect(read()).toEqual([])
    write(0, 'a\nb\nc')
    expect(read()).toEqual(['0a', '1b'])
    write(0, 'a\nb\nc\n')
    write(3, '')
    expect(read()).toEqual(['2c'])
    write(3, 'd\n')
    expect(read()).toEqual(['3d'])
    rmSync(other, { recursive: true })
  })
})

describe('a proof', () => {
  test('of every entry holds, and comes back from its text', () => {
    for (let index = 0; index < ENTRIES; index += 1) {
      const proof = proveEntry(directory, index)
      expect(proof).toMatchObject({ index, entry: lineOf(index) })
      expect(readProof(JSON.stringify(proof))).toEqual(proof)
      expect(problemOfProof(proof, PUBLIC_KEY)).toBeUndefined()
    }
  })

  test('does not hold for anything else', () => {
    const proof = proveEntry(directory, 20)
    const [first = '', ...others] = proof.hashes
    const wrong: readonly Partial<AuditProof>[] = [
      { index: 21 },
      { index: 52 },
      { index: -1 },
      { entry: lineOf(21) },
      { entry: `${proof.entry} ` },
      { hashes: others },
      { hashes: [...others, first] },
      { hashes: [...proof.hashes, first] },
      { hashes: ['', ...others] },
      { hashes: proveEntry(directory, 22).hashes },
      { checkpoint: proof.checkpoint.replace('\n50\n', '\n51\n') },
      { checkpoint: '' },
    ]
    for (const change of wrong) {
      expect(
        problemOfProof({ ...proof, ...change }, PUBLIC_KEY),
        JSON.stringify(change),
      ).toBeDefined()
    }
    const before = { ...proveEntry(directory, 0), index: -1 }
    expect(problemOfProof(before, PUBLIC_KEY)).toBeDefined()
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(problemOfProof(proof, publicKey)).toBe('its checkpoint is not signed with the key')
  })

  test.each(['', '{}', '[]', 'null', '{"index":1,"entry":"","hashes":1,"checkpoint":""}'])(
    'is none where it is %s',
    (text) => {
      expect(readProof(text)).toBeUndefined()
    },
  )

  test('is not made of what is not there, or of a log that was altered', () => {
    expect(() => proveEntry(directory, ENTRIES)).toThrow(
      expect.objectContaining({ code: 'OBJECT_NOT_FOUND' }),
    )
    const path = join(directory, '00000000000000000000.jsonl')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(lineOf(2), lineOf(99)))
    expect(() => proveEntry(directory, 2)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    writeFileSync(path, text)
  })
})
