import { clientCredentials } from '../adapter/client-credentials.ts'
import { nodeCertificates } from '../adapter/certificate/index.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeCrypto } from '../adapter/crypto-node.ts'
import { fingerprinter } from '../adapter/fingerprint.ts'
import { nodeKeyFormats } from '../adapter/key-format/index.ts'
import { scryptPasswords } from '../adapter/password-scrypt.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { seedable } from '../adapter/random-seeded.ts'
import { x931Random } from '../adapter/random-x931.ts'
import type { ObjectCatalogue } from '../admin/catalogue.ts'
import { createObjectCatalogue } from '../admin/object-catalogue.ts'
import type { StoreReport } from '../admin/schema.ts'
import type { NamespaceDeps } from '../admin/namespaces.ts'
import type { AdminDeps } from '../admin/service.ts'
import { clientProfiles } from '../config/client-profile.ts'
import type { Config } from '../config/defaults.ts'
import { ClientLog } from '../operation/client-log.ts'
import type { Services } from '../operation/context.ts'
import { Applications } from '../operation/pkcs11/applications.ts'
import type { Hsm } from '../operation/pkcs11/token/hsm.ts'
import { DEFAULT_POLICY } from '../operation/policy.ts'
import { Streams, type Alarm } from '../operation/streams.ts'
import { Tickets } from '../operation/tickets.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import { clearNamespace } from '../repository/clearing.ts'
import { giveObject } from '../repository/giving.ts'
import { inspectRecords } from '../repository/inspection.ts'
import { Rewrapping } from '../repository/rewrapping.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { AuditTrail } from '../server/audit/trail.ts'
import { createMessageHandler } from '../server/dispatcher.ts'
import type { MessageHandler } from '../server/handler.ts'
import { Jobs } from '../server/jobs.ts'
import { KeyRotation } from '../server/key-rotation.ts'
import { Logins } from '../server/logins.ts'
import { Rotor } from '../server/rotor.ts'
import { systemTicker } from '../server/ticker.ts'
import { createApprovals } from './approvals.ts'
import { Turnstile } from '../server/turnstile.ts'
import type { Watch } from '../server/watch/watch.ts'
import type { PrunedAudit } from './audit.ts'
import { backupOf } from './backup-source.ts'
import type { Core } from './core.ts'

/** The generators that key material can be made with, by their names in the configuration. */
const GENERATORS: Readonly<Record<Config['policy']['randomNumberGenerator'], Random>> = {
  'ansi-x9.31': x931Random,
  'ctr-drbg': nodeRandom,
}

const ALARM: Alarm = {
  now: () => systemClock.now(),
  every: (milliseconds, task) => systemTicker.every(milliseconds, task),
}

/** Makes what carries out asynchronous requests; undefined where the configuration wants none. */
export function createJobs({ asynchrony }: Config, log: Log): Jobs | undefined {
  if (asynchrony.jobs === 0) return undefined
  return new Jobs({
    limits: asynchrony,
    clock: systemClock,
    ticker: systemTicker,
    random: nodeRandom,
    log,
  })
}

/** Makes what operations work with. */
export function createServices(
  core: Core,
  config: Config,
  { log, hsm }: { readonly log: Log; readonly hsm: Hsm | undefined },
): Services {
  const { policy } = config
  const streams = new Streams(policy.streams, nodeRandom, ALARM)
  return {
    crypto: nodeCrypto,
    keyFormats: nodeKeyFormats,
    certificates: nodeCertificates,
    random: seedable(GENERATORS[policy.randomNumberGenerator]),
    policy: {
      ...DEFAULT_POLICY,
      leaseTime: policy.leaseTime,
      locateItems: policy.locateItems,
      wrapWithoutParameters: policy.wrapWithoutParameters,
      wrapInsideStructure: policy.wrapInsideStructure,
      rngSeed: policy.rngSeed,
      splitKeyParts: policy.splitKeyParts,
      applicationNamespaces: policy.applicationNamespaces,
      query: config.query,
      derivationIterations: policy.derivationIterations,
      slowWorkPerClient: policy.slowWorkPerClient,
      shortTags: policy.shortTags,
      anyGcmIv: policy.anyGcmIv,
      getOneTimePad: policy.getOneTimePad,
      residentKeys: policy.residentKeys,
      usageMask: policy.usageMask,
      conflictingUsage: policy.conflictingUsage,
      wrapping: policy.wrapping,
      interop: policy.interop,
    },
    streams,
    clientLog: new ClientLog(log, policy.clientLog),
    tickets: new Tickets({
      limits: config.tickets,
      random: nodeRandom,
      crypto: nodeCrypto,
      log,
    }),
    cryptoki: new Applications(config.pkcs11, nodeRandom, streams),
    isStoring: () => core.store.condition.can === 'all',
    credentials: clientCredentials({ ...core, clock: systemClock, random: nodeRandom }),
    hsm,
    ...issuerOf(core, config.certification),
  }
}

