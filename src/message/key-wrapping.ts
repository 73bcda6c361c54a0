import type { KeyWrappingSpecification } from '../model/key-wrapping.ts'
import type { Codec } from '../schema/codec.ts'
import { struct } from '../schema/struct.ts'
import { KeyWrappingSpecificationStruct } from '../spec/structure/key-wrapping-specification.ts'
import { attributeNames } from './attributes.ts'

const { encodingOption, ...fields } = KeyWrappingSpecificationStruct.fields

/** KMIP 1.4 section 2.1.6, KMIP 2.1 section 7.18: both name the attributes by text. */
export const keyWrappingSpecification: Codec<KeyWrappingSpecification> = struct({
  ...fields,
  attributes: attributeNames,
  encodingOption,
})
