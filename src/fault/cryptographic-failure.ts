import { KmipFault } from './fault.ts'

/** The one answer to everything that depends on secret bytes. The cause is for the log alone. */
export function cryptographicFailure(cause?: unknown): KmipFault {
  const text = 'The cryptographic operation failed'
  return new KmipFault('CRYPTO_FAILED', text, cause === undefined ? {} : { cause })
}
