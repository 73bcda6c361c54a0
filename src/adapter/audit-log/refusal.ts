import { KmipFault } from '../../fault/fault.ts'

/** Why a log is not opened. */
export function refused(message: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', message, cause === undefined ? {} : { cause })
}
