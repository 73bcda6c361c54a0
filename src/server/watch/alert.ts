/** Something that people should look at. */
export interface Alert {
  /** Which rule it is. */
  readonly rule: AlertRule
  /** The label of the client, where it is about one. */
  readonly client?: string
  /** How many there were, or how many seconds. */
  readonly count: number
  /** What happened, for people. */
  readonly message: string
}

export type AlertRule =
  | 'refusals'
  | 'gets'
  | 'destroys'
  | 'failed-logins'
  | 'failed-handshakes'
  | 'clock'
  | 'not-serving'
  | 'client-key'
  | 'audit'

/** When there is an alert. A number of 0 turns its rule off. */
export interface AlertRules {
  /** Seconds in which so many make an alert; each counts once in them. */
  readonly seconds: number
  /** Requests of one client that were not permitted, or for objects that are not there for it. */
  readonly refusals: number
  /** Successful Get and Export of one client. */
  readonly gets: number
  /** Successful Destroy of one client. */
  readonly destroys: number
  /** Credentials and tickets of one client that were wrong. */
  readonly failedLogins: number
  /** TLS handshakes that failed, and clients that were not let in. */
  readonly failedHandshakes: number
  /** Seconds by which the time of day may move against the monotonic clock. */
  readonly clock: number
}

export const DEFAULT_ALERT_RULES: AlertRules = {
  seconds: 60,
  refusals: 100,
  gets: 10_000,
  destroys: 100,
  failedLogins: 10,
  failedHandshakes: 100,
  clock: 2,
}
