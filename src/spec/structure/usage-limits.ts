import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * How much a key may be used (KMIP 1.4 section 3.21, KMIP 2.1 section 7.40). Clients state the total and the unit; the
 * count is the server's and in every answer.
 */
export const UsageLimitsStruct = struct({
  usageLimitsTotal: required(Tag.UsageLimitsTotal),
  usageLimitsCount: optional(Tag.UsageLimitsCount),
  usageLimitsUnit: required(Tag.UsageLimitsUnit),
})
export interface UsageLimits extends Infer<typeof UsageLimitsStruct> {}
