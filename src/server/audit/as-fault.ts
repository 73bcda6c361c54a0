import { KmipFault } from '../../fault/fault.ts'

/** Whatever was thrown, as the audit tells of it. */
export function asFault(error: unknown): KmipFault {
  return error instanceof KmipFault
    ? error
    : new KmipFault('INTERNAL', 'The server failed', { cause: error })
}
