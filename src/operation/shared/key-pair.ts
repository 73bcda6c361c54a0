import { isDeepStrictEqual } from 'node:util'
import type { FaultCode } from '../../fault/fault-code.ts'
import { KmipFault } from '../../fault/fault.ts'
import { optionalAttributes } from '../../message/attributes.ts'
import { overlaid } from '../../model/attribute-overlay.ts'
import { isVendorReference, type AttributeReference } from '../../model/attribute-reference.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkRequested } from '../../model/new-object.ts'
import { checkQuantumSafe } from '../../model/quantum-safety.ts'
import { withLink } from '../../model/replacement.ts'
import { isKeyStorage } from '../../model/residence.ts'
import type { KeyPair, KeyPairRequest } from '../../port/crypto.ts'
import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct, type StructValue } from '../../schema/struct.ts'
import type { AttributeName } from '../../spec/attribute.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../../spec/structure/protection-storage-masks.ts'
import { Tag } from '../../spec/tag.ts'
import type { OperationContext } from '../context.ts'
import type { OperationDefinition } from '../definition.ts'
import { residentPair } from '../resident/key-pair.ts'
import { placeOf } from '../resident/placement.ts'
import { residentObject } from '../resident/resident-object.ts'
import { makeObject, optionalEntries, requestedValue, withDefaults } from './creation.ts'
import { keyPairContent } from './key-pair-content.ts'
import { keyPairKind } from './key-pair-kind.ts'

/** What a request for a key pair says of its halves (KMIP 1.4 sections 4.2, 4.5; KMIP 2.1 sections 6.1.9, 6.1.47). */
export const keyPairFields = {
  common: optionalAttributes({ v1: Tag.CommonTemplateAttribute, v2: Tag.CommonAttributes }),
  ofPrivate: optionalAttributes({
    v1: Tag.PrivateKeyTemplateAttribute,
    v2: Tag.PrivateKeyAttributes,
  }),
  ofPublic: optionalAttributes({ v1: Tag.PublicKeyTemplateAttribute, v2: Tag.PublicKeyAttributes }),
  commonMasks: optional(Tag.CommonProtectionStorageMasks, ProtectionStorageMasksStruct),
  privateMasks: optional(Tag.PrivateProtectionStorageMasks, ProtectionStorageMasksStruct),
  publicMasks: optional(Tag.PublicProtectionStorageMasks, ProtectionStorageMasksStruct),
}
type KeyPairWishes = StructValue<typeof keyPairFields>

/** What a request says of the places of both halves. */
type MadePairWishes = Pick<KeyPairWishes, 'commonMasks' | 'privateMasks'> & {
  /** What it says of the private half, where the rest is taken over from the one that is replaced. */
  readonly asked?: readonly AttributeEntry[]
}

export const KeyPairResponse = struct({
  privateKeyUniqueIdentifier: required(Tag.PrivateKeyUniqueIdentifier),
  publicKeyUniqueIdentifier: required(Tag.PublicKeyUniqueIdentifier),
})
type KeyPairResponse = Infer<typeof KeyPairResponse>

/** One thing for each half of a pair. */
export interface Halves<T> {
  readonly ofPrivate: T
  readonly ofPublic: T
}

/** Both identifiers, the private key's first, which is the ID Placeholder. */
export const keyPairIdentification: Pick<
  OperationDefinition<unknown, KeyPairResponse>,
  'identifies' | 'placeholder'
> = {
  identifies: ({ privateKeyUniqueIdentifier, publicKeyUniqueIdentifier }) => [
    privateKeyUniqueIdentifier,
    publicKeyUniqueIdentifier,
  ],
  placeholder: ({ privateKeyUniqueIdentifier }) => privateKeyUniqueIdentifier,
}

