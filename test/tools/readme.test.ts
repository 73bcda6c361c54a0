import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { membersOf } from '../../src/schema/enumeration.ts'
import { VERSIONS, existsIn } from '../../src/schema/version.ts'
import { OFFER } from '../../src/server/offer.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { OPERATIONS } from '../../src/spec/operation.ts'
import { operationTable, withTable } from '../../tools/operation-table.mjs'

const table = operationTable({
  operations: Object.values(OPERATIONS),
  built: new Set(OFFER.operations.map((value) => membersOf(Operation).nameOf(value) ?? '')),
  versions: VERSIONS,
  existsIn,
})

test('the README tells the operations there are (else: npm run build && node tools/readme.mjs)', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(withTable(readme, table)).toBe(readme)
})

test('the table has a row for each operation that Query lists, and a mark only where its version has it', () => {
  const rows = table.split('\n').slice(2)
  expect(rows).toHaveLength(OFFER.operations.length)
  const setAttribute = rows.find((row) => row.startsWith('| SetAttribute'))
  const cells = setAttribute?.split('|').map((cell) => cell.trim())
  expect(cells?.slice(2, 9)).toEqual(['', '', '', '', '', 'yes', 'yes'])
})
