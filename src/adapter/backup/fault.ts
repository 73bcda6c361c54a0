import { KmipFault } from '../../fault/fault.ts'

/** A backup that cannot be used, or not made, in words for the person at the terminal. */
export function refused(message: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', message, cause === undefined ? {} : { cause })
}
