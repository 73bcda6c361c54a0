import { KmipFault } from '../../fault/fault.ts'
import { sameReference } from '../../model/attribute-reference.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType } from '../../ttlv/item.ts'
import type {
  AttributeAddition,
  AttributeDeletion,
  AttributeModification,
} from '../attribute-request.ts'
import { objectReference } from '../identifier.ts'
import { attributeReference, singleAttribute } from './attribute.ts'

const uniqueIdentifier = optional(Tag.UniqueIdentifier, objectReference)

/** Add Attribute and Set Attribute (KMIP 2.1 sections 6.1.2, 6.1.51). */
const AddStruct = struct({
  uniqueIdentifier,
  attribute: required(Tag.NewAttribute, singleAttribute),
})

/** Modify Attribute (KMIP 2.1 section 6.1.34). */
const ModifyStruct = struct({
  uniqueIdentifier,
  current: optional(Tag.CurrentAttribute, singleAttribute),
  attribute: required(Tag.NewAttribute, singleAttribute),
})

/** Delete Attribute (KMIP 2.1 section 6.1.13). */
const DeleteStruct = struct({
  uniqueIdentifier,
  current: optional(Tag.CurrentAttribute, singleAttribute),
  reference: optional(Tag.AttributeReference, attributeReference),
})

export const addition: Codec<AttributeAddition> = AddStruct

export const modification: Codec<AttributeModification> = custom(ItemType.Structure, (version) => {
  const bound = compile(ModifyStruct, version)
  return {
    decode(item) {
      const { current, ...rest } = bound.decode(item)
      if (current === undefined) return { ...rest, select: { by: 'only' } }
      if (!sameReference(current.reference, rest.attribute.reference)) {
        throw new KmipFault(
          'INVALID_MESSAGE',
          'Current Attribute and New Attribute are not the same attribute',
        )
      }
      return { ...rest, select: { by: 'value', value: current.value } }
    },
    encode(tag, { select, ...rest }) {
      const { reference } = rest.attribute
      const current = select.by === 'value' ? { current: { reference, value: select.value } } : {}
      return bound.encode(tag, { ...rest, ...current })
    },
  }
})

export const deletion: Codec<AttributeDeletion> = custom(ItemType.Structure, (version) => {
  const bound = compile(DeleteStruct, version)
  return {
    decode(item) {
      const { current, reference, ...rest } = bound.decode(item)
      if (current !== undefined) {
        return {
          ...rest,
          reference: current.reference,
          select: { by: 'value', value: current.value },
        }
      }
      if (reference !== undefined) return { ...rest, reference, select: { by: 'all' } }
      throw new KmipFault('INVALID_MESSAGE', 'Current Attribute or Attribute Reference is missing')
    },
    encode(tag, { reference, select, ...rest }) {
      const fields =
        select.by === 'value' ? { current: { reference, value: select.value } } : { reference }
      return bound.encode(tag, { ...rest, ...fields })
    },
  }
})
