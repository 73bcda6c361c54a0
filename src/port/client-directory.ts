import type { Identity } from '../model/identity.ts'

/** What a client certificate is recognised by; its names decide nothing. */
export interface CertificateKey {
  /** SHA-256 of the issuing certificate's SubjectPublicKeyInfo in DER, lower-case hex. */
  readonly issuer: string
  /** SHA-256 of the certificate's own SubjectPublicKeyInfo in DER, lower-case hex. */
  readonly subject: string
}

/** The registered clients, held in memory so that a connection can be recognised at once. */
export interface ClientDirectory {
  /** Undefined for a certificate that nobody registered, however well it is signed. */
  identify(key: CertificateKey): Identity | undefined
  /**
   * Whether what a client asked for with a key that is no longer its own may still be answered: only where it has put
   * another in the key's place itself. Absent where that cannot be.
   */
  mayFinish?(key: CertificateKey): boolean
}
