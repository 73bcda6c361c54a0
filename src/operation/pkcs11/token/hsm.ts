import type { Token } from '../../../port/token.ts'

/** A token that clients use by PKCS#11 functions, and what they may do with it. */
export interface Hsm {
  readonly token: Token
  /** Objects that one client may have in it. */
  readonly objectsPerClient: number
  /** Whether a client may have keys that can be read. */
  readonly extractable: boolean
}
