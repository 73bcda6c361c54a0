import { isVendorReference, type AttributeReference } from '../model/attribute-reference.ts'
import { text } from '../schema/primitive.ts'
import { majorOf, type Version } from '../schema/version.ts'
import { attributeByTag, type AttributeName } from '../spec/attribute.ts'
import { BlockCipherMode } from '../spec/enum/block-cipher-mode.ts'
import type { OperationName } from '../spec/operation.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { referenceOfName } from './v1/attribute.ts'
import { compile } from '../schema/codec.ts'

/** What one client needs otherwise than the standard has it, or than other clients need it. */
export interface ClientProfile {
  /** Whether an attribute is left out of answers that were to have all of them. */
  readonly hides?: (attribute: HiddenCandidate) => boolean
  /** Whether the IV stands in front of the data, in requests and in answers, where no field has it. */
  readonly ivPrefixedData: boolean
}

/** An attribute of an answer. */
export interface HiddenCandidate {
  /** Undefined for vendor attributes and for those that nobody knows. */
  readonly name: AttributeName | undefined
  /** Whether its value is a Text String; undefined where the answer names it alone. */
  readonly isText: boolean | undefined
}

/** The payload of a request as the standard would have it. */
export function standardRequest(
  profile: ClientProfile,
  operation: OperationName,
  payload: Item,
): Item {
  return profile.ivPrefixedData && operation === 'Decrypt' ? withIvField(payload) : payload
}

/** The payload of an answer as the client needs it. */
export function profiledResponse(
  profile: ClientProfile,
  { operation, request, response }: Exchange,
  version: Version,
): Item {
  if (profile.ivPrefixedData && operation === 'Encrypt') return withIvInFront(response)
  const { hides } = profile
  if (hides === undefined || namesAttributes(request)) return response
  if (operation === 'GetAttributes' || operation === 'GetAttributeList') {
    return withoutHidden(response, hides, version)
  }
  return response
}

/** A request and the answer to it. */
export interface Exchange {
  readonly operation: OperationName
  readonly request: Item
  readonly response: Item
}

const NAMING: readonly number[] = [Tag.AttributeName.number, Tag.AttributeReference.number]

/** Whoever names attributes wants those. */
function namesAttributes(request: Item): boolean {
  return childrenOf(request).some(({ tag }) => NAMING.includes(tag))
}

function withoutHidden(
  response: Item,
  hides: NonNullable<ClientProfile['hides']>,
  version: Version,
): Item {
  if (response.type !== ItemType.Structure) return response
  const isShown = (item: Item) => {
    const found = candidateOf(item, version)
    return found === undefined || !hides(found)
  }
  return {
    ...response,
    value: response.value.filter(isShown).map((item) => shownPart(item, isShown)),
  }
}

/** The Attributes of KMIP 2.x are one structure. */
function shownPart(item: Item, isShown: (item: Item) => boolean): Item {
  if (item.tag !== Tag.Attributes.number || item.type !== ItemType.Structure) return item
  return { ...item, value: item.value.filter(isShown) }
}

/** The attribute that a field of an answer is or names; undefined for one that is none. */
function candidateOf(item: Item, version: Version): HiddenCandidate | undefined {
  if (item.tag === Tag.UniqueIdentifier.number || item.tag === Tag.Attributes.number)
    return undefined
  if (majorOf(version) === 1) return candidateOfName(item)
  if (item.tag === Tag.AttributeReference.number) return candidateOfReference(item)
  return { name: attributeByTag(item.tag)?.name, isText: item.type === ItemType.TextString }
}

function candidateOfName(item: Item): HiddenCandidate {
  const name = item.type === ItemType.Structure ? childOf(item, Tag.AttributeName.number) : item
  const value = childOf(item, Tag.AttributeValue.number)
  const reference = name && referenceOfName(textOf(name))
  return {
    name: nameOf(reference),
    isText: value === undefined ? undefined : value.type === ItemType.TextString,
  }
}

/** A standard attribute is an enumeration of its tag, a vendor's a structure. */
function candidateOfReference(item: Item): HiddenCandidate {
  const tag = item.type === ItemType.Enumeration ? item.value : undefined
  return { name: tag === undefined ? undefined : attributeByTag(tag)?.name, isText: undefined }
}

function nameOf(reference: AttributeReference | undefined): AttributeName | undefined {
  return reference === undefined || isVendorReference(reference) ? undefined : reference.name
}

function textOf(item: Item): string {
  return item.type === ItemType.TextString ? compile(text, '1.0').decode(item) : ''
}

/** Bytes of the IV in front of data by the mode that the request names; CBC where it names none. */
function ivLength(payload: Item): number {
  const parameters = childOf(payload, Tag.CryptographicParameters.number)
  const mode = parameters && childOf(parameters, Tag.BlockCipherMode.number)
  if (mode?.type !== ItemType.Enumeration) return AES_IV
  if (mode.value === BlockCipherMode.ECB) return 0
  return mode.value === BlockCipherMode.GCM ? GCM_IV : AES_IV
}

const AES_IV = 16
const GCM_IV = 12

/** Takes the IV out of the data of a request that has none and does not go on with another. */
function withIvField(payload: Item): Item {
  if (payload.type !== ItemType.Structure) return payload
  const hasOwn = payload.value.some(
    ({ tag }) => tag === Tag.IVCounterNonce.number || tag === Tag.CorrelationValue.number,
  )
  const data = childOf(payload, Tag.Data.number)
  const length = ivLength(payload)
  if (hasOwn || length === 0 || data?.type !== ItemType.ByteString || data.value.length < length) {
    return payload
  }
  const iv = bytesItem(Tag.IVCounterNonce.number, data.value.subarray(0, length))
  const rest = bytesItem(Tag.Data.number, data.value.subarray(length))
  return {
    ...payload,
    value: payload.value.flatMap((item) => (item === data ? [rest, iv] : [item])),
  }
}

/** Puts the IV that the server has made in front of the data. */
function withIvInFront(response: Item): Item {
  if (response.type !== ItemType.Structure) return response
  const data = childOf(response, Tag.Data.number)
  const iv = childOf(response, Tag.IVCounterNonce.number)
  if (data?.type !== ItemType.ByteString || iv?.type !== ItemType.ByteString) return response
  const both = new Uint8Array(iv.value.length + data.value.length)
  both.set(iv.value)
  both.set(data.value, iv.value.length)
  const joined = bytesItem(Tag.Data.number, both)
  return {
    ...response,
    value: response.value.flatMap((item) => {
      if (item === iv) return []
      return item === data ? [joined] : [item]
    }),
  }
}

function bytesItem(tag: number, value: Uint8Array): Item {
  return { tag, type: ItemType.ByteString, value }
}

function childrenOf(item: Item): readonly Item[] {
  return item.type === ItemType.Structure ? item.value : []
}

function childOf(item: Item, tag: number): Item | undefined {
  return childrenOf(item).find((child) => child.tag === tag)
}
