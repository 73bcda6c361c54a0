/** Who asks: a client that was registered, recognised by the key of its certificate. */
export interface Identity {
  /** Our own identifier of the client; a new certificate for the same client keeps it. */
  readonly id: string
  /** The label people gave it. Nothing is decided by it. */
  readonly name: string
  /** Name of the role that says what it may do. */
  readonly role: string
}
