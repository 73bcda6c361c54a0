import { KmipFault } from '../../fault/fault.ts'

/** The answer while the store cannot be used; the details are for the log. */
export function unavailable(detail: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The store is unavailable', {
    detail,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** A store that cannot be opened, in words for the person at the terminal. */
export function cannotOpen(message: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', message, cause === undefined ? {} : { cause })
}

/** The error's own words and those underneath, for the log; LevelDB's hold paths and no values. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`
}
