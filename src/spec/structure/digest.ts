import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Digest of an object's material (KMIP 1.4 section 3.17, KMIP 2.1 section 4.21). */
export const DigestStruct = struct({
  hashingAlgorithm: required(Tag.HashingAlgorithm),
  digestValue: optional(Tag.DigestValue),
  keyFormatType: optional(Tag.KeyFormatType, { since: '1.1' }),
})
export interface Digest extends Infer<typeof DigestStruct> {}
