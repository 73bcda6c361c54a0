import type { Secret } from '../secret/secret.ts'

/** The source of randomness and of what is made from it. */
export interface Random {
  /** Fresh key material or a nonce. */
  bytes(length: number): Secret
  /** A Unique Identifier: a UUID of version 4, lower case. */
  identifier(): string
}
