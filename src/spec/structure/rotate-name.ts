import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Name of the keys that replace one another (KMIP 2.1 section 4.53). */
export const RotateNameStruct = struct({
  rotateNameValue: required(Tag.RotateNameValue),
  rotateNameType: required(Tag.RotateNameType),
})
export interface RotateName extends Infer<typeof RotateNameStruct> {}
