import { encodePem } from '../adapter/certificate-pem.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { revocationFiles } from '../adapter/revocation-file.ts'
import type { IdentityDeps, TrustInUse } from '../admin/identity-deps.ts'
import type { ServerStatus } from '../admin/schema.ts'
import type { Config } from '../config/defaults.ts'
import type { Log } from '../port/log.ts'
import {
  DEFAULT_REVOCATION_LIMITS,
  Revocations,
  type RevocationLimits,
} from '../server/revocations.ts'
import { systemTicker } from '../server/ticker.ts'
import type { TlsMaterial } from '../server/tls-material.ts'
import type { Core } from './core.ts'

/** Something that lets clients in by TLS. */
export interface Gate {
  renewTls(material: TlsMaterial): void
  sweep(): void
}

/** Whose certificates are good, for as long as a server runs. */
export interface Trust extends TrustInUse {
  /** What TLS is to be told: the server's own credential with the authorities that there are now. */
  material(): TlsMaterial
  /** Has a gate know of every change from now on. */
  attach(gate: Gate): void
  close(): Promise<void>
}

/** Reads the revocation lists, and goes on to look for others. */
export async function openTrust(
  core: Core,
  base: TlsMaterial,
  { config, log }: { readonly config: Config; readonly log: Log },
): Promise<Trust> {
  const gates: Gate[] = []
  const revocations = new Revocations({
    authorities: () => core.authorities.list(),
    lists: revocationFiles,
    remember: async (id, seen) => core.authorities.note(id, seen),
    changed: () => {
      for (const gate of gates) gate.sweep()
    },
    clock: systemClock,
    ticker: systemTicker,
    log,
    limits: config.identity,
  })
  await revocations.start()
  core.officers.judgeBy((certificate) => revocations.isRevoked(certificate))
  const material = () => withAuthorities(base, core)
  let { ca } = material()
  return {
    material,
    attach(gate) {
      gates.push(gate)
      core.clients.watch(() => {
        gate.sweep()
      })
    },
    // A list is in force before anybody is let in by its authority.
    async refresh() {
      await revocations.reload()
      const renewed = material()
      // Sessions cannot be resumed across it.
      if (renewed.ca === ca) return
      for (const gate of gates) gate.renewTls(renewed)
      ca = renewed.ca
    },
    report: () => revocations.report(),
    isRevoked: (certificate) => revocations.isRevoked(certificate),
    reasonAgainst: (issuer, serial) => revocations.reasonAgainst(issuer, serial),
    close: async () => revocations.close(),
  }
}

/**
 * Reads the revocation lists once, where no server does: approvals are judged by them then.
 *
 * @param limits - what a list may be, and what one counts for that has expired
 */
export async function judgeOfficers(
  core: Core,
  log: Log,
  limits: RevocationLimits = DEFAULT_REVOCATION_LIMITS,
): Promise<void> {
  const revocations = new Revocations({
    authorities: () => core.authorities.list(),
    lists: revocationFiles,
    remember: async () => Promise.resolve(),
    changed: () => undefined,
    clock: systemClock,
    ticker: systemTicker,
    log,
    limits,
  })
  await revocations.reload()
  core.officers.judgeBy((certificate) => revocations.isRevoked(certificate))
}

/** What the admin API needs to know of who may connect. */
export function identityOf(
  { authorities }: Core,
  trust?: Trust,
): Pick<IdentityDeps, 'authorities' | 'lists' | 'trust'> {
  return { authorities, lists: revocationFiles, ...(trust && { trust }) }
}

/** What is wrong with the lists, for people. */
export function problemsOf(trust: Trust): ServerStatus['revocation'] {
  return trust
    .report()
    .flatMap(({ authority, problem }) => (problem === undefined ? [] : [{ authority, problem }]))
}

function withAuthorities(base: TlsMaterial, { authorities }: Core): TlsMaterial {
  const others = authorities.list().map(({ certificate }) => pemOf(certificate))
  return { ...base, ca: [base.ca, ...others].join('') }
}

function pemOf(certificate: Uint8Array): string {
  return Buffer.from(encodePem('CERTIFICATE', certificate)).toString('latin1')
}
