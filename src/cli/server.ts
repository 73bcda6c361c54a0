import { encodePem } from '../adapter/certificate-pem.ts'
import { readCertificate } from '../adapter/certificate-read.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { createAnnouncer } from '../client/announcer.ts'
import { sentTeller } from '../client/sent-in-audit.ts'
import { createAdminService, type AdminDeps, type AdminService } from '../admin/service.ts'
import type { Config } from '../config/defaults.ts'
import type { Hsm } from '../operation/pkcs11/token/hsm.ts'
import type { Log } from '../port/log.ts'
import type { KeyedCertificate } from '../repository/authority-record.ts'
import { Secret } from '../secret/secret.ts'
import type { AuditTrail } from '../server/audit/trail.ts'
import type { AuditVerification } from '../server/audit/verification.ts'
import { createListener, type Address, type Listener } from '../server/listener.ts'
import type { MessageHandler } from '../server/handler.ts'
import type { Logins } from '../server/logins.ts'
import { Scrub } from '../server/scrub.ts'
import type { Condition } from '../server/state.ts'
import { systemTicker } from '../server/ticker.ts'
import type { TlsMaterial } from '../server/tls-material.ts'
import type { Watch } from '../server/watch/watch.ts'
import { auditedService } from '../admin/audited-service.ts'
import { openAdminApi } from './admin-api.ts'
import { createCallApprovals, keepApprovals } from './approvals.ts'
import type { Audit } from './audit.ts'
import { createVerification } from './audit-verification.ts'
import {
  createCatalogue,
  createHandler,
  createJobs,
  createKeyRotation,
  createLogins,
  createRotor,
  createServices,
  storeCalls,
} from './compose.ts'
import { followConditions } from './conditions.ts'
import type { Core } from './core.ts'
import { openEndpoints, recheckOf } from './endpoints.ts'
import { departuresOf } from './departures.ts'
import { openHsm } from './hsm.ts'
import { warnOfUnknownClients } from './named-clients.ts'
import { tellStart, tellStop } from './run-in-audit.ts'
import { prepareServerCertificate } from './server-certificate.ts'
import { statusBase, statusWith } from './server-status.ts'
import { identityOf, openTrust, type Trust } from './trust.ts'
import { openWatching, type Watching } from './watching.ts'

/** A server that accepts connections. */
export interface RunningServer {
  readonly address: Address
  /** Where the admin API is served over mutual TLS, if it is. */
  readonly adminAddress: Address | undefined
  /** Finishes what is under way and closes everything, the core too. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly config: Config
  readonly log: Log
  readonly version: string
  /** Told what the server does from now on. */
  readonly condition: Condition
  /** Of the configured token, where it came by a descriptor. */
  readonly hsmPin?: Secret | undefined
}

/** Starts serving. Throws `UNAVAILABLE`, also when a configured token cannot be reached; the core is closed then. */
export async function startServer(core: Core, options: ServerOptions): Promise<RunningServer> {
  let hsm: Hsm | undefined
  try {
    core.policies.checkReadable()
    hsm = await openHsm(options.config, { log: options.log, core, pin: options.hsmPin })
    const credential = await prepareServerCertificate(core, {
      log: options.log,
      clock: systemClock,
    })
    return await serve(core, { credential, hsm }, options)
  } catch (error) {
    await hsm?.token.close()
    await core.close()
    throw error
  }
}

/** Between two looks whether the ballast of the store is there: a disk that was full is written to again within that. */
const BALLAST_MS = 3_000

function warnOfUnregistered({ clients }: Core, config: Config, log: Log): void {
  const names = clients.list().map(({ name }) => name)
  warnOfUnknownClients(config, names, log)
}

interface Lookout {
  readonly audit: Audit
  readonly verification: AuditVerification
  readonly watching: Watching
  readonly listener: Listener
  readonly condition: Condition
}

