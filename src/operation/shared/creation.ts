import { KmipFault } from '../../fault/fault.ts'
import type { RequestedAttributes } from '../../message/attributes.ts'
import { nameItem } from '../../message/attribute-item.ts'
import { defaultEntries } from '../../model/creation-rules.ts'
import { overlaid } from '../../model/attribute-overlay.ts'
import { isVendorReference, type AttributeReference } from '../../model/attribute-reference.ts'
import { attributeValue, type AttributeEntry } from '../../model/attribute-set.ts'
import { keyBlockOf, type ObjectContent } from '../../model/content.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { newObject, type NewObject } from '../../model/new-object.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { AttributeName, AttributeValue } from '../../spec/attribute.ts'
import type { Digest } from '../../spec/structure/digest.ts'
import type { Name } from '../../spec/structure/name.ts'
import type { RNGParameters } from '../../spec/structure/rng-parameters.ts'
import type { OperationContext } from '../context.ts'
import { withApplicationData } from './application-data.ts'
import { loadOnline } from './stored-object.ts'
import { describedEntries } from './described.ts'

/** The attributes of a request with those of its templates, which have the less to say (KMIP 1.4 section 4). */
export async function requestedEntries(
  { templates, entries }: RequestedAttributes,
  context: OperationContext,
): Promise<readonly AttributeEntry[]> {
  const layers: (readonly AttributeEntry[])[] = []
  for (const name of templates) layers.push(await templateEntries(name, context))
  return overlaid([...layers, entries])
}

/**
 * The same, with what the client has laid down for new objects of a type in the place of what the request does not say
 * (KMIP 2.1 section 6.1.53).
 */
export async function newObjectEntries(
  requested: RequestedAttributes,
  objectType: ObjectType,
  context: OperationContext,
): Promise<readonly AttributeEntry[]> {
  return withDefaults(await requestedEntries(requested, context), objectType, context)
}

/**
 * The attributes of a request with the client's defaults for objects of a type.
 *
 * @param said - attributes for which no default is wanted
 */
export async function withDefaults(
  requested: readonly AttributeEntry[],
  objectType: ObjectType,
  { objects }: OperationContext,
  said?: readonly AttributeReference[],
): Promise<readonly AttributeEntry[]> {
  const { defaults } = await objects.rules()
  if (defaults.length === 0) return requested
  return [...requested, ...defaultEntries(defaults, objectType, requested, said)]
}

/** The attributes of a request that may say nothing. */
export async function optionalEntries(
  requested: RequestedAttributes | undefined,
  context: OperationContext,
): Promise<readonly AttributeEntry[]> {
  return requested === undefined ? [] : requestedEntries(requested, context)
}

async function templateEntries(
  name: Name,
  context: OperationContext,
): Promise<readonly AttributeEntry[]> {
  const { uniqueIdentifiers } = await context.objects.locate({
    criteria: [{ reference: { name: 'Name' }, items: [nameItem(name)] }],
    statuses: ['online', 'archived'],
    offset: 0,
    limit: 1,
    count: false,
  })
  const [uniqueIdentifier] = uniqueIdentifiers
  const content =
    uniqueIdentifier === undefined
      ? undefined
      : (await loadOnline({ kind: 'identifier', value: uniqueIdentifier }, context)).content
  if (content?.objectType !== ObjectType.Template) {
    throw new KmipFault('OBJECT_NOT_FOUND', 'There is no such template')
  }
  // The template's own name is not one for the objects made from it.
  return content.attributes.filter(
    ({ reference }) => reference.name !== 'Name' || isVendorReference(reference),
  )
}

/** The first value of an attribute among those of a request. */
export function requestedValue<N extends AttributeName>(
  entries: readonly AttributeEntry[],
  name: N,
): AttributeValue<N> | undefined {
  const found = entries.find(
    ({ reference }) => !isVendorReference(reference) && reference.name === name,
  )
  return found && attributeValue<N>(found.value)
}

/** Stores a new object of the client. Throws what `newObject` throws, and `NAME_TAKEN`. */
export async function addObject(
  content: ObjectContent,
  requested: readonly AttributeEntry[],
  context: OperationContext,
  isGenerated: boolean,
): Promise<ManagedObject> {
  const generator = isGenerated ? context.random.parameters : undefined
  const object = makeObject(content, requested, context, generator)
  await context.objects.add(object)
  return object
}

/**
 * Makes a new object of the client that is not stored yet: for those that must know of one another first.
 *
 * @param generator - what the key was made with, where the server has made it
 * @throws KmipFault what `newObject` throws
 */
export function makeObject(
  content: ObjectContent,
  requested: readonly AttributeEntry[],
  context: OperationContext,
  generator?: RNGParameters,
): ManagedObject {
  const uniqueIdentifier = context.random.identifier()
  const parts = newParts({ uniqueIdentifier, content, entries: requested }, context)
  return newObject(generator === undefined ? parts : { ...parts, generator })
}

/** An object that is to be made. */
export interface Draft {
  readonly uniqueIdentifier: string
  readonly content: ObjectContent
  readonly entries: readonly AttributeEntry[]
}

/** What an object is made of: what it brings, and what the server knows of it. */
export function newParts(
  { uniqueIdentifier, content, entries }: Draft,
  context: OperationContext,
): NewObject {
  const { identity, now, policy, crypto } = context
  return {
    uniqueIdentifier,
    owner: identity.id,
    namespace: identity.namespace,
    content,
    requested: entries.map((entry) => withApplicationData(entry, context)),
    described: describedEntries(content, context),
    shortUniqueIdentifier: crypto.digest('SHA_256', new TextEncoder().encode(uniqueIdentifier)),
    digest: digestOf(content, context),
    leaseTime: policy.leaseTime,
    rules: policy,
    now,
  }
}

/** The digest of what the server can see of an object: of the key material as it is kept, of a certificate's bytes. */
function digestOf(content: ObjectContent, { crypto }: OperationContext): Digest | undefined {
  const hash = (bytes: Uint8Array) => crypto.digest('SHA_256', bytes)
  const hashingAlgorithm = HashingAlgorithm.SHA_256
  const block = keyBlockOf(content)
  if (block !== undefined) {
    const digestValue = block.keyValue?.material.expose(hash)
    return digestValue && { hashingAlgorithm, digestValue, keyFormatType: block.keyFormatType }
  }
  if (content.objectType === ObjectType.OpaqueObject) {
    return { hashingAlgorithm, digestValue: content.opaqueDataValue.expose(hash) }
  }
  if (content.objectType === ObjectType.Certificate) {
    const digestValue = hash(content.certificateValue)
    return { hashingAlgorithm, digestValue, keyFormatType: KeyFormatType.Raw }
  }
  if (content.objectType === ObjectType.CertificateRequest) {
    const digestValue = hash(content.certificateRequestValue)
    return { hashingAlgorithm, digestValue, keyFormatType: KeyFormatType.Raw }
  }
  return undefined
}
