import { KmipFault } from '../../fault/fault.ts'

/** The one fault for material that is not what its format says: it tells nothing of what was found. */
export function malformed(): KmipFault {
  return new KmipFault('INVALID_FIELD', 'The Key Material is malformed')
}
