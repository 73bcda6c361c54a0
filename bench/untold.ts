import { AuditTrail } from '../src/server/audit/trail.ts'

/** A trail that leads nowhere, for figures of what lies beside it: the product has none. */
export function untoldTrail(): AuditTrail {
  const done = Promise.resolve()
  const log = {
    size: 0,
    append: () => undefined,
    written: async () => done,
    synced: async () => done,
  }
  return new AuditTrail({ log, time: () => '2026-11-22T00:00:00.000Z', boot: 'bench' })
}
