import type { Token } from '../../../port/token.ts'
import type { Residents } from '../../resident/residents.ts'

/** The token, and what clients may do with it: by PKCS#11 functions, and for the keys of managed objects. */
export interface Hsm {
  readonly token: Token
  /** Objects that one client may have in it, of both kinds together. */
  readonly objectsPerClient: number
  /** Whether a client may have keys that can be read. */
  readonly extractable: boolean
  /** The keys of managed objects in it. */
  readonly residents: Residents
}
