import { cryptographicFailure as failed } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'

export { cryptographicFailure as failed } from '../../fault/cryptographic-failure.ts'

/** What is not built: an algorithm, mode or padding, or these together. */
export function unsupported(what: string): KmipFault {
  return new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', `${what} is not supported`)
}

/** A parameter that contradicts another or the algorithm. */
export function invalid(what: string): KmipFault {
  return new KmipFault('INVALID_FIELD', what)
}

/** Parameters that no key of this algorithm is used with (KMIP 2.1 section 11.46: Bad Cryptographic Parameters). */
export function mismatched(what: string): KmipFault {
  return new KmipFault('PARAMETERS_NOT_OF_KEY', what)
}

/** A length that no tag has, or none that is allowed. */
export function invalidTagLength(): KmipFault {
  return new KmipFault('INVALID_TAG_LENGTH', 'The Tag Length is not allowed')
}

/** Something the request should have had; the official cases want Invalid Message for it (CS-BC-M-12). */
export function missing(what: string): KmipFault {
  return new KmipFault('INVALID_MESSAGE', what)
}

/** Runs what touches keys; whatever it throws becomes {@link failed}. Node's messages name what went wrong. */
export function guarded<R>(work: () => R): R {
  try {
    return work()
  } catch (error) {
    throw failed(error)
  }
}
