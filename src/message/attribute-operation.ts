import type { Codec } from '../schema/codec.ts'
import { byMajor } from '../schema/combine.ts'
import type {
  AttributeAddition,
  AttributeDeletion,
  AttributeModification,
} from './attribute-request.ts'
import * as v1 from './v1/attribute-operation.ts'
import * as v2 from './v2/attribute-operation.ts'

export const attributeAddition: Codec<AttributeAddition> = byMajor({
  1: v1.addition,
  2: v2.addition,
})
export const attributeModification: Codec<AttributeModification> = byMajor({
  1: v1.modification,
  2: v2.modification,
})
export const attributeDeletion: Codec<AttributeDeletion> = byMajor({
  1: v1.deletion,
  2: v2.deletion,
})
