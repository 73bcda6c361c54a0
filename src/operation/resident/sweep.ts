import type { ManagedObject } from '../../model/managed-object.ts'
import { isResident } from '../../model/residence.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import type { Hsm } from '../pkcs11/token/hsm.ts'

/** Objects of a token that are looked at. */
const MOST = 100_000

/** What the token has of this store that the store does not need. */
export interface Strays {
  /** Keys that are destroyed now, or as soon as the token does it: their objects are destroyed, or have other keys. */
  readonly released: number
  /** Unique Identifiers under which keys are in the token, and of which the store knows nothing. */
  readonly orphans: readonly string[]
}

/**
 * Holds the keys in the token against the store, while nobody makes any. Keys of objects that were destroyed are
 * destroyed too. Keys without any object are left alone: a crash between the two leaves such a key, but so does a store
 * that was put back to an earlier state, and then the key is all there is. Throws what the token refuses.
 *
 * @param read - the objects of an identifier, whoever they belong to: each tenant may have one
 */
export async function sweepToken(
  { token, residents }: Pick<Hsm, 'token' | 'residents'>,
  read: (uniqueIdentifier: string) => Promise<readonly ManagedObject[]>,
): Promise<Strays> {
  const orphans: string[] = []
  let released = 0
  for (const key of await token.find([{ type: CKA.TOKEN[0], value: true }], MOST)) {
    const uniqueIdentifier = residents.identifierOf(key)
    if (uniqueIdentifier === undefined) continue
    const objects = await read(uniqueIdentifier)
    if (objects.length === 0) orphans.push(uniqueIdentifier)
    else if (!objects.some((object) => object.content !== undefined && isResident(object))) {
      residents.discard(key)
      released += 1
    }
  }
  return { released, orphans }
}
