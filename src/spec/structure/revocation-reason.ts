import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Why an object was revoked (KMIP 1.4 section 3.31, KMIP 2.1 section 4.47). */
export const RevocationReasonStruct = struct({
  revocationReasonCode: required(Tag.RevocationReasonCode),
  revocationMessage: optional(Tag.RevocationMessage),
})
export interface RevocationReason extends Infer<typeof RevocationReasonStruct> {}
