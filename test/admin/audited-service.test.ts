import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { auditedService } from '../../src/admin/audited-service.ts'
import type { AdminService } from '../../src/admin/service.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'

/** An audit that notes what was asked of it, in order. */
class NotingAudit extends MemoryAudit {
  readonly asked: string[] = []

  override append(line: Uint8Array | string): void {
    this.asked.push('append')
    super.append(line)
  }

  override async written(): Promise<void> {
    this.asked.push('written')
    return super.written()
  }

  override async synced(): Promise<void> {
    this.asked.push('synced')
    return super.synced()
  }
}

const request = { name: 'app', password: 'hunter2', certificate: 'PEM' }

function serviceWith(audit: MemoryAudit, answer: () => Promise<unknown>): AdminService {
  const calls = new Proxy({} as AdminService, { get: () => answer })
  return auditedService(calls, audit.trail)
}

describe('a call of the admin API', () => {
  test('that changes something is told before and after, and synced each time', async () => {
    const audit = new NotingAudit()
    const service = serviceWith(audit, async () => {
      audit.asked.push('work')
      return Promise.resolve({})
    })
    await service['client.suspend'](request)
    expect(audit.asked).toEqual(['append', 'synced', 'work', 'append', 'synced'])
    expect(audit.entries).toMatchObject([
      { kind: 'intent', operation: 'admin client.suspend', name: 'local' },
      { kind: 'outcome', operation: 'admin client.suspend', result: 'success' },
    ])
    expect(audit.entries[0]?.op).toBe(audit.entries[1]?.op)
  })

  test('that changes nothing is told once, in writing', async () => {
    const audit = new NotingAudit()
    await serviceWith(audit, async () => Promise.resolve({}))['client.show'](request)
    expect(audit.asked).toEqual(['append', 'written'])
    expect(audit.entries).toMatchObject([{ kind: 'operation', result: 'success' }])
  })

  test('that fails is told with its reason', async () => {
    const audit = new NotingAudit()
    const fault = new KmipFault('OBJECT_NOT_FOUND', 'There is no such client')
    const service = serviceWith(audit, async () => Promise.reject(fault))
    await expect(service['client.suspend'](request)).rejects.toBe(fault)
    expect(audit.entries[1]).toMatchObject({ result: 'failed', reason: 'OBJECT_NOT_FOUND' })
    expect(audit.asked.at(-1)).toBe('synced')
  })

  test('is told with what it is about, and with nothing that is secret', async () => {
    const audit = new NotingAudit()
    await serviceWith(audit, async () => Promise.resolve({}))['client.suspend'](request)
    const certificate = createHash('sha256').update(Buffer.from('PEM', 'base64')).digest('hex')
    expect(audit.entries[0]?.detail).toEqual({ name: 'app', certificate })
    expect(audit.lines.join('')).not.toMatch(/hunter2|PEM/)
  })

  test('that lays down a policy is told with its SHA-256 and its revision', async () => {
    const audit = new NotingAudit()
    const service = serviceWith(audit, async () => Promise.resolve({ revision: 7 }))
    const policy = { name: 'policy.yaml', text: 'roles: secret' }
    await service['policy.apply'](policy)
    const sha256 = createHash('sha256').update(policy.text).digest('hex')
    const detail = { name: policy.name, sha256 }
    expect(audit.entries).toMatchObject([
      { kind: 'intent', detail },
      { kind: 'outcome', detail, revision: '7' },
    ])
    expect(audit.lines.join('')).not.toContain('secret')
  })

  test('is not made where it cannot be told, and not answered where its end cannot', async () => {
    const audit = new NotingAudit()
    let made = 0
    const service = serviceWith(audit, async () => {
      made += 1
      return Promise.resolve({})
    })
    audit.isFailing = true
    const unavailable = { code: 'UNAVAILABLE' }
    await expect(service['client.suspend'](request)).rejects.toMatchObject(unavailable)
    await expect(service['client.show'](request)).rejects.toMatchObject(unavailable)
    expect(made).toBe(0)
    audit.isFailing = false
    // It asks whether the log is open again, appends, syncs and appends; the last sync fails.
    audit.failing = { from: audit.calls + 5, times: 1 }
    await expect(service['client.suspend'](request)).rejects.toMatchObject(unavailable)
    expect(made).toBe(1)
  })
})
