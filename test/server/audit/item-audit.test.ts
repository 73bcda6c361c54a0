import { describe, expect, test } from 'vitest'
import { readAuditLine, type AuditKind } from '../../../src/model/audit-entry.ts'
import { ItemAudit, type ItemLines } from '../../../src/server/audit/item-audit.ts'

const A = 'aaaaaaaa-0000-4000-8000-000000000000'
const B = 'bbbbbbbb-0000-4000-8000-000000000000'

class Lines implements ItemLines {
  readonly all: string[] = []

  begin(kind: AuditKind): string {
    return `{"kind":"${kind}","time":"2026-01-02T03:04:05.678Z"`
  }

  append(line: string): void {
    this.all.push(line)
  }

  async written(): Promise<void> {
    return Promise.resolve()
  }
}

/** The objects that the line of an item tells of, once these steps were taken. */
function objectsAfter(steps: (entry: ItemAudit) => void): string | readonly string[] | undefined {
  const lines = new Lines()
  const members = ',"operation":"Get"'
  const entry = new ItemAudit(lines, {
    members,
    rule: 'role user',
    operation: 'Get',
    version: '2.1',
  })
  steps(entry)
  entry.end({})
  const [line = ''] = lines.all
  return readAuditLine(line)?.object
}

describe('the objects of an item', () => {
  test('stand in the order in which they were named or found', () => {
    const objects = objectsAfter((entry) => {
      entry.name(A)
      entry.found(B)
    })
    expect(objects).toEqual([A, B])
    const named = objectsAfter((entry) => {
      entry.name(B)
      entry.name(A)
    })
    expect(named).toEqual([B, A])
  })

  test('are told once, however often they are named and found', () => {
    const objects = objectsAfter((entry) => {
      for (const each of [A, A, B, A]) {
        entry.name(each)
        entry.found(each)
      }
      entry.name(B)
    })
    expect(objects).toEqual([A, B])
  })

  test('are told where they were found, though their identifiers are others than the server makes', () => {
    const objects = objectsAfter((entry) => {
      entry.name('imported/7')
      entry.found('imported/7')
    })
    expect(objects).toBe('imported/7')
  })

  test.each([
    ['at the end', (entry: ItemAudit) => void entry.name('a password')],
    [
      'before what is found',
      (entry: ItemAudit) => {
        entry.name('a password')
        entry.found(A)
      },
    ],
    [
      'before what is named',
      (entry: ItemAudit) => {
        entry.name('a password')
        entry.name(A)
      },
    ],
  ])('are not what was named %s, was not found and is no identifier', (_, steps) => {
    expect([objectsAfter(steps)].flat()).not.toContain('a password')
  })

  test('are told of an intent, too, before anything else is found', async () => {
    const lines = new Lines()
    const entry = new ItemAudit(lines, { members: '', rule: 'r', operation: 'Get', version: '2.1' })
    entry.name(A)
    await entry.announce()
    expect(readAuditLine(lines.all[0] ?? '')?.object).toBe(A)
  })
})
