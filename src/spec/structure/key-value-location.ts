import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Where a key value is that is not on the server (KMIP 1.4 section 3.42, KMIP 2.1 section 4.27). */
export const KeyValueLocationStruct = struct({
  keyValueLocationValue: required(Tag.KeyValueLocationValue),
  keyValueLocationType: required(Tag.KeyValueLocationType),
})
export interface KeyValueLocation extends Infer<typeof KeyValueLocationStruct> {}
