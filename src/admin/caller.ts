import type { VoterCertificate } from '../model/approval/approval.ts'

/** Who makes a call of the admin API. */
export type AdminCaller =
  /** Whoever may open the Unix socket, or the data directory itself: no client. */
  | { readonly kind: 'local'; readonly approval?: string | undefined }
  /** A registered client, over mutual TLS. */
  | {
      readonly kind: 'client'
      readonly id: string
      readonly name: string
      readonly role: string
      /** SHA-256 of the SubjectPublicKeyInfo of the certificate that it shows, lower-case hex. */
      readonly key: string
      /** That key as SubjectPublicKeyInfo in DER: what it signs is verified with it. */
      readonly publicKey: Uint8Array
      /** What that certificate is revoked by; nobody approves without it. */
      readonly certificate?: VoterCertificate
      readonly address: string | undefined
      /** Number of the approval that the call is to be made under. */
      readonly approval?: string | undefined
    }

export const LOCAL: AdminCaller = { kind: 'local' }
