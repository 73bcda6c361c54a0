/** What the core asks of cryptography; an ability that is absent is one the server does not offer. */
export interface Crypto {
  /** @param algorithm - normalised name of a Hashing Algorithm, as in `SHA_256` */
  digest(algorithm: 'SHA_256', data: Uint8Array): Uint8Array
}