/** Refuses a choice of storage for either half in which ours is not (KMIP 2.1 section 6.1.9). */
export function checkPairStorage(
  { commonMasks, privateMasks, publicMasks }: KeyPairWishes,
  context: OperationContext,
): void {
  const { PrivateKey, PublicKey } = ObjectType
  const check = (objectType: ObjectType, masks = commonMasks, code: FaultCode) =>
    placeOf({ objectType, masks, entries: [] }, context, code)
  check(PrivateKey, privateMasks, 'PRIVATE_STORAGE_UNAVAILABLE')
  check(PublicKey, publicMasks, 'PUBLIC_STORAGE_UNAVAILABLE')
}

/** The attributes for each half: its own before those for both (KMIP 1.4 section 4.2). */
export async function keyPairEntries(
  { common, ofPrivate, ofPublic }: KeyPairWishes,
  context: OperationContext,
): Promise<Halves<readonly AttributeEntry[]>> {
  const ofBoth = await optionalEntries(common, context)
  return {
    ofPrivate: overlaid([ofBoth, await optionalEntries(ofPrivate, context)]),
    ofPublic: overlaid([ofBoth, await optionalEntries(ofPublic, context)]),
  }
}

/** The same for a new pair, with the client's defaults where neither half says anything (KMIP 2.1 section 6.1.53). */
export async function newPairEntries(
  wishes: KeyPairWishes,
  context: OperationContext,
): Promise<Halves<readonly AttributeEntry[]>> {
  const { ofPrivate, ofPublic } = await keyPairEntries(wishes, context)
  const { PrivateKey, PublicKey } = ObjectType
  return {
    ofPrivate: await withDefaults(ofPrivate, PrivateKey, context, sharedBy(ofPublic)),
    ofPublic: await withDefaults(ofPublic, PublicKey, context, sharedBy(ofPrivate)),
  }
}

/** What one half says of both. */
function sharedBy(entries: readonly AttributeEntry[]): readonly AttributeReference[] {
  return SHARED.filter((name) => requestedValue(entries, name) !== undefined).map((name) => ({
    name,
  }))
}

/**
 * Makes a key pair and the two objects for it, linked with one another and not stored yet. Nothing is locked while the
 * pair is made.
 *
 * @throws KmipFault `MISSING_FIELD` without an algorithm, `INVALID_ATTRIBUTE_VALUE`, `NOT_QUANTUM_SAFE`, and what
 *   `checkRequested` and `MadeOnce.keyPair` throw
 */
export async function makeKeyPair(
  wanted: Halves<readonly AttributeEntry[]>,
  { commonMasks, privateMasks: masks = commonMasks, asked = wanted.ofPrivate }: MadePairWishes,
  context: OperationContext,
): Promise<Halves<ManagedObject>> {
  const { ofPrivate, ofPublic: ofBothKinds } = agreed(wanted)
  // A public key is no secret: only where its private key is kept is for a client to say.
  const ofPublic = ofBothKinds.filter(({ reference }) => !isKeyStorage(reference))
  checkRequested(ofPrivate, ObjectType.PrivateKey)
  checkRequested(ofPublic, ObjectType.PublicKey)
  const algorithm = requestedValue(ofPrivate, 'CryptographicAlgorithm')
  if (algorithm === undefined) {
    throw new KmipFault('MISSING_FIELD', 'Cryptographic Algorithm is missing')
  }
  checkQuantumSafe(ofPrivate, algorithm)
  checkQuantumSafe(ofPublic, algorithm)
  const wish = { objectType: ObjectType.PrivateKey, masks, entries: ofPrivate, asked }
  if (placeOf(wish, context, 'PRIVATE_STORAGE_UNAVAILABLE') === 'token') {
    return linked(await inTokenPair(algorithm, { ofPrivate, ofPublic }, context))
  }
  const pair = await generated(algorithm, ofPrivate, context)
  const content = keyPairContent(pair, algorithm, context)
  const { parameters } = context.random
  return linked({
    ofPrivate: makeObject(content.ofPrivate, ofPrivate, context, parameters),
    ofPublic: makeObject(content.ofPublic, ofPublic, context, parameters),
  })
}

