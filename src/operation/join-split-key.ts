import { KmipFault } from '../fault/fault.ts'
import { desiredAttributes } from '../message/attributes.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { objectReference } from '../message/identifier.ts'
import {
  destroyContent,
  keyBlockOf,
  type ObjectContent,
  type SplitKeyContent,
} from '../model/content.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { checkRegistered, withStatedKey } from '../model/registration.ts'
import { isSensitive } from '../model/sensitivity.ts'
import { joinBlocks } from '../model/split-key/part.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { commonUses } from '../model/usage.ts'
import { checkShrunk, usesIn, usesOf } from '../model/usage-safety.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { SecretDataType } from '../spec/enum/secret-data-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { makeObject, optionalEntries, requestedValue, withDefaults } from './shared/creation.ts'
import { inheritedEntries, withInherited } from './shared/inheritance.ts'
import { checkStorage } from './shared/protection-storage.ts'
import {
  asCompromised,
  checkSameOrigin,
  checkUnlimited,
  datesOf,
  parentsOf,
} from './shared/split-origin.ts'
import { loadOnline } from './shared/stored-object.ts'

const JoinSplitKeyRequest = struct({
  objectType: required(Tag.ObjectType),
  uniqueIdentifiers: repeated(Tag.UniqueIdentifier, objectReference),
  secretDataType: optional(Tag.SecretDataType),
  attributes: desiredAttributes,
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})
type JoinSplitKeyRequest = Infer<typeof JoinSplitKeyRequest>

const KEYS = [ObjectType.SymmetricKey, ObjectType.PrivateKey, ObjectType.PublicKey] as const
/** What the parts say of the key that they are of, and no default. */
const OF_PARTS = [
  { name: 'CryptographicAlgorithm' },
  { name: 'CryptographicLength' },
  { name: 'CryptographicUsageMask' },
] as const

function checkRequest(request: JoinSplitKeyRequest, { policy }: OperationContext): void {
  checkStorage(request.protectionStorageMasks)
  const { length } = request.uniqueIdentifiers
  if (length === 0) throw new KmipFault('MISSING_FIELD', 'UniqueIdentifier is missing')
  if (length > policy.splitKeyParts) {
    throw new KmipFault('SERVER_LIMIT', 'The server joins fewer Split Key Parts')
  }
}

async function loadParts(
  { uniqueIdentifiers }: JoinSplitKeyRequest,
  context: OperationContext,
): Promise<readonly ManagedObject[]> {
  const parts: ManagedObject[] = []
  for (const reference of uniqueIdentifiers) parts.push(await loadOnline(reference, context))
  return parts
}

function contentOfPart({ content, objectType }: ManagedObject): SplitKeyContent {
  if (objectType !== ObjectType.SplitKey) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a Split Key')
  }
  if (content?.objectType !== ObjectType.SplitKey) {
    throw new KmipFault('OBJECT_DESTROYED', 'A Split Key is destroyed')
  }
  if (content.keyBlock.keyValue?.form !== 'bytes' || content.keyBlock.keyWrappingData) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'A Split Key is wrapped or kept elsewhere')
  }
  return content
}

/** The joined key as an object of the type asked for. Throws `WRONG_OBJECT_TYPE`, and what `joinBlocks` throws. */
function join(
  { objectType, secretDataType = SecretDataType.Password }: JoinSplitKeyRequest,
  parts: readonly SplitKeyContent[],
): ObjectContent {
  if (objectType === ObjectType.SecretData) {
    return { objectType: ObjectType.SecretData, secretDataType, keyBlock: joinBlocks(parts) }
  }
  const key = KEYS.find((each) => each === objectType)
  if (key !== undefined) return { objectType: key, keyBlock: joinBlocks(parts) }
  throw new KmipFault('WRONG_OBJECT_TYPE', 'Split Keys do not join to an object of this type')
}

/** Refuses what was joined where it is no key: some part was not of this key, or it is no key of this type. */
function checkReadable(content: ObjectContent, context: OperationContext): void {
  const { objectType } = content
  const isRead = objectType === ObjectType.PrivateKey || objectType === ObjectType.PublicKey
  if (!isRead || isReadable(content, context)) return
  throw new KmipFault('CRYPTO_FAILED', 'The parts do not belong to one split key')
}

function isReadable(content: ObjectContent, { keyFormats }: OperationContext): boolean {
  const block = keyBlockOf(content)
  try {
    return block !== undefined && keyFormats.describe(content.objectType, block) !== undefined
  } catch (error) {
    if (error instanceof KmipFault) return false
    throw error
  }
}

/** The new object's content; what was joined is forgotten when it is not what the request says. */
function completed(
  joined: ObjectContent,
  entries: readonly AttributeEntry[],
  context: OperationContext,
): ObjectContent {
  try {
    checkReadable(joined, context)
    const content = withStatedKey(joined, {
      algorithm: requestedValue(entries, 'CryptographicAlgorithm'),
      length: requestedValue(entries, 'CryptographicLength'),
    })
    checkRegistered(content)
    return content
  } catch (error) {
    destroyContent(joined)
    throw error
  }
}

/** A request may say what the key is for; it may not make it less protected than its parts are. */
function desiredEntries(
  entries: readonly AttributeEntry[],
  parts: readonly ManagedObject[],
  parents: readonly ManagedObject[],
): readonly AttributeEntry[] {
  const isMaskGiven = requestedValue(entries, 'CryptographicUsageMask') !== undefined
  const inherited = inheritedEntries([...parts, ...parents]).filter(
    ({ reference }) => !isMaskGiven || reference.name !== 'CryptographicUsageMask',
  )
  return withInherited(entries, [...inherited, ...datesOf(parents)])
}

/**
 * Refuses a joined key with more uses than its parts, where policy says so; and of sensitive parts in any case, for what
 * the key was kept from seeing another use might show. Throws `INVALID_ATTRIBUTE_VALUE`.
 */
function checkUses(
  entries: readonly AttributeEntry[],
  parts: readonly ManagedObject[],
  { policy }: OperationContext,
): void {
  const uses = commonUses(parts.map((part) => usesOf(part) ?? 0))
  const usageMask = parts.some(isSensitive) ? 'shrink' : policy.usageMask
  checkShrunk(usesIn(entries), uses, { usageMask })
}

/** KMIP 1.4 section 4.39, KMIP 2.1 section 6.1.27. */
export const joinSplitKey = defineOperation('JoinSplitKey', {
  request: JoinSplitKeyRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    checkRequest(request, context)
    const entries = await withDefaults(
      await optionalEntries(request.attributes, context),
      request.objectType,
      context,
      OF_PARTS,
    )
    const parts = await loadParts(request, context)
    const contents = parts.map(contentOfPart)
    await checkSameOrigin(parts, context)
    const parents = await parentsOf(parts, context)
    checkUnlimited(parents)
    const desired = desiredEntries(entries, parts, parents)
    checkUses(desired, parts, context)
    const content = completed(join(request, contents), entries, context)
    const object = makeObject(content, desired, context, context.random.parameters)
    await context.objects.add(asCompromised(object, parents, context.now))
    return { uniqueIdentifier: object.uniqueIdentifier }
  },
})
