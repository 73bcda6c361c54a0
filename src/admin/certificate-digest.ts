import { nodeCrypto } from '../adapter/crypto-node.ts'

/**
 * As fingerprints of certificates are written: SHA-256 of the DER, in hex.
 *
 * @param certificate - DER in base64
 */
export function digestOf(certificate: string): string {
  const digest = nodeCrypto.digest('SHA_256', Buffer.from(certificate, 'base64'))
  return Buffer.from(digest).toString('hex')
}
