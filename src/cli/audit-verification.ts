import { createPublicKey } from 'node:crypto'
import { auditSigningKey } from '../adapter/audit-log/signing-key.ts'
import { verifyInThread } from '../adapter/audit-log/verifying.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { pathIn } from '../adapter/data-directory.ts'
import type { Config } from '../config/defaults.ts'
import type { Log } from '../port/log.ts'
import { AuditVerification } from '../server/audit/verification.ts'
import { systemTicker } from '../server/ticker.ts'
import type { Watch } from '../server/watch/watch.ts'
import type { Audit } from './audit.ts'
import type { Core } from './core.ts'

/** Makes what verifies the audit log beside its use: with the key of the store, and against what this run has signed. */
export function createVerification(
  { directory, store, sealer }: Core,
  { audit: limits }: Config,
  { audit, log, watch }: { readonly audit: Audit; readonly log: Log; readonly watch: Watch },
): AuditVerification {
  return new AuditVerification({
    limits,
    ticker: systemTicker,
    clock: systemClock,
    log,
    trail: audit.trail,
    alert: (message) => {
      watch.auditWrong(message)
    },
    async verify(signal) {
      const key = createPublicKey(await auditSigningKey({ store, sealer }))
      const { checkpoint } = audit
      const kept = checkpoint === undefined ? [] : [checkpoint]
      const percent = limits.verifyPercent
      return verifyInThread({ directory: pathIn(directory, 'audit'), key, kept, percent }, signal)
    },
  })
}
