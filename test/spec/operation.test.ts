import { describe, expect, test } from 'vitest'
import { membersOf } from '../../src/schema/enumeration.ts'
import { existsIn } from '../../src/schema/version.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { GENERAL_REASONS, OPERATION_REASONS } from '../../src/spec/operation-reasons.ts'
import { operationByCode, OPERATIONS } from '../../src/spec/operation.ts'
import { RESULT_REASONS } from '../../src/spec/result-reason.ts'
import { normalise, sorted, standardOf, STANDARDS } from './standard.ts'

describe.each(STANDARDS)('operations of KMIP $version', ({ version, operations, reasons }) => {
  const major = version === '1.4' ? 'v1' : 'v2'

  test('are all in the table, and none besides', () => {
    const inTable = OPERATIONS.filter((row) => existsIn(row, version)).map(({ name }) => name)
    expect(sorted(inTable)).toEqual(sorted(Object.keys(operations).map(normalise)))
  })

  test('have the clauses of their sections', () => {
    if (version === '2.0') return
    const inTable = OPERATIONS.flatMap(({ name, clause }) => {
      const found = clause[major]
      return found === undefined ? [] : [[name, found] as const]
    })
    const inText = Object.entries(operations).map(([title, clause]) => [normalise(title), clause])
    expect(Object.fromEntries(inTable)).toEqual(Object.fromEntries(inText))
  })

  test('fail for the reasons of their tables of errors', () => {
    // 2.1 is the newer word on 2.x; what 2.0 lists must be among it.
    const missing = OPERATIONS.flatMap(({ name }) => {
      const title = Object.keys(reasons).find((key) => normalise(key) === name)
      const inText = (title === undefined ? [] : (reasons[title] ?? [])).map(normalise)
      const inTable: readonly string[] = [
        ...OPERATION_REASONS[name][major],
        ...GENERAL_REASONS[major],
      ]
      return inText.filter((reason) => !inTable.includes(reason)).map((reason) => [name, reason])
    })
    expect(missing).toEqual([])
  })
})

/** The operations for which a text has a table of errors, and the reasons in it. */
function tablesOf(version: '1.4' | '2.1'): Map<string, readonly string[]> {
  const { reasons } = standardOf(version)
  return new Map(
    Object.entries(reasons).map(([title, list]) => [normalise(title), list.map(normalise)]),
  )
}

describe('reasons', () => {
  test('[KMIP 1.4 11.1] of any operation are those of the general table', () => {
    expect(sorted(GENERAL_REASONS.v1)).toEqual(sorted(tablesOf('1.4').get('General') ?? []))
  })

  test('[KMIP 2.1 6.1] of any operation are in every table', () => {
    const tables = [...tablesOf('2.1').values()]
    expect(tables.length).toBe(58)
    const common = GENERAL_REASONS.v2.filter((reason) => tables.every((t) => t.includes(reason)))
    expect(common).toEqual(GENERAL_REASONS.v2)
  })

  test.each(['v1', 'v2'] as const)('of %s are in no table that the text has not', (major) => {
    const tables = tablesOf(major === 'v1' ? '1.4' : '2.1')
    const besides = OPERATIONS.flatMap(({ name }) =>
      OPERATION_REASONS[name][major]
        .filter((reason) => tables.get(name)?.includes(reason) !== true)
        .map((reason) => `${name}: ${reason}`),
    )
    expect(besides).toEqual([])
  })

  test.each([
    ['v1', '1.4'],
    ['v2', '2.1'],
  ] as const)('of %s exist in KMIP %s', (major, version) => {
    const byName = new Map(RESULT_REASONS.map((row) => [row.name, row]))
    const used = [
      ...GENERAL_REASONS[major],
      ...OPERATIONS.flatMap(({ name }) => OPERATION_REASONS[name][major]),
    ]
    const unknown = used.filter((name) => {
      const row = byName.get(name)
      return row === undefined || !existsIn(row, version)
    })
    expect(unknown).toEqual([])
  })

  test('are listed whole', () => {
    expect(RESULT_REASONS.length).toBe(membersOf(ResultReason).members.length)
    expect(RESULT_REASONS.find(({ name }) => name === 'GeneralFailure')?.value).toBe(0x100)
  })
})

test('an operation is found by its code', () => {
  expect(operationByCode(Operation.Get)?.name).toBe('Get')
  expect(operationByCode(0x7fff)).toBeUndefined()
  expect(OPERATIONS.length).toBe(membersOf(Operation).members.length)
})
