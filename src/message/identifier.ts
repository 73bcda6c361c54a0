import { byMajor, custom, mapped } from '../schema/combine.ts'
import type { Codec } from '../schema/codec.ts'
import { text, wrongType } from '../schema/primitive.ts'
import { compile } from '../schema/codec.ts'
import { UniqueIdentifier } from '../spec/enum/unique-identifier.ts'
import { enumeration } from '../schema/primitive.ts'
import { ItemType } from '../ttlv/item.ts'

/**
 * How a request names an object: by its Unique Identifier, or (KMIP 2.x) as the result of an operation before it in
 * the same message. `latest` names the operation; `nth` counts the identifiers in the response so far, from its end when
 * negative (KMIP 2.1 section 4.58).
 */
export type ObjectReference =
  | { readonly kind: 'identifier'; readonly value: string }
  | { readonly kind: 'latest'; readonly of: UniqueIdentifier }
  | { readonly kind: 'nth'; readonly index: number }

const identifierText: Codec<ObjectReference> = mapped<ObjectReference, string>(text, {
  decode: (value) => ({ kind: 'identifier', value }),
  encode: (reference) => (reference.kind === 'identifier' ? reference.value : ''),
})

const identifierV2: Codec<ObjectReference> = custom(undefined, (version) => {
  const asText = compile(identifierText, version)
  const asEnumeration = compile(enumeration(UniqueIdentifier), version)
  return {
    decode(item) {
      if (item.type === ItemType.TextString) return asText.decode(item)
      if (item.type === ItemType.Enumeration)
        return { kind: 'latest', of: asEnumeration.decode(item) }
      if (item.type === ItemType.Integer) return { kind: 'nth', index: item.value }
      throw wrongType()
    },
    encode(tag, reference) {
      if (reference.kind === 'latest') return asEnumeration.encode(tag, reference.of)
      if (reference.kind === 'nth') return { tag, type: ItemType.Integer, value: reference.index }
      return asText.encode(tag, reference)
    },
  }
})

/** The Unique Identifier of a request. */
export const objectReference: Codec<ObjectReference> = byMajor({
  1: identifierText,
  2: identifierV2,
})