/** A pair whose private half is made in the token, and stays there. */
async function inTokenPair(
  algorithm: CryptographicAlgorithm,
  { ofPrivate, ofPublic }: Halves<readonly AttributeEntry[]>,
  context: OperationContext,
): Promise<Halves<ManagedObject>> {
  const request = pairRequest(algorithm, ofPrivate, context)
  const { uniqueIdentifier, content } = await residentPair(
    { request, algorithm },
    ofPrivate,
    context,
  )
  const { cryptographicLength: bits } = content.ofPrivate.keyBlock
  if (request.kind === 'EC') checkLength(bits, ofPrivate)
  const draft = { uniqueIdentifier, content: content.ofPrivate, entries: ofPrivate }
  return {
    ofPrivate: residentObject(draft, 'made', context),
    ofPublic: makeObject(content.ofPublic, ofPublic, context),
  }
}

function pairRequest(
  algorithm: CryptographicAlgorithm,
  entries: readonly AttributeEntry[],
  { crypto }: OperationContext,
): KeyPairRequest {
  const length = requestedValue(entries, 'CryptographicLength')
  const domain = requestedValue(entries, 'CryptographicDomainParameters')
  return keyPairKind({ algorithm, length, domain }, crypto.keys)
}

async function generated(
  algorithm: CryptographicAlgorithm,
  entries: readonly AttributeEntry[],
  context: OperationContext,
): Promise<KeyPair> {
  const pair = await context.once.keyPair(pairRequest(algorithm, entries, context))
  const { kind, bits } = pair.privateKey
  if (kind === 'EC') checkLength(bits, entries)
  return pair
}

function checkLength(bits: number | undefined, entries: readonly AttributeEntry[]): void {
  const length = requestedValue(entries, 'CryptographicLength')
  if (length === undefined || length === bits) return
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'The curve has another Cryptographic Length')
}

/** What both halves have alike (KMIP 1.4 table 168, KMIP 2.1 table 191). */
const SHARED: readonly AttributeName[] = [
  'CryptographicAlgorithm',
  'CryptographicLength',
  'CryptographicDomainParameters',
  'CryptographicParameters',
]

/** Gives each half what only the other was said to have. Throws `INVALID_ATTRIBUTE_VALUE` where the two differ. */
function agreed({
  ofPrivate,
  ofPublic,
}: Halves<readonly AttributeEntry[]>): Halves<readonly AttributeEntry[]> {
  const only = (entries: readonly AttributeEntry[], name: AttributeName) =>
    entries.filter(({ reference }) => !isVendorReference(reference) && reference.name === name)
  const beyond = SHARED.map((name) => {
    const [own, other] = [only(ofPrivate, name), only(ofPublic, name)]
    if (own.length > 0 && other.length > 0 && !isSame(own, other)) {
      throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'The halves of a key pair cannot differ so')
    }
    return own.length === 0 ? { ofPrivate: other, ofPublic: [] } : missing(own, other)
  })
  return {
    ofPrivate: [...ofPrivate, ...beyond.flatMap((each) => each.ofPrivate)],
    ofPublic: [...ofPublic, ...beyond.flatMap((each) => each.ofPublic)],
  }
}

function missing(
  own: readonly AttributeEntry[],
  other: readonly AttributeEntry[],
): Halves<readonly AttributeEntry[]> {
  return { ofPrivate: [], ofPublic: other.length === 0 ? own : [] }
}

function isSame(left: readonly AttributeEntry[], right: readonly AttributeEntry[]): boolean {
  return isDeepStrictEqual(
    left.map(({ value }) => value),
    right.map(({ value }) => value),
  )
}

function linked({ ofPrivate, ofPublic }: Halves<ManagedObject>): Halves<ManagedObject> {
  const { PublicKeyLink, PrivateKeyLink } = LinkType
  return {
    ofPrivate: withLink(ofPrivate, PublicKeyLink, ofPublic.uniqueIdentifier),
    ofPublic: withLink(ofPublic, PrivateKeyLink, ofPrivate.uniqueIdentifier),
  }
}
