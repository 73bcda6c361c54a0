import { z } from 'zod'
import type { CryptokiVersion } from '../operation/pkcs11/module-settings.ts'
import type { Rate } from '../server/limits.ts'
import type { ShareLimits } from '../server/turnstile.ts'
import {
  DEFAULT_CONFIG,
  CONFLICTING_USAGES,
  LOG_LEVELS,
  PAD_VIEWS,
  RESIDENT_KEYS,
  USAGE_MASKS,
  WRAPPING_KEYS,
  RANDOM_NUMBER_GENERATORS,
  RNG_SEEDS,
  type Config,
} from './defaults.ts'
import { alerts } from './alerts.ts'
import { clients } from './client-profile.ts'
import { endpoints } from './endpoint.ts'
import { hsm } from './hsm.ts'
import { queryStatements } from './query-statements.ts'

const { limits: limitDefaults } = DEFAULT_CONFIG
const MIB = 1_048_576

/**
 * The configuration file: every key optional, none unknown, every number within bounds in which the server still works.
 * Durations are in milliseconds, sizes in bytes.
 */
export const configSchema: z.ZodType<Config> = section({
  listen: section({
    host: z.string().min(1).max(253).default(DEFAULT_CONFIG.listen.host),
    port: number(0, 65_535, DEFAULT_CONFIG.listen.port),
    httpsPort: z.int().min(0).max(65_535).optional(),
  }),
  admin: z
    .strictObject({
      host: z.string().min(1).max(253).optional(),
      port: z.int().min(0).max(65_535),
    })
    .optional(),
  identity: section({
    crlSeconds: number(1, 3_600, DEFAULT_CONFIG.identity.crlSeconds),
    expiredLists: z.enum(['warn', 'refuse']).default(DEFAULT_CONFIG.identity.expiredLists),
    failures: number(1, 10_000, DEFAULT_CONFIG.identity.failures),
    lockSeconds: number(1, 86_400, DEFAULT_CONFIG.identity.lockSeconds),
  }),
  tls: section({ legacySuites: z.boolean().default(DEFAULT_CONFIG.tls.legacySuites) }),
  limits: section({
    message: section({
      messageBytes: number(1_024, 64 * MIB, limitDefaults.message.messageBytes),
      depth: number(8, 128, limitDefaults.message.depth),
      items: number(100, 1_000_000, limitDefaults.message.items),
    }),
    deadlines: section({
      handshake: duration(limitDefaults.deadlines.handshake),
      header: duration(limitDefaults.deadlines.header),
      body: duration(limitDefaults.deadlines.body),
      idle: duration(limitDefaults.deadlines.idle),
      unsent: duration(limitDefaults.deadlines.unsent),
      linger: duration(limitDefaults.deadlines.linger),
    }),
    bodyRate: section({
      perSecond: number(1, 64 * MIB, limitDefaults.bodyRate.perSecond),
      afterMs: duration(limitDefaults.bodyRate.afterMs),
    }),
    caps: section({
      connections: count(limitDefaults.caps.connections),
      perAddress: count(limitDefaults.caps.perAddress),
      perIdentity: count(limitDefaults.caps.perIdentity),
      handshaking: count(limitDefaults.caps.handshaking),
    }),
    arrivals: section({
      perAddress: rate(limitDefaults.arrivals.perAddress),
      total: rate(limitDefaults.arrivals.total),
    }),
    requests: section({
      identity: share(limitDefaults.requests.identity),
      namespace: share(limitDefaults.requests.namespace),
      inFlight: count(limitDefaults.requests.inFlight),
      waiting: number(0, 1_000_000, limitDefaults.requests.waiting),
      waitMs: number(0, 60_000, limitDefaults.requests.waitMs),
    }),
    waitingBytes: number(1_024, 64 * MIB, limitDefaults.waitingBytes),
    sweepMs: number(50, 60_000, limitDefaults.sweepMs),
  }),
  clients,
  endpoints,
  asynchrony: section({
    jobs: number(0, 100_000, DEFAULT_CONFIG.asynchrony.jobs),
    perClient: number(1, 100_000, DEFAULT_CONFIG.asynchrony.perClient),
    bytes: number(1_048_576, 1_099_511_627_776, DEFAULT_CONFIG.asynchrony.bytes),
    bytesPerClient: number(1_048_576, 1_099_511_627_776, DEFAULT_CONFIG.asynchrony.bytesPerClient),
    atOnce: number(1, 1_000, DEFAULT_CONFIG.asynchrony.atOnce),
    keepSeconds: number(60, 604_800, DEFAULT_CONFIG.asynchrony.keepSeconds),
  }),
  tickets: section({
    perClient: number(1, 10_000, DEFAULT_CONFIG.tickets.perClient),
    seconds: number(1, 31_536_000, DEFAULT_CONFIG.tickets.seconds),
    mostSeconds: number(1, 31_536_000, DEFAULT_CONFIG.tickets.mostSeconds),
    failures: number(1, 10_000, DEFAULT_CONFIG.tickets.failures),
    lockSeconds: number(1, 86_400, DEFAULT_CONFIG.tickets.lockSeconds),
  }),
  pkcs11: section({
    applications: number(1, 10_000, DEFAULT_CONFIG.pkcs11.applications),
    sessions: number(1, 10_000, DEFAULT_CONFIG.pkcs11.sessions),
    objects: number(1, 1_000_000, DEFAULT_CONFIG.pkcs11.objects),
    seconds: number(1, 86_400, DEFAULT_CONFIG.pkcs11.seconds),
    info: section({
      cryptokiVersion: version(DEFAULT_CONFIG.pkcs11.info.cryptokiVersion),
      manufacturer: z.string().max(32).default(DEFAULT_CONFIG.pkcs11.info.manufacturer),
      description: z.string().max(32).default(DEFAULT_CONFIG.pkcs11.info.description),
      libraryVersion: version(DEFAULT_CONFIG.pkcs11.info.libraryVersion),
    }),
  }),
  integrity: section({
    anchor: z.string().min(1).max(4_096).exactOptional(),
    ballast: number(0, 1_073_741_824, DEFAULT_CONFIG.integrity.ballast),
    scrubSeconds: number(1, 31_536_000, DEFAULT_CONFIG.integrity.scrubSeconds),
    entriesPerSecond: number(100, 10_000_000, DEFAULT_CONFIG.integrity.entriesPerSecond),
  }),
  hsm: hsm.optional(),
  rotation: section({
    enabled: z.boolean().default(DEFAULT_CONFIG.rotation.enabled),
    everySeconds: number(1, 86_400, DEFAULT_CONFIG.rotation.everySeconds),
    perTurn: number(1, 10_000, DEFAULT_CONFIG.rotation.perTurn),
  }),
  approvals: section({
    perClient: number(1, 10_000, DEFAULT_CONFIG.approvals.perClient),
    pending: number(1, 10_000, DEFAULT_CONFIG.approvals.pending),
  }),
  audit: section({
    directory: z.string().min(1).max(4_096).exactOptional(),
    segmentBytes: number(4_096, 1_099_511_627_776, DEFAULT_CONFIG.audit.segmentBytes),
    segmentSeconds: number(60, 31_536_000, DEFAULT_CONFIG.audit.segmentSeconds),
    syncMs: number(0, 200, DEFAULT_CONFIG.audit.syncMs),
    verifySeconds: number(1, 31_536_000, DEFAULT_CONFIG.audit.verifySeconds),
    verifyPercent: number(1, 100, DEFAULT_CONFIG.audit.verifyPercent),
  }),
  alerts,
  log: section({ level: z.enum(LOG_LEVELS).default(DEFAULT_CONFIG.log.level) }),
  shutdown: section({ graceMs: number(0, 3_600_000, DEFAULT_CONFIG.shutdown.graceMs) }),
  certification: section({
    client: z.string().min(1).max(64).optional(),
    privateKey: z.string().min(1).max(253).default(DEFAULT_CONFIG.certification.privateKey),
    certificate: z.string().min(1).max(253).default(DEFAULT_CONFIG.certification.certificate),
    days: number(1, 36_500, DEFAULT_CONFIG.certification.days),
  }),
  query: queryStatements,
  policy: section({
    randomNumberGenerator: z
      .enum(RANDOM_NUMBER_GENERATORS)
      .default(DEFAULT_CONFIG.policy.randomNumberGenerator),
    leaseTime: number(0, 2 ** 31 - 1, DEFAULT_CONFIG.policy.leaseTime),
    locateItems: number(1, 100_000, DEFAULT_CONFIG.policy.locateItems),
    batchItems: number(1, 10_000, DEFAULT_CONFIG.policy.batchItems),
    wrapWithoutParameters: z.boolean().default(DEFAULT_CONFIG.policy.wrapWithoutParameters),
    wrapInsideStructure: z.boolean().default(DEFAULT_CONFIG.policy.wrapInsideStructure),
    rngSeed: z.enum(RNG_SEEDS).default(DEFAULT_CONFIG.policy.rngSeed),
    splitKeyParts: number(2, 255, DEFAULT_CONFIG.policy.splitKeyParts),
    applicationNamespaces: z
      .array(z.string().min(1).max(128))
      .max(100)
      .default([...DEFAULT_CONFIG.policy.applicationNamespaces]),
    derivationIterations: number(1, 2 ** 31 - 1, DEFAULT_CONFIG.policy.derivationIterations),
    slowWorkPerClient: number(1, 1_000, DEFAULT_CONFIG.policy.slowWorkPerClient),
    shortTags: z.boolean().default(DEFAULT_CONFIG.policy.shortTags),
    anyGcmIv: z.boolean().default(DEFAULT_CONFIG.policy.anyGcmIv),
    getOneTimePad: z.enum(PAD_VIEWS).default(DEFAULT_CONFIG.policy.getOneTimePad),
    residentKeys: z.enum(RESIDENT_KEYS).default(DEFAULT_CONFIG.policy.residentKeys),
    usageMask: z.enum(USAGE_MASKS).default(DEFAULT_CONFIG.policy.usageMask),
    conflictingUsage: z.enum(CONFLICTING_USAGES).default(DEFAULT_CONFIG.policy.conflictingUsage),
    wrapping: z.enum(WRAPPING_KEYS).default(DEFAULT_CONFIG.policy.wrapping),
    streams: section({
      perClient: number(1, 10_000, DEFAULT_CONFIG.policy.streams.perClient),
      bytes: number(1_024, 1_024 * MIB, DEFAULT_CONFIG.policy.streams.bytes),
      seconds: number(1, 86_400, DEFAULT_CONFIG.policy.streams.seconds),
    }),
    clientLog: section({
      linesPerMinute: number(1, 100_000, DEFAULT_CONFIG.policy.clientLog.linesPerMinute),
      characters: number(1, 65_536, DEFAULT_CONFIG.policy.clientLog.characters),
    }),
    interop: z.boolean().default(DEFAULT_CONFIG.policy.interop),
  }),
})

