import { keyReportOf } from '../admin/service.ts'
import type { ServerStatus } from '../admin/schema.ts'
import type { AuditVerification } from '../server/audit/verification.ts'
import type { KeyRotation } from '../server/key-rotation.ts'
import type { Address, Listener } from '../server/listener.ts'
import type { Condition } from '../server/state.ts'
import type { Core } from './core.ts'
import { problemsOf, type Trust } from './trust.ts'

/** An address as people write it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Where connections are accepted, in one line: the port for everything first. */
export function formatListening(address: Address): string {
  const { host, httpsPort } = address
  const all = formatAddress(address)
  return httpsPort === undefined
    ? all
    : `${all}, HTTPS on ${formatAddress({ host, port: httpsPort })}`
}

/** What the server is and does. */
export function statusWith(
  base: StatusBase,
  {
    condition: { state, why },
    trust,
    verification,
  }: {
    readonly condition: Condition
    readonly trust: Trust
    readonly verification: AuditVerification
  },
): ServerStatus {
  const revocation = problemsOf(trust)
  const { status: audit } = verification
  return { ...base, state, audit, revocation, ...(why !== undefined && { reason: why }) }
}

type StatusBase = Omit<ServerStatus, 'state' | 'reason' | 'audit' | 'revocation'>

/** What of it does not change by itself. */
export function statusBase(address: Address, version: string, certificateEnds: number) {
  const started = process.hrtime.bigint()
  return (core: Core, listener: Listener, keys: KeyRotation): StatusBase => ({
    version,
    uptime: Number((process.hrtime.bigint() - started) / 1_000_000_000n),
    process: process.pid,
    listening: formatListening(address),
    clients: core.clients.list().length,
    counters: { ...listener.status() },
    certificateEnds,
    generation: core.generation,
    keys: keyReportOf(keys.status(), core.namespaces),
  })
}
