import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../server/limits.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** The least that is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Everything that can be set, with nothing left open. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number }
  readonly tls: {
    /** Also offers the suites of TLS 1.2 without forward secrecy or authenticated encryption. */
    readonly legacySuites: boolean
  }
  readonly limits: TransportLimits
  readonly log: { readonly level: LogLevel }
  readonly shutdown: {
    /** How long requests under way may take once the server was told to stop. */
    readonly graceMs: number
  }
  /** Switches that change what clients are allowed. */
  readonly policy: Policy
}

/** None yet. */
export type Policy = Readonly<Record<string, never>>

/** Loopback only, on the port that IANA keeps for KMIP. */
export const DEFAULT_CONFIG: Config = {
  listen: { host: '127.0.0.1', port: 5696 },
  tls: { legacySuites: false },
  limits: DEFAULT_TRANSPORT_LIMITS,
  log: { level: 'info' },
  shutdown: { graceMs: 10_000 },
  policy: {},
}