/** Keeps what lies beside the store up with it, and looks for what people should know of. */
function keepBeside(
  core: Core,
  log: Log,
  { audit, verification, watching, listener, condition }: Lookout,
): () => void {
  const { anchors, store } = core
  const every = (milliseconds: number, task: () => void) => systemTicker.every(milliseconds, task)
  anchors.keep(every)
  watching.start({ listener: () => listener.status(), condition })
  verification.start()
  const stops = [
    audit.keep(every),
    every(BALLAST_MS, () => void store.keepBallast()),
    keepApprovals(core, log),
    () => {
      verification.close()
      watching.close()
    },
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

async function serve(
  core: Core,
  { credential, hsm }: { readonly credential: KeyedCertificate; readonly hsm: Hsm | undefined },
  { config, log, version, condition }: ServerOptions,
): Promise<RunningServer> {
  const audit = auditOf(core)
  const { trail } = audit
  const jobs = createJobs(config, log)
  const services = createServices(core, config, { log, hsm })
  const scrub = scrubOf(core, config, log)
  const rotor = createRotor(core, config, { log, services, trail })
  const keys = createKeyRotation(core, log)
  const trust = await openTrust(core, materialOf(core, credential, config), { config, log })
  const watching = await openWatching(config.alerts, { log, trail, steady: core.clock })
  const { watch } = watching
  const verification = createVerification(core, config, { audit, log, watch })
  const logins = createLogins(core, config, log)
  const handler = createHandler(core, config, { log, services, trail, jobs, watch, logins })
  const listener = listenerOf(core, config, { trust, handler, log, trail })
  warnOfUnregistered(core, config, log)
  const endpoints = await openEndpoints(core, config.endpoints, { log, trail })
  try {
    await tellStart(audit, core, version)
    const address = await listener.listen(config.listen)
    const about = statusBase(address, version, readCertificate(credential.certificate).notAfter)
    const status = () => statusWith(about(core, listener, keys), { condition, trust, verification })
    const service = adminServiceOf(core, { trust, keys, status, watch, logins })
    const admin = await openAdminApi(core, {
      service: auditedService(service, trail),
      ...{ config, trust, log, trail },
    })
    for (const gate of [listener, admin, departuresOf(core, { jobs, services })]) trust.attach(gate)
    followConditions(core, audit, condition)
    rotor.start()
    scrub.start()
    keys.start()
    const leave = keepBeside(core, log, { audit, verification, watching, listener, condition })
    return {
      address,
      adminAddress: admin.address,
      async stop() {
        leave()
        await Promise.all([admin.close(), trust.close()])
        const { shutdown } = config
        await Promise.all([listener.close(shutdown), jobs?.close(shutdown), rotor.close()])
        await scrub.close()
        await keys.close()
        endpoints.close()
        await hsm?.token.close()
        tellStop(audit)
        await core.close()
      },
    }
  } catch (error) {
    endpoints.close()
    await listener.close({ graceMs: 0 })
    throw error
  }
}

function adminServiceOf(
  core: Core,
  made: {
    readonly trust: Trust
    readonly watch: Watch
    readonly logins: Logins
  } & Pick<AdminDeps, 'keys' | 'status'>,
): AdminService {
  return createAdminService({
    clients: core.clients,
    ...identityOf(core, made.trust),
    objects: createCatalogue(core),
    authority: core.authority,
    clock: systemClock,
    random: nodeRandom,
    status: made.status,
    keys: made.keys,
    approvals: core.approvals,
    keyAdded: (client) => {
      made.watch.keyAdded(client)
    },
    lockedUntil: (client, name) => made.logins.lockedUntil(client, name, core.clock.now()),
    callApprovals: createCallApprovals(core),
    ...storeCalls(core),
  })
}

function auditOf({ audit }: Core): Audit {
  if (audit === undefined) throw new TypeError('A server needs an audit')
  return audit
}

function listenerOf(
  core: Core,
  { limits }: Config,
  made: {
    readonly trust: Trust
    readonly handler: MessageHandler
    readonly log: Log
    readonly trail: AuditTrail
  },
): Listener {
  return createListener({
    tls: made.trust.material(),
    isRevoked: (certificate) => made.trust.isRevoked(certificate),
    handler: made.handler,
    clients: core.clients.directory,
    announcer: createAnnouncer(recheckOf(core, made.trail), sentTeller(made.trail), made.log),
    limits,
    log: made.log,
    trail: made.trail,
    clock: core.clock,
  })
}

function materialOf(core: Core, credential: KeyedCertificate, config: Config): TlsMaterial {
  const key = credential.key.expose((der) => Secret.take(encodePem('PRIVATE KEY', der)))
  credential.key.destroy()
  return {
    key,
    cert: pemOf(credential.certificate),
    ca: pemOf(core.authority.certificate),
    legacySuites: config.tls.legacySuites,
  }
}

function pemOf(certificate: Uint8Array): string {
  return Buffer.from(encodePem('CERTIFICATE', certificate)).toString('latin1')
}

function scrubOf({ store }: Core, { integrity }: Config, log: Log): Scrub {
  return new Scrub({ store, limits: integrity, ticker: systemTicker, log })
}
