import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Another name of an object (KMIP 1.4 section 3.40, KMIP 2.1 section 4.2). */
export const AlternativeNameStruct = struct({
  alternativeNameValue: required(Tag.AlternativeNameValue),
  alternativeNameType: required(Tag.AlternativeNameType),
})
export interface AlternativeName extends Infer<typeof AlternativeNameStruct> {}
