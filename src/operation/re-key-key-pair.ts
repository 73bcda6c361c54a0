import { KmipFault } from '../fault/fault.ts'
import { objectReference } from '../message/identifier.ts'
import { overlaid } from '../model/attribute-overlay.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { keyBlockOf } from '../model/content.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import {
  replacedBy,
  replacementEntries,
  replacing,
  type ReplacementRequest,
} from '../model/replacement.ts'
import { checkShrunk, usesIn, usesOf } from '../model/usage-safety.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import {
  checkPairStorage,
  keyPairEntries,
  keyPairFields,
  keyPairIdentification,
  KeyPairResponse,
  makeKeyPair,
  type Halves,
} from './shared/key-pair.ts'
import { loadReplaceable } from './shared/replaceable.ts'

const ReKeyKeyPairRequest = struct({
  privateKeyUniqueIdentifier: optional(Tag.PrivateKeyUniqueIdentifier, objectReference),
  offset: optional(Tag.Offset),
  ...keyPairFields,
})

/** The public half of a pair, which its private half knows. Throws `NOT_PERMITTED` where it knows none. */
async function publicHalf(
  { attributes }: ManagedObject,
  context: OperationContext,
): Promise<ManagedObject> {
  const link = attributes
    .all('Link')
    .findLast(({ linkType }) => linkType === LinkType.PublicKeyLink)
  if (link === undefined) {
    throw new KmipFault('NOT_PERMITTED', 'The private key has no public key with it')
  }
  const reference = { kind: 'identifier', value: link.linkedObjectIdentifier } as const
  return loadReplaceable(reference, ObjectType.PublicKey, context)
}

/** What the key material says of its curve: keys that were registered have no attribute for it. */
function curveEntries(
  { objectType, content, attributes }: ManagedObject,
  { keyFormats }: OperationContext,
): readonly AttributeEntry[] {
  const name = 'CryptographicDomainParameters'
  const block = content === undefined ? undefined : keyBlockOf(content)
  if (block === undefined || attributes.has({ name })) return []
  const recommendedCurve = keyFormats.describe(objectType, block)?.curve
  return recommendedCurve === undefined
    ? []
    : [{ reference: { name }, value: { recommendedCurve } }]
}

function replacementHalves(
  existing: Halves<ManagedObject>,
  requested: Halves<readonly AttributeEntry[]>,
  rest: Omit<ReplacementRequest, 'requested'>,
): Halves<readonly AttributeEntry[]> {
  const { ofPrivate, ofPublic } = requested
  return {
    ofPrivate: replacementEntries(existing.ofPrivate, { ...rest, requested: ofPrivate }),
    ofPublic: replacementEntries(existing.ofPublic, { ...rest, requested: ofPublic }),
  }
}

/** KMIP 1.4 section 4.5, KMIP 2.1 section 6.1.47. */
export const reKeyKeyPair = defineOperation('ReKeyKeyPair', {
  pace: 'slow',
  request: ReKeyKeyPairRequest,
  response: KeyPairResponse,
  ...keyPairIdentification,
  async handle(request, context) {
    checkPairStorage(request, context)
    const { now, objects } = context
    const ofPrivate = await loadReplaceable(
      request.privateKeyUniqueIdentifier,
      ObjectType.PrivateKey,
      context,
    )
    const existing = { ofPrivate, ofPublic: await publicHalf(ofPrivate, context) }
    const requested = await keyPairEntries(request, context)
    const entries = replacementHalves(existing, requested, { offset: request.offset, now })
    checkShrunk(usesIn(entries.ofPrivate), usesOf(existing.ofPrivate), context.policy)
    checkShrunk(usesIn(entries.ofPublic), usesOf(existing.ofPublic), context.policy)
    const curve = curveEntries(ofPrivate, context)
    const made = await makeKeyPair(
      { ...entries, ofPrivate: overlaid([curve, entries.ofPrivate]) },
      { ...request, asked: requested.ofPrivate },
      context,
    )
    const [privateIdentifier, publicIdentifier] = [
      made.ofPrivate.uniqueIdentifier,
      made.ofPublic.uniqueIdentifier,
    ]
    await objects.save(replacedBy(existing.ofPrivate, privateIdentifier, now))
    await objects.save(replacedBy(existing.ofPublic, publicIdentifier, now))
    await objects.add(replacing(made.ofPrivate, existing.ofPrivate, now))
    await objects.add(replacing(made.ofPublic, existing.ofPublic, now))
    return {
      privateKeyUniqueIdentifier: privateIdentifier,
      publicKeyUniqueIdentifier: publicIdentifier,
    }
  },
})
