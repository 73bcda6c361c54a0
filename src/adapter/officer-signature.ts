import { constants, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'

/**
 * Signs as an officer does: ECDSA with SHA-256, RSA-PSS with SHA-256, or Ed25519, as the key is. Throws `INVALID_FIELD`
 * for a key of another kind.
 */
export function signAsOfficer(key: KeyObject, text: Uint8Array): Uint8Array {
  return sign(hashFor(key), text, optionsFor(key))
}

/**
 * Whether a signature is that of a key over a text.
 *
 * @param publicKey - SubjectPublicKeyInfo in DER
 */
export function isSignedByOfficer(
  publicKey: Uint8Array,
  text: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify(hashFor(key), text, optionsFor(key), signature)
  } catch {
    return false
  }
}

function hashFor({ asymmetricKeyType }: KeyObject): string | null {
  if (asymmetricKeyType === 'ed25519') return null
  if (asymmetricKeyType === 'ec' || asymmetricKeyType === 'rsa') return 'sha256'
  throw new KmipFault('INVALID_FIELD', 'A key of this kind does not sign approvals')
}

function optionsFor(key: KeyObject) {
  if (key.asymmetricKeyType !== 'rsa') return { key }
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
}
