import type { Secret } from '../secret/secret.ts'

/** What a password is compared with; it is not the password, but who has it may try out guesses. */
export interface PasswordVerifier {
  readonly kdf: 'scrypt'
  /** N: a power of two. */
  readonly cost: number
  /** r */
  readonly blockSize: number
  /** p */
  readonly parallelization: number
  /** Base64, as is what was derived. */
  readonly salt: string
  readonly derived: string
}

/** Compares passwords. It takes long on purpose, and is done off the event loop. */
export interface Passwords {
  /**
   * Whether a password is the one; without a verifier it is not, and that takes as long.
   *
   * @throws KmipFault `SERVER_LIMIT` where too many are being compared
   */
  isRight(password: Secret, verifier: PasswordVerifier | undefined): Promise<boolean>
}
