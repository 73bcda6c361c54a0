import type { UsageRules } from '../model/usage-safety.ts'
import { DEFAULT_AUDIT_LIMITS, type AuditLimits } from '../adapter/audit-log/limits.ts'
import type { ClientLogLimits } from '../operation/client-log.ts'
import type { CryptokiInfo, CryptokiLimits } from '../operation/pkcs11/module-settings.ts'
import type { QueryStatements } from '../operation/query-statements.ts'
import type { StreamLimits } from '../operation/streams.ts'
import type { LockLimits } from '../operation/ticket-lock.ts'
import { DEFAULT_TICKET_LIMITS, type TicketLimits } from '../operation/tickets.ts'
import {
  DEFAULT_VERIFICATION_LIMITS,
  type VerificationLimits,
} from '../server/audit/verification.ts'
import { DEFAULT_JOB_LIMITS, type JobLimits } from '../server/jobs.ts'
import { DEFAULT_REVOCATION_LIMITS, type RevocationLimits } from '../server/revocations.ts'
import { DEFAULT_APPROVAL_LIMITS, type ApprovalLimits } from '../repository/approval-book.ts'
import { DEFAULT_ROTATION_LIMITS, type RotationLimits } from '../server/rotor.ts'
import { DEFAULT_INTEGRITY_LIMITS, type IntegrityLimits } from '../server/scrub.ts'
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../server/limits.ts'
import { DEFAULT_REQUEST_LIMITS, type RequestLimits } from '../server/turnstile.ts'
import { DEFAULT_ALERTS, type AlertConfig } from './alerts.ts'
import type { ClientConfig } from './client-profile.ts'
import type { EndpointConfig } from './endpoint.ts'
import type { HsmConfig } from './hsm.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** The least that is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Everything that can be set, with nothing left open. */
export interface Config {
  readonly listen: {
    readonly host: string
    /** For TTLV and for HTTPS. */
    readonly port: number
    /** For HTTPS alone, where that is to have a port of its own. */
    readonly httpsPort?: number | undefined
  }
  /** The admin API over mutual TLS; without it, it is on the Unix socket alone. */
  readonly admin?:
    | {
        /** Where KMIP is served, when absent. */
        readonly host?: string | undefined
        readonly port: number
      }
    | undefined
  /** How clients are recognised, and when their user names are locked out. */
  readonly identity: RevocationLimits & LockLimits
  readonly tls: {
    /** Also offers the suites of TLS 1.2 without forward secrecy or authenticated encryption. */
    readonly legacySuites: boolean
  }
  readonly limits: TransportLimits & {
    /** What clients may ask for once they are connected. */
    readonly requests: RequestLimits
  }
  /** Clients that are served otherwise than others. */
  readonly clients: readonly ClientConfig[]
  /** Clients that the server speaks to of its own accord. */
  readonly endpoints: readonly EndpointConfig[]
  /** What is done asynchronously; with no jobs nothing is. */
  readonly asynchrony: JobLimits
  /** What Login and Delegated Login give. */
  readonly tickets: TicketLimits
  /** What clients may have open of the server's own PKCS#11 module, and what it says of itself. */
  readonly pkcs11: CryptokiLimits & { readonly info: CryptokiInfo }
  /** The PKCS#11 token that takes the place of that module. */
  readonly hsm?: HsmConfig | undefined
  /** The replacing of objects that are to be rotated automatically. */
  readonly rotation: RotationLimits
  /** Requests that may wait for officers. */
  readonly approvals: ApprovalLimits
  /** How the store is watched over. */
  readonly integrity: IntegrityLimits & {
    /** A file on another disk that the head of the store is kept in, too. */
    readonly anchor?: string | undefined
    /** Bytes of a file that holds room for when the disk is full; 0 for none. */
    readonly ballast: number
  }
  /** How the audit log is kept. */
  readonly audit: AuditLimits &
    VerificationLimits & {
      /** Where it lies if not in the data directory. */
      readonly directory?: string | undefined
    }
  readonly log: { readonly level: LogLevel }
  /** When people are to be told, and how. */
  readonly alerts: AlertConfig
  readonly shutdown: {
    /** How long requests under way may take once the server was told to stop. */
    readonly graceMs: number
  }
  /** What Certify and Re-certify issue certificates with; they are refused while there is no `client`. */
  readonly certification: Certification
  /** What Query is answered with instead of what the server knows of itself. */
  readonly query: QueryStatements
  /** Switches that change what clients are allowed. */
  readonly policy: Policy
}

/** The issuing key pair: objects of a client, so that they are made, rotated and revoked as any others are. */
export interface Certification {
  /** Name of the client that they belong to. */
  readonly client?: string | undefined
  /** Name of its Private Key object. */
  readonly privateKey: string
  /** Name of its Certificate object. */
  readonly certificate: string
  /** For how many days a certificate is valid, at most and where the request does not say. */
  readonly days: number
}

/** Generators of key material: what clients are told of them is true of each. */
export const RANDOM_NUMBER_GENERATORS = ['ansi-x9.31', 'ctr-drbg'] as const

/** What may become of the seeds that clients give: all bytes used, sixteen at most, none, or an error. */
export const RNG_SEEDS = ['use', 'use-part', 'ignore', 'refuse'] as const

