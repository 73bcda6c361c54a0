import type { Secret } from '../secret/secret.ts'
import type { RNGParameters } from '../spec/structure/rng-parameters.ts'

/** The source of randomness and of what is made from it. */
export interface Random {
  /** Fresh key material or a nonce. */
  bytes(length: number): Secret
  /** A Unique Identifier: a UUID of version 4, lower case. */
  identifier(): string
  /** What kind of generator the bytes come from: clients are told (KMIP 1.4 section 3.44). */
  readonly parameters: RNGParameters
}

/** A source that clients may add randomness of their own to (KMIP 1.4 section 4.36). */
export interface SeedableRandom extends Random {
  /** Adds bytes that may be anybody's; they can do no harm. */
  seed(bytes: Uint8Array): void
}
