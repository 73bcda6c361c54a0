import { KmipFault } from '../../fault/fault.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { TokenObject } from '../../port/token.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import type { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'
import type { ItemRun } from '../item-run.ts'
import type { Hsm } from '../pkcs11/token/hsm.ts'
import { markAttribute } from '../pkcs11/token/mark.ts'
import { inToken, tokenFull } from './refusal.ts'
import { tokenObjectOf } from './resident-key.ts'

/** A key that is in the token, for an object that is not stored yet. */
export interface TokenKey {
  readonly uniqueIdentifier: string
  /** The public half of a pair. */
  readonly publicKey: KeyBlock | undefined
}

/** A key that is to be in the token. */
export interface TokenKeyPlan {
  readonly objectType: ObjectType
  /** A text that is the same for keys of which one will do for the other. */
  readonly kind: string
  /** Makes it, and gives the public half of a pair. */
  make(object: TokenObject, hsm: Hsm): Promise<KeyBlock | undefined>
}

/** Keys of batch items whose unit of work may have to be tried anew. */
const MADE = new WeakMap<ItemRun, TokenKey & Pick<TokenKeyPlan, 'kind'>>()

/**
 * Has a key made in the token, under the identifier of the object that is to be stored for it. The key comes first: an
 * object without its key would be a promise that nobody can keep. Where the object is not stored in the end, the key is
 * destroyed again.
 *
 * @throws KmipFault `SERVER_LIMIT` for a client that has too many, and what `inToken` throws
 */
export async function makeTokenKey(
  plan: TokenKeyPlan,
  context: OperationContext,
): Promise<TokenKey> {
  const { hsm, run, random, crypto, identity } = context
  if (hsm === undefined) throw new KmipFault('UNAVAILABLE', 'The server has no token')
  const kept = MADE.get(run)
  if (kept?.kind === plan.kind) return kept
  const { kind, objectType } = plan
  const uniqueIdentifier = random.identifier()
  const object = tokenObjectOf({ objectType, owner: identity.id, uniqueIdentifier }, hsm, crypto)
  run.whenSettled((isDone) => {
    const isUsed = isDone && MADE.get(run)?.uniqueIdentifier === uniqueIdentifier
    if (!isUsed) hsm.residents.discard(object)
  })
  const publicKey = await inToken(async () => {
    await checkRoom(object, hsm, context)
    return plan.make(object, hsm)
  })
  const made = { kind, uniqueIdentifier, publicKey }
  MADE.set(run, made)
  return made
}

/** What a client made with PKCS#11 functions counts, too. */
async function checkRoom(
  { label }: TokenObject,
  { token, objectsPerClient: most }: Hsm,
  context: OperationContext,
): Promise<void> {
  const managed = await token.count([{ type: CKA.LABEL[0], value: label }], most)
  const others = managed < most ? await token.count([markAttribute(context)], most - managed) : 0
  if (managed + others >= most) throw tokenFull()
}
