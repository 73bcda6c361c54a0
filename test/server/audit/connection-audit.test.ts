import { beforeEach, describe, expect, test } from 'vitest'
import { ConnectionAudit } from '../../../src/server/audit/connection-audit.ts'
import { Party } from '../../../src/server/audit/party.ts'
import { MemoryAudit } from '../../fixtures/memory-audit.ts'

const ALICE = { id: 'id-1', name: 'alice', role: 'user', namespace: 'ns-1' }
const KEY = { issuer: 'aa', subject: 'bb' }

let log: MemoryAudit
let audit: ConnectionAudit

beforeEach(() => {
  log = new MemoryAudit()
  audit = new ConnectionAudit(log.trail)
})

const peer = () => {
  const party = new Party({ number: 7, address: '192.0.2.1:50000', tls: 'TLSv1.3 X' })
  return { identity: ALICE, connection: '7', party }
}

describe('connections', () => {
  test('are told of with whoever came, from where and by which key, and how they ended', () => {
    expect(audit.opened(peer(), KEY)).toBe(true)
    audit.closed(peer(), 'idle')
    const who = { connection: 7, client: 'id-1' }
    expect(log.entries).toMatchObject([
      {
        ...who,
        name: 'alice',
        namespace: 'ns-1',
        role: 'user',
        address: '192.0.2.1:50000',
        tls: 'TLSv1.3 X',
        operation: 'Connect',
        result: 'success',
        detail: { issuer: 'aa', key: 'bb' },
      },
      { ...who, operation: 'Disconnect', detail: { reason: 'idle' } },
    ])
  })

  test('that cannot be told of are not to be served, and their end throws nothing', () => {
    log.isFailing = true
    expect(audit.opened(peer(), KEY)).toBe(false)
    audit.closed(peer(), 'idle')
    audit.refused({ reason: 'unknown' })
    expect(log.lines).toEqual([])
  })

  test('that are refused are told ten times for each reason, and counted beyond that', () => {
    for (let count = 0; count < 25; count += 1) audit.refused({ reason: 'unknown' })
    audit.refused({ reason: 'expired', address: '192.0.2.2:1' })
    expect(log.entries).toHaveLength(11)
    expect(log.entries.at(-1)).toMatchObject({
      operation: 'Connect',
      result: 'failed',
      address: '192.0.2.2:1',
      detail: { reason: 'expired' },
    })
    audit.tellCounts()
    expect(log.entries.slice(11)).toMatchObject([{ detail: { reason: 'unknown', times: 15 } }])
    audit.refused({ reason: 'unknown' })
    audit.tellCounts()
    expect(log.entries).toHaveLength(13)
  })

  test('that are refused for more reasons than people know of are told as others', () => {
    for (let count = 0; count < 150; count += 1) audit.refused({ reason: `r${count}` })
    const reasons = log.entries.map(({ detail }) => detail?.['reason'])
    expect(reasons).toHaveLength(110)
    expect(reasons.filter((reason) => reason === 'other')).toHaveLength(10)
    audit.tellCounts()
    expect(log.entries.at(-1)).toMatchObject({ detail: { reason: 'other', times: 40 } })
  })
})
