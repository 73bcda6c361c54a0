import type { ManagedObject } from '../../model/managed-object.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { DerivationParameters } from '../../spec/structure/derivation-parameters.ts'

/** What a key is derived from. */
export interface DerivationInput {
  /** The key, password or secret that is named first. */
  readonly base: ManagedObject
  /** The object that is named behind it: data to derive with, or the other party's public key. */
  readonly other: ManagedObject | undefined
  readonly stated: DerivationParameters
  /** Those of the request, or of the base. */
  readonly parameters: CryptographicParameters
  /** Of the result, in bytes. */
  readonly length: number
}
