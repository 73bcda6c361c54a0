import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** A name of an object (KMIP 1.4 section 3.2, KMIP 2.1 section 4.32). */
export const NameStruct = struct({
  nameValue: required(Tag.NameValue),
  nameType: required(Tag.NameType),
})
export interface Name extends Infer<typeof NameStruct> {}
