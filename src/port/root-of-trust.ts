import type { Secret } from '../secret/secret.ts'

/** Where the key hierarchy hangs from: a passphrase, a file, later an HSM. */
export interface RootOfTrust {
  /** As in `passphrase`. */
  readonly kind: string
  /** Encrypts a key-encryption key for the keyring. */
  wrap(key: Secret): Promise<Uint8Array>
  /** Throws `UNAVAILABLE` with a plain message when this root did not wrap it. */
  unwrap(wrapped: Uint8Array): Promise<Secret>
  destroy(): void
}