/** What Get may give of a one-time pad. */
export const PAD_VIEWS = ['withhold', 'refuse'] as const

/** Which keys may be kept in the token: none, those for which it is asked, or all that it can have. */
export const RESIDENT_KEYS = ['never', 'asked', 'always'] as const

/** Keys that sensitive ones may leave under. */
export const WRAPPING_KEYS = ['any', 'trusted'] as const

/** What takes the place of a key: of any use, or of no use that the key had not. */
export const USAGE_MASKS = ['free', 'shrink'] as const

/** Keys with uses that do not go together. */
export const CONFLICTING_USAGES = ['allow', 'refuse'] as const

/** What the standard leaves to the server. */
export interface Policy extends UsageRules {
  /** Where new key material comes from. */
  readonly randomNumberGenerator: (typeof RANDOM_NUMBER_GENERATORS)[number]
  /** Lease Time of new objects, in seconds. */
  readonly leaseTime: number
  /** Unique Identifiers in one answer to Locate. */
  readonly locateItems: number
  /** Batch items in one message. */
  readonly batchItems: number
  /** Whether a key that has no Cryptographic Parameters may wrap with those of the request. */
  readonly wrapWithoutParameters: boolean
  /** Whether keys that are wrapped without encoding are given inside the Key Value's structure, as PyKMIP reads them. */
  readonly wrapInsideStructure: boolean
  /** What becomes of the data of RNG Seed. */
  readonly rngSeed: (typeof RNG_SEEDS)[number]
  /** Parts that one key may be split into, and that may be joined. */
  readonly splitKeyParts: number
  /** Application Namespaces that the server makes up Application Data for. */
  readonly applicationNamespaces: readonly string[]
  /** Iterations of PBKDF2 for one key, over all the blocks that it takes. */
  readonly derivationIterations: number
  /** RSA and DSA pairs and derivations by PBKDF2 that one client may have under way; they are made one after the other. */
  readonly slowWorkPerClient: number
  /** Whether authenticated encryption may have tags under 96 bits. */
  readonly shortTags: boolean
  /** Whether the IV of GCM may have another length than 96 bits. */
  readonly anyGcmIv: boolean
  /** What Get gives of a one-time pad: its Key Block without the bytes, or an error. */
  readonly getOneTimePad: (typeof PAD_VIEWS)[number]
  /** Whether keys of managed objects are kept in the token, where there is one. */
  readonly residentKeys: (typeof RESIDENT_KEYS)[number]
  /** Whether sensitive keys leave under any wrapping key, or under those alone that are marked as trusted. */
  readonly wrapping: (typeof WRAPPING_KEYS)[number]
  /** Cryptographic operations by parts. */
  readonly streams: StreamLimits
  /** Messages that clients have written into the log. */
  readonly clientLog: ClientLogLimits
  /** Whether Interop is there, which erases what clients have: never where keys matter. */
  readonly interop: boolean
}

/** Loopback only, on the port that IANA keeps for KMIP. */
export const DEFAULT_CONFIG: Config = {
  listen: { host: '127.0.0.1', port: 5696 },
  tls: { legacySuites: false },
  identity: { ...DEFAULT_REVOCATION_LIMITS, failures: 10, lockSeconds: 300 },
  limits: { ...DEFAULT_TRANSPORT_LIMITS, requests: DEFAULT_REQUEST_LIMITS },
  clients: [],
  endpoints: [],
  asynchrony: DEFAULT_JOB_LIMITS,
  tickets: DEFAULT_TICKET_LIMITS,
  pkcs11: {
    applications: 16,
    sessions: 64,
    objects: 10_000,
    seconds: 3_600,
    info: {
      cryptokiVersion: { major: 3, minor: 0 },
      manufacturer: 'kmipd',
      description: 'managed objects of the client',
      libraryVersion: { major: 1, minor: 0 },
    },
  },
  rotation: DEFAULT_ROTATION_LIMITS,
  approvals: DEFAULT_APPROVAL_LIMITS,
  integrity: { ...DEFAULT_INTEGRITY_LIMITS, ballast: 16_777_216 },
  audit: { ...DEFAULT_AUDIT_LIMITS, ...DEFAULT_VERIFICATION_LIMITS },
  log: { level: 'info' },
  alerts: DEFAULT_ALERTS,
  shutdown: { graceMs: 10_000 },
  certification: {
    privateKey: 'issuing key',
    certificate: 'issuing certificate',
    days: 365,
  },
  query: {},
  policy: {
    randomNumberGenerator: 'ansi-x9.31',
    leaseTime: 3_600,
    locateItems: 1_000,
    batchItems: 100,
    wrapWithoutParameters: true,
    wrapInsideStructure: false,
    rngSeed: 'use',
    splitKeyParts: 32,
    applicationNamespaces: ['kmipd'],
    derivationIterations: 10_000_000,
    slowWorkPerClient: 8,
    shortTags: false,
    anyGcmIv: true,
    getOneTimePad: 'withhold',
    residentKeys: 'asked',
    usageMask: 'free',
    conflictingUsage: 'allow',
    wrapping: 'any',
    streams: { perClient: 16, bytes: 16_777_216, seconds: 300 },
    clientLog: { linesPerMinute: 60, characters: 1_024 },
    interop: false,
  },
}
