/** What may be had of something at most; without bounds where there is nothing. */
export interface Quota {
  /** Objects that are not destroyed. */
  readonly objects?: number | undefined
  /** Bytes of their records. */
  readonly bytes?: number | undefined
}

/** What a namespace, or a client, may have and ask for; what is not said is as the server has it for all. */
export interface Limits extends Quota {
  /** Batch items a second; with 0 there is no limit. */
  readonly rate?: number | undefined
  /** Batch items that may come at once where there is a limit to them. */
  readonly burst?: number | undefined
  /** Messages that are carried out at once. */
  readonly inFlight?: number | undefined
}

/** The names of all limits. */
export const LIMIT_NAMES = ['objects', 'bytes', 'rate', 'burst', 'inFlight'] as const

/** Those limits of a request, or a record, that are said. */
export function limitsOf(given: Limits): Limits {
  const said = LIMIT_NAMES.filter((name) => given[name] !== undefined)
  return Object.fromEntries(said.map((name) => [name, given[name]]))
}

/** Whether what was read from a record are limits. */
export function isLimits(value: unknown): value is Limits {
  if (typeof value !== 'object' || value === null) return false
  const bounds: Readonly<Record<string, unknown>> = { ...value }
  return LIMIT_NAMES.every((name) => ['undefined', 'number'].includes(typeof bounds[name]))
}