/** A part of the file that may be left out or empty, and whose every key may be left out. */
function section<S extends z.core.$ZodLooseShape>(shape: S): Section<S> {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape))
}

type Section<S extends z.core.$ZodLooseShape> = z.ZodPreprocess<z.ZodObject<S, z.core.$strict>>

function number(least: number, most: number, standard: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(least).max(most).default(standard)
}

function duration(standard: number): z.ZodDefault<z.ZodInt> {
  return number(10, 86_400_000, standard)
}

function count(standard: number): z.ZodDefault<z.ZodInt> {
  return number(1, 1_000_000, standard)
}

function version(standard: CryptokiVersion): z.ZodType<CryptokiVersion> {
  return section({
    major: number(0, 255, standard.major),
    minor: number(0, 255, standard.minor),
  })
}

function rate(standard: Rate): z.ZodType<Rate> {
  return section({
    perSecond: number(1, 1_000_000, standard.perSecond),
    burst: number(1, 1_000_000, standard.burst),
  })
}

/** A rate of 0 is none that anybody is held to. */
function share(standard: ShareLimits): z.ZodType<ShareLimits> {
  return section({
    rate: section({
      perSecond: number(0, 1_000_000, standard.rate.perSecond),
      burst: number(1, 1_000_000, standard.rate.burst),
    }),
    inFlight: count(standard.inFlight),
  })
}
