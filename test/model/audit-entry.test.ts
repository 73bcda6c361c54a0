import { describe, expect, test } from 'vitest'
import { auditLine, readAuditLine, type AuditEntry } from '../../src/model/audit-entry.ts'

const TIME = '2026-11-22T18:00:00.123Z'

const FULL: AuditEntry = {
  kind: 'outcome',
  time: TIME,
  boot: 'b1',
  op: 7,
  connection: 3,
  item: 0,
  client: 'c1',
  name: 'alice',
  namespace: 'payments',
  role: 'user',
  address: '[::1]:50000',
  tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
  operation: 'Create',
  object: 'o1',
  rule: 'user',
  result: 'failed',
  reason: 'PermissionDenied',
  revision: '12',
  bytes: 300,
  approval: 'a1',
  detail: { a: 'x', n: 1, yes: true },
}

describe('a line of the audit log', () => {
  test('is JSON with what the entry says, and comes back as it was', () => {
    const line = auditLine(FULL)
    expect(JSON.parse(line)).toEqual(FULL)
    expect(readAuditLine(line)).toEqual(FULL)
  })

  test('holds nothing that is not said', () => {
    const line = auditLine({ kind: 'event', time: TIME, object: undefined })
    expect(line).toBe(`{"kind":"event","time":"${TIME}"}`)
  })

  test.each([
    '"',
    '\\',
    '\n',
    '\r\n',
    '\u0000',
    '\u2028',
    'Zoë',
    '\ud800',
    '\u007f',
    '"}{"kind":"x',
  ])('stays one line that says the same whatever stands in a text: %j', (text) => {
    const entry: AuditEntry = {
      kind: 'operation',
      time: TIME,
      name: text,
      object: [text, 'o'],
      detail: { [text]: text },
    }
    const line = auditLine(entry)
    expect(line).not.toMatch(/[\r\n]/)
    expect(readAuditLine(line)).toMatchObject(entry)
  })

  test('is read without what is not of an entry, or not of its kind', () => {
    const members = {
      kind: 'event',
      time: TIME,
      op: '7',
      result: 'fine',
      object: [1, 'o'],
      key: 'x',
      detail: { a: { b: 1 }, c: 2 },
    }
    const entry = readAuditLine(JSON.stringify(members))
    expect(entry).toEqual({ kind: 'event', time: TIME, object: ['o'], detail: { c: 2 } })
  })

  test.each(['', '[]', 'null', '{"kind":"event"}', `{"kind":"other","time":"${TIME}"}`, '{'])(
    'is none where it is %j',
    (line) => {
      expect(readAuditLine(line)).toBeUndefined()
    },
  )
})
