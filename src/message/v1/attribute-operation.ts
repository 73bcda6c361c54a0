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
import { attribute, nameOfReference, referenceOfName } from './attribute.ts'

const uniqueIdentifier = optional(Tag.UniqueIdentifier, objectReference)

/** Add Attribute and Modify Attribute (KMIP 1.4 sections 4.14, 4.15). */
const ChangeStruct = struct({ uniqueIdentifier, attribute: required(Tag.Attribute, attribute) })

/** Delete Attribute (KMIP 1.4 section 4.16). */
const DeleteStruct = struct({
  uniqueIdentifier,
  name: required(Tag.AttributeName),
  index: optional(Tag.AttributeIndex),
})

export const addition: Codec<AttributeAddition> = ChangeStruct

export const modification: Codec<AttributeModification> = custom<AttributeModification>(
  ItemType.Structure,
  (version) => {
    const bound = compile(ChangeStruct, version)
    return {
      decode(item) {
        const { attribute: changed, ...rest } = bound.decode(item)
        return { ...rest, select: { by: 'index', index: changed.index ?? 0 }, attribute: changed }
      },
      encode: (tag, { select, attribute: changed, ...rest }) => {
        const index = select.by === 'index' ? { index: select.index } : {}
        return bound.encode(tag, { ...rest, attribute: { ...changed, ...index } })
      },
    }
  },
)

export const deletion: Codec<AttributeDeletion> = custom<AttributeDeletion>(
  ItemType.Structure,
  (version) => {
    const bound = compile(DeleteStruct, version)
    return {
      decode(item) {
        const { name, index = 0, ...rest } = bound.decode(item)
        return { ...rest, reference: referenceOfName(name), select: { by: 'index', index } }
      },
      encode(tag, { reference, select, ...rest }) {
        const index = select.by === 'index' ? { index: select.index } : {}
        return bound.encode(tag, {
          ...rest,
          name: nameOfReference(reference, version) ?? '',
          ...index,
        })
      },
    }
  },
)
