import { fieldByMajor } from './attributes.ts'
import type { Field } from '../schema/field.ts'
import { optional } from '../schema/field.ts'
import { custom } from '../schema/combine.ts'
import type { Codec } from '../schema/codec.ts'
import {
  ServerInformationStruct,
  type ServerInformation,
} from '../spec/structure/server-information.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'

/** In KMIP 1.x the structure holds whatever a vendor likes (KMIP 1.4 section 4.25); ours is empty. */
const emptyInformation: Codec<ServerInformation> = custom(ItemType.Structure, () => ({
  decode: () => ({ alternateFailoverEndpoints: [] }),
  encode: (tag) => ({ tag, type: ItemType.Structure, value: [] }),
}))

export const serverInformation: Field<ServerInformation, 'optional'> = fieldByMajor('optional', {
  1: optional(Tag.ServerInformation, emptyInformation),
  2: optional(Tag.ServerInformation, ServerInformationStruct),
})
