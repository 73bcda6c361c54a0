import { systemClock } from '../adapter/clock-system.ts'
import { pathIn } from '../adapter/data-directory.ts'
import { serveRemoteAdmin, type RemoteAdmin } from '../admin/remote.ts'
import { refusalTeller } from '../admin/audited-service.ts'
import { serveAdmin } from '../admin/server.ts'
import type { AdminService } from '../admin/service.ts'
import type { Config } from '../config/defaults.ts'
import type { Log } from '../port/log.ts'
import { ConnectionAudit } from '../server/audit/connection-audit.ts'
import type { AuditTrail } from '../server/audit/trail.ts'
import { systemTicker } from '../server/ticker.ts'
import type { TlsMaterial } from '../server/tls-material.ts'
import type { Core } from './core.ts'
import type { Trust } from './trust.ts'

/** The admin API as it is served: on the Unix socket, and over mutual TLS where that is configured. */
export interface AdminApi {
  /** Where it is served over TLS, if it is. */
  readonly address: RemoteAdmin['address'] | undefined
  renewTls(material: TlsMaterial): void
  /** Closes the connections of those who are known no more. */
  sweep(): void
  close(): Promise<void>
}

export interface AdminApiOptions {
  readonly service: AdminService
  readonly config: Config
  readonly trust: Trust
  readonly log: Log
  /** Where it is told who was refused. */
  readonly trail: AuditTrail
}

/** Between two looks whether those who are connected may be. */
const SWEEP_MS = 10_000

/** Throws `UNAVAILABLE`. */
export async function openAdminApi(core: Core, options: AdminApiOptions): Promise<AdminApi> {
  const { service, log, trail } = options
  const refused = refusalTeller(trail)
  const local = await serveAdmin(pathIn(core.directory, 'socket'), service, { log, refused })
  let remote: RemoteAdmin | undefined
  try {
    remote = await openRemote(core, options)
  } catch (error) {
    await local.close()
    throw error
  }
  const sweep = () => remote?.sweep()
  const stopSweeping = systemTicker.every(SWEEP_MS, sweep)
  return {
    address: remote?.address,
    renewTls(material) {
      remote?.renewTls(material)
    },
    sweep,
    async close() {
      stopSweeping()
      await Promise.all([local.close(), remote?.close()])
    },
  }
}

async function openRemote(
  core: Core,
  { service, config, trust, log, trail }: AdminApiOptions,
): Promise<RemoteAdmin | undefined> {
  const { admin, listen } = config
  if (admin === undefined) return undefined
  return serveRemoteAdmin({
    address: { host: admin.host ?? listen.host, port: admin.port },
    tls: trust.material(),
    identify: (certificate) =>
      certificate.notAfter < systemClock.now() || trust.isRevoked(certificate)
        ? undefined
        : core.clients.directory.identify(certificate.key),
    service,
    log,
    refused: refusalTeller(trail),
    audit: new ConnectionAudit(trail),
  })
}
