import type { Infer } from '../../schema/codec.ts'
import { optional } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Parameters of a key pair to be made (KMIP 1.4 section 3.7, KMIP 2.1 section 4.14). */
export const CryptographicDomainParametersStruct = struct({
  qlength: optional(Tag.Qlength),
  recommendedCurve: optional(Tag.RecommendedCurve),
})
export interface CryptographicDomainParameters extends Infer<
  typeof CryptographicDomainParametersStruct
> {}
