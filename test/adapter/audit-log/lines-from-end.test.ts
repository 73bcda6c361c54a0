import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { segmentName } from '../../../src/adapter/audit-log/directory.ts'
import { linesFromEnd } from '../../../src/adapter/audit-log/lines-from-end.ts'

const home = mkdtempSync(join(tmpdir(), 'kmipd-from-end-'))
afterAll(() => {
  rmSync(home, { recursive: true })
})

test('the lines of all segments come last first, whatever their length and without one that was not ended', () => {
  // Pieces end within lines, between them, and within one that is longer than a piece.
  const lengths = [1, 1_048_575, 7, 3_000_000, 524_287, 524_287, 1_048_576, 0, 5, 2_097_151, 9]
  const lines = lengths.map((length, index) => String.fromCodePoint(97 + index).repeat(length))
  const text = (from: number, to: number) =>
    lines
      .slice(from, to)
      .map((line) => `${line}\n`)
      .join('')
  writeFileSync(join(home, segmentName(0)), text(0, 3))
  writeFileSync(join(home, segmentName(3)), text(3, 9))
  writeFileSync(join(home, segmentName(9)), `${text(9, 11)}torn`)
  expect(
    [...linesFromEnd(home)].map((line) => `${line.slice(0, 1)}${String(line.length)}`),
  ).toEqual(lines.map((line) => `${line.slice(0, 1)}${String(line.length)}`).reverse())
})
