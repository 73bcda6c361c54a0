import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** A nonce of the server (KMIP 1.4 section 2.1.14, KMIP 2.1 section 9.14). */
export const NonceStruct = struct({
  nonceID: required(Tag.NonceID),
  nonceValue: required(Tag.NonceValue),
})
export interface Nonce extends Infer<typeof NonceStruct> {}
