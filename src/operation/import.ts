import { KmipFault } from '../fault/fault.ts'
import { attributesOfObject } from '../message/attributes.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { managedObject, statedObjectType } from '../message/managed-object.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { AttributeSet } from '../model/attribute-set.ts'
import { keyBlockOf, withKeyBlock, type ObjectContent } from '../model/content.ts'
import { importedObject } from '../model/imported-object.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { protectedAs } from '../model/sensitivity.ts'
import { checkShrunk, usesOf } from '../model/usage-safety.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { KeyWrapType } from '../spec/enum/key-wrap-type.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { releaseKey } from './resident/release.ts'
import { newParts } from './shared/creation.ts'
import { plainKeyBlock } from './shared/plain-key.ts'
import { withInherited } from './shared/inheritance.ts'
import { registeredContent, wrappedProtection } from './shared/registration.ts'

const ImportRequest = struct({
  uniqueIdentifier: required(Tag.UniqueIdentifier),
  objectType: statedObjectType,
  replaceExisting: optional(Tag.ReplaceExisting),
  keyWrapType: optional(Tag.KeyWrapType),
  attributes: attributesOfObject,
  object: managedObject,
})

/**
 * KMIP 1.4 section 4.41, KMIP 2.1 section 6.1.25: an object as it was, under the identifier and with the attributes it
 * had elsewhere.
 */
export const importObject = defineOperation('Import', {
  request: ImportRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    const { uniqueIdentifier, objectType, replaceExisting = false, attributes: entries } = request
    checkIdentifier(uniqueIdentifier)
    const object = await storedForm(request, context)
    const type = objectType ?? object.objectType
    const content = registeredContent(type, { object, entries }, context)
    const guarded = withInherited(entries, wrappedProtection(request.object, context))
    const draft = { uniqueIdentifier, content, entries: guarded }
    const imported = importedObject(newParts(draft, context))
    const safe = replaceExisting ? await keptProtected(imported, context) : imported
    const replaced = await context.objects.bring(safe, replaceExisting)
    if (replaced !== undefined) releaseKey(replaced, context)
    return { uniqueIdentifier }
  },
})

/**
 * What comes in the place of a protected object is as protected as that was, and has no more uses than it where policy
 * says so. Throws `INVALID_ATTRIBUTE_VALUE`.
 */
async function keptProtected(
  imported: ManagedObject,
  { objects, policy }: OperationContext,
): Promise<ManagedObject> {
  const before = await loadIfThere(imported.uniqueIdentifier, objects)
  if (before === undefined) return imported
  checkShrunk(usesOf(imported), usesOf(before), policy)
  return protectedAs(imported, before)
}

async function loadIfThere(
  uniqueIdentifier: string,
  objects: OperationContext['objects'],
): Promise<ManagedObject | undefined> {
  try {
    return await objects.load(uniqueIdentifier)
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}

const LONGEST_IDENTIFIER = 128

function checkIdentifier(uniqueIdentifier: string): void {
  if (uniqueIdentifier.length > 0 && uniqueIdentifier.length <= LONGEST_IDENTIFIER) return
  throw new KmipFault('INVALID_FIELD', 'The Unique Identifier is empty or too long')
}

interface Brought {
  readonly uniqueIdentifier: string
  readonly keyWrapType?: KeyWrapType
  readonly attributes: readonly AttributeEntry[]
  readonly object: ObjectContent
}

/** The object as it is to be kept: unwrapped where the request says so, otherwise as it came. */
async function storedForm(brought: Brought, context: OperationContext): Promise<ObjectContent> {
  const { uniqueIdentifier, keyWrapType, attributes, object } = brought
  if (keyWrapType !== undefined && !WRAP_TYPES.includes(keyWrapType)) {
    throw new KmipFault('KEY_WRAP_TYPE_UNSUPPORTED', 'The Key Wrap Type is not supported')
  }
  const isWrapped = keyBlockOf(object)?.keyWrappingData !== undefined
  if (!isWrapped || keyWrapType !== KeyWrapType.NotWrapped) return object
  const wrapped = {
    uniqueIdentifier,
    objectType: object.objectType,
    owner: context.identity.id,
    namespace: context.identity.namespace,
    attributes: AttributeSet.from(attributes),
    content: object,
  }
  const { keyValue, ...keyBlock } = await plainKeyBlock(wrapped, context)
  // What was unwrapped is zeroed with the message; the object keeps a copy of its own.
  const kept = { ...keyValue, material: keyValue.material.clone() }
  return withKeyBlock(object, { ...keyBlock, keyValue: kept })
}

const WRAP_TYPES: readonly KeyWrapType[] = [KeyWrapType.NotWrapped, KeyWrapType.AsRegistered]
