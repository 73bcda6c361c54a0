import { KmipFault } from '../fault/fault.ts'
import { requestedAttributes } from '../message/attributes.ts'
import { requestedIdentifier } from '../message/identified.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { destroyContent, type ObjectContent, type SplitKeyContent } from '../model/content.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { splitBlock, type PlainBlock } from '../model/split-key/part.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { addObject, requestedEntries, requestedValue, withDefaults } from './shared/creation.ts'
import { generateKey } from './shared/generation.ts'
import { inheritedEntries, linkTo, withInherited } from './shared/inheritance.ts'
import { plainByteBlock } from './shared/plain-key.ts'
import { checkStorage } from './shared/protection-storage.ts'
import { checkUnlimited } from './shared/split-origin.ts'
import { loadOnline } from './shared/stored-object.ts'

const CreateSplitKeyRequest = struct({
  objectType: required(Tag.ObjectType),
  uniqueIdentifier: requestedIdentifier,
  splitKeyParts: required(Tag.SplitKeyParts),
  splitKeyThreshold: required(Tag.SplitKeyThreshold),
  splitKeyMethod: required(Tag.SplitKeyMethod),
  primeFieldSize: optional(Tag.PrimeFieldSize),
  attributes: requestedAttributes({ v1: Tag.TemplateAttribute, v2: Tag.Attributes }),
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})
type CreateSplitKeyRequest = Infer<typeof CreateSplitKeyRequest>

const CreateSplitKeyResponse = struct({ uniqueIdentifiers: repeated(Tag.UniqueIdentifier) })

function checkRequest(request: CreateSplitKeyRequest, { policy }: OperationContext): void {
  checkStorage(request.protectionStorageMasks)
  if (request.objectType !== ObjectType.SplitKey) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'What is created is a Split Key')
  }
  if (request.splitKeyParts > policy.splitKeyParts) {
    throw new KmipFault('SERVER_LIMIT', 'The server makes fewer Split Key Parts')
  }
}

/** What is joined is a pad of the same bytes once more, each of which is to be used once. */
function checkNoPad(algorithm: CryptographicAlgorithm | undefined): void {
  if (algorithm === CryptographicAlgorithm.OneTimePad) {
    throw new KmipFault('NOT_PERMITTED', 'A one-time pad is not split')
  }
}

/** The shares of a key of the client, or of a new one that nobody keeps (KMIP 1.4 section 4.38). */
function split(
  { splitKeyParts, splitKeyThreshold, splitKeyMethod, primeFieldSize }: CreateSplitKeyRequest,
  block: PlainBlock,
  { random }: OperationContext,
): readonly SplitKeyContent[] {
  const plan = {
    splitKeyMethod,
    splitKeyParts,
    splitKeyThreshold,
    ...(primeFieldSize === undefined ? {} : { primeFieldSize }),
  }
  return splitBlock(block, plan, (length) => random.bytes(length))
}

async function splitAndForget(
  request: CreateSplitKeyRequest,
  made: ObjectContent,
  context: OperationContext,
): Promise<readonly SplitKeyContent[]> {
  const { objectType } = made
  try {
    const block = await plainByteBlock({ objectType, content: made }, context)
    return split(request, block, context)
  } finally {
    destroyContent(made)
  }
}

/** Names are unique, so the first part has the one that was asked for; the others are found by its links. */
function entriesOfPart(entries: readonly AttributeEntry[], index: number) {
  const isName = ({ reference }: AttributeEntry) =>
    !isVendorReference(reference) && reference.name === 'Name'
  return index === 0 ? entries : entries.filter((entry) => !isName(entry))
}

/** Stores the parts, each linked to the one before it and all to the key they are parts of. */
async function addParts(
  contents: readonly SplitKeyContent[],
  entries: readonly AttributeEntry[],
  context: OperationContext,
  parent?: ManagedObject,
): Promise<readonly string[]> {
  const own = parent === undefined ? [] : [linkTo(LinkType.ParentLink, parent.uniqueIdentifier)]
  const added: string[] = []
  for (const [index, content] of contents.entries()) {
    const before = added.at(-1)
    const links = before === undefined ? own : [...own, linkTo(LinkType.PreviousLink, before)]
    const requested = [...entriesOfPart(entries, index), ...links]
    added.push((await addObject(content, requested, context, true)).uniqueIdentifier)
  }
  return added
}

/** What a key says of itself, and no default. */
const OF_KEY = [{ name: 'CryptographicAlgorithm' }, { name: 'CryptographicLength' }] as const

/** KMIP 1.4 section 4.38, KMIP 2.1 section 6.1.10. The ID Placeholder becomes the part numbered 1. */
export const createSplitKey = defineOperation('CreateSplitKey', {
  request: CreateSplitKeyRequest,
  response: CreateSplitKeyResponse,
  identifies: ({ uniqueIdentifiers }) => uniqueIdentifiers,
  placeholder: ({ uniqueIdentifiers: [first = ''] }) => first,
  async handle(request, context) {
    checkRequest(request, context)
    const requested = await requestedEntries(request.attributes, context)
    if (request.uniqueIdentifier === undefined) {
      const entries = await withDefaults(requested, ObjectType.SplitKey, context)
      checkNoPad(requestedValue(entries, 'CryptographicAlgorithm'))
      const made = generateKey(entries, context)
      const contents = await splitAndForget(request, made, context)
      return { uniqueIdentifiers: await addParts(contents, entries, context) }
    }
    const key = await loadOnline(request.uniqueIdentifier, context)
    checkNoPad(key.attributes.get('CryptographicAlgorithm'))
    checkUnlimited([key])
    const contents = split(request, await plainByteBlock(key, context), context)
    const entries = await withDefaults(requested, ObjectType.SplitKey, context, OF_KEY)
    // What the request says of the key gives way to the key's own (1.4 section 4.38).
    const inherited = withInherited(entries, inheritedEntries([key]))
    return { uniqueIdentifiers: await addParts(contents, inherited, context, key) }
  },
})
