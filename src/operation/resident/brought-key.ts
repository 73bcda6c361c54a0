import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { withKeyBlock, type ObjectContent } from '../../model/content.ts'
import { withoutKeyValue } from '../../model/key-block.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkRequested } from '../../model/new-object.ts'
import type { TokenAttribute } from '../../port/token.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import type { OperationContext } from '../context.ts'
import { newParts } from '../shared/creation.ts'
import { plainByteBlock, type PlainKeyBlock } from '../shared/plain-key.ts'
import { makeTokenKey } from './making.ts'
import { withPrivateKeyAttributes } from './private-key-template.ts'
import { residentObject } from './resident-object.ts'
import { guardedAttributes, isLengthOf, secretKind } from './token-template.ts'

/** What a client brings for the token. */
interface Brought {
  readonly content: ObjectContent
  readonly entries: readonly AttributeEntry[]
}

/**
 * The object of a key that a client brings and that goes to the token, not stored yet; a wrapped one is unwrapped for
 * it. Of its bytes a digest stays here and nothing else. Throws `STORAGE_UNAVAILABLE` for a key that the token cannot
 * have, `KEY_VALUE_NOT_PRESENT`, and what `makeTokenKey` and `plainByteBlock` throw.
 */
export async function broughtKey(
  { content, entries }: Brought,
  context: OperationContext,
): Promise<ManagedObject> {
  const { objectType } = content
  checkRequested(entries, objectType)
  const plain = await plainByteBlock({ objectType, content }, context)
  context.destroyAfterAnswer(plain.keyValue.material)
  const { uniqueIdentifier } = await makeTokenKey(
    {
      objectType,
      kind: 'brought',
      async make(object, { token }) {
        const guards = guardedAttributes(object, entries)
        await withKeyAttributes({ objectType, plain }, context, async (parts) => {
          await token.create([
            { type: CKA.CLASS[0], value: object.objectClass },
            ...guards,
            ...parts,
          ])
        })
        return undefined
      },
    },
    context,
  )
  const draft = { uniqueIdentifier, content: withKeyBlock(content, plain), entries }
  const { digest } = newParts(draft, context)
  const absent = { ...draft, content: withKeyBlock(content, withoutKeyValue(plain)) }
  return residentObject(absent, 'brought', context, digest)
}

async function withKeyAttributes(
  { objectType, plain }: { readonly objectType: ObjectType; readonly plain: PlainKeyBlock },
  context: OperationContext,
  use: (attributes: readonly TokenAttribute[]) => Promise<void>,
): Promise<void> {
  if (objectType === ObjectType.PrivateKey) {
    await withPrivateKeyAttributes(plain, context, use)
    return
  }
  const algorithm = plain.cryptographicAlgorithm
  const kind = algorithm === undefined ? undefined : secretKind(algorithm)
  if (kind === undefined || !isLengthOf(kind, plain.keyValue.material.length)) {
    throw new KmipFault('STORAGE_UNAVAILABLE', 'The token does not have keys of this kind')
  }
  const { keyType } = kind
  await plain.keyValue.material.expose(async (value) =>
    use([
      { type: CKA.KEY_TYPE[0], value: keyType },
      { type: CKA.VALUE[0], value },
    ]),
  )
}
