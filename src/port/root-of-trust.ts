import type { Secret } from '../secret/secret.ts'

/** Where the key hierarchy hangs from: a passphrase, a file, later an HSM. */
export interface RootOfTrust {
  /** As in `passphrase`. */
  readonly kind: string
  /**
   * Encrypts a key-encryption key for the keyring.
   *
   * @param context - what the wrapping is bound to: unwrapping with another context fails
   */
  wrap(key: Secret, context: Uint8Array): Promise<Uint8Array>
  /** Throws `UNAVAILABLE` with a plain message when this root did not wrap it in this context. */
  unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Secret>
  destroy(): void
}
