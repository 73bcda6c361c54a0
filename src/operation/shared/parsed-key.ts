import type { ObjectContent } from '../../model/content.ts'
import type { PrivateKey, PublicKey } from '../../port/crypto.ts'
import type { Services } from '../context.ts'

const PRIVATE = new WeakMap<ObjectContent, PrivateKey>()
const PUBLIC = new WeakMap<ObjectContent, PublicKey>()

/**
 * A handle of the private key of an object, for the caller to destroy. The key is parsed once and kept for as long as
 * the object is kept opened: with OpenSSL 3, parsing takes longer than signing.
 */
export function parsedPrivate(
  content: ObjectContent,
  { crypto }: Pick<Services, 'crypto'>,
  parse: () => PrivateKey,
): PrivateKey {
  const key = PRIVATE.get(content) ?? parse()
  PRIVATE.set(content, key)
  return crypto.keys.duplicate(key)
}

/** As {@link parsedPrivate}, of the public key. */
export function parsedPublic(
  content: ObjectContent,
  { crypto }: Pick<Services, 'crypto'>,
  parse: () => PublicKey,
): PublicKey {
  const key = PUBLIC.get(content) ?? parse()
  PUBLIC.set(content, key)
  return crypto.keys.duplicate(key)
}
