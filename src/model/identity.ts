/** What a client was recognised by. */
export interface Credential {
  /** SHA-256 of the issuer's and of its own SubjectPublicKeyInfo in DER, lower-case hex. */
  readonly issuer: string
  readonly subject: string
  /** Unique Identifier of its Certificate object, where the server keeps it for the client. */
  readonly object?: string
}

/** Who asks: a client that was registered, recognised by the key of its certificate. */
export interface Identity {
  /** Our own identifier of the client; a new certificate for the same client keeps it. */
  readonly id: string
  /** The label people gave it. Nothing is decided by it. */
  readonly name: string
  /** Name of the role that says what it may do. */
  readonly role: string
  /** Identifier of the namespace that it was put into, for life; absent where it is a tenant by itself. */
  readonly namespace?: string | undefined
  /** Absent where the client did not come over a connection. */
  readonly credential?: Credential
}

/** The tenant that a client belongs to: its namespace, or itself. Objects of any other are not there for it. */
export function namespaceOf({ id, namespace }: Pick<Identity, 'id' | 'namespace'>): string {
  return namespace ?? id
}