/** What messages are answered with, beside what the core holds. */
export interface Workshop {
  readonly log: Log
  readonly services: Services
  readonly trail: AuditTrail
  readonly jobs: Jobs | undefined
  readonly watch: Watch
  readonly logins: Logins
}

/** Makes what replaces objects that are to be rotated automatically. */
export function createRotor(
  core: Core,
  { rotation }: Config,
  { log, services, trail }: Pick<Workshop, 'log' | 'services' | 'trail'>,
): Rotor {
  return new Rotor({
    repository: core.objects,
    services,
    limits: rotation,
    clock: core.clock,
    ticker: systemTicker,
    log,
    trail,
    clientOf: (id) => core.clients.find(id),
  })
}

/**
 * Makes what replaces the key-encryption keys.
 *
 * @param isAlone - whether nobody is served beside it
 */
export function createKeyRotation(core: Core, log: Log, isAlone = false): KeyRotation {
  const { store, sealer, keys, objects } = core
  const moved: ObjectRepository['revise'] = (key, from, to) => {
    objects.revise(key, from, to)
  }
  const rewrapping = new Rewrapping({ store, sealer, moved })
  return new KeyRotation({ lines: keys, rewrapping, ticker: systemTicker, log, isAlone })
}

/** Makes what looks at user names and passwords. */
export function createLogins({ clients }: Core, { identity }: Config, log: Log): Logins {
  return new Logins({
    accountsOf: (id) => clients.find(id)?.accounts ?? [],
    passwords: scryptPasswords(),
    fingerprint: fingerprinter(),
    limits: identity,
    log,
  })
}

function createTurnstile({ clients, namespaces }: Core, { limits }: Config): Turnstile {
  return new Turnstile(limits.requests, systemTicker, {
    identity: (id) => clients.find(id)?.limits,
    namespace: (id) => namespaces.get(id)?.limits,
  })
}

/** Makes what answers KMIP messages over what the core holds. */
export function createHandler(
  core: Core,
  config: Config,
  { log, services, trail, jobs, watch, logins }: Workshop,
): MessageHandler {
  const { limits, policy } = config
  return createMessageHandler({
    repository: core.objects,
    services,
    clock: core.clock,
    permissions: core.policies.inForce,
    logins,
    profiles: clientProfiles(config.clients),
    log,
    trail,
    ...(jobs === undefined ? {} : { jobs }),
    approvals: createApprovals(core, core.policies.inForce, log),
    limits: limits.message,
    batchItems: policy.batchItems,
    responseBytes: limits.message.messageBytes,
    turnstile: createTurnstile(core, config),
    watch,
  })
}

/** Clients come and go: the one whose key issues certificates is looked for each time. */
function issuerOf(
  core: Core,
  { client, ...names }: Config['certification'],
): Pick<Services, 'issuer'> {
  if (client === undefined) return {}
  const issuing = () => core.clients.named(client)
  return {
    issuer: () => {
      const { id, namespace } = issuing() ?? {}
      return { ...names, owner: id, namespace }
    },
  }
}

/** Makes what lists managed objects for those who run the server. */
export function createCatalogue(core: Core): ObjectCatalogue {
  return createObjectCatalogue({
    objects: core.objects,
    clock: systemClock,
    ownerName: (id) => core.clients.find(id)?.name,
    namespaceName: (id) => core.namespaces.get(id)?.name,
  })
}

/** Reads and opens everything that the store holds, beside those who use it. */
export async function verifyStore(core: Core): Promise<StoreReport> {
  const problems = [await core.store.inspect(), await core.anchors.problem()]
  const release = core.sealer.hold()
  const snapshot = await core.store.snapshot()
  try {
    const inspection = await inspectRecords(snapshot, core.sealer)
    const whole = problems.flatMap((problem) =>
      problem === undefined ? [] : [{ where: 'store', problem }],
    )
    const { objects, clients, entries, findings } = inspection
    return { objects, clients, entries, findings: [...whole, ...findings] }
  } finally {
    await snapshot.close()
    release()
  }
}

async function pruneAudit({ audit }: Core, before: number): Promise<PrunedAudit> {
  if (audit === undefined) throw new KmipFault('UNAVAILABLE', 'The audit log is not open')
  return audit.prune(before)
}

/** What the admin API does with the store as a whole. */
export function storeCalls(
  core: Core,
): Pick<
  AdminDeps,
  'verify' | 'prune' | 'backup' | 'policies' | Exclude<keyof NamespaceDeps, 'clients'>
> {
  const { clients, namespaces, objects, clock } = core
  const now = () => Math.trunc(clock.now())
  return {
    namespaces,
    policies: core.policies,
    usageOf: async (holder) => objects.usage.of(holder),
    clear: async (namespace) => clearNamespace(namespace, { clients, objects, now: now() }),
    give: async (id, client) => giveObject(objects, id, { client, now: now() }),
    verify: async () => verifyStore(core),
    prune: async (before) => pruneAudit(core, before),
    backup: (shares) => backupOf(core, shares),
  }
}
