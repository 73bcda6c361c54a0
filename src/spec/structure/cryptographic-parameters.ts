import type { Infer } from '../../schema/codec.ts'
import { optional } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** How a key is to be used (KMIP 1.4 section 3.6, KMIP 2.1 section 4.16). */
export const CryptographicParametersStruct = struct({
  blockCipherMode: optional(Tag.BlockCipherMode),
  paddingMethod: optional(Tag.PaddingMethod),
  hashingAlgorithm: optional(Tag.HashingAlgorithm),
  keyRoleType: optional(Tag.KeyRoleType),
  digitalSignatureAlgorithm: optional(Tag.DigitalSignatureAlgorithm, { since: '1.2' }),
  cryptographicAlgorithm: optional(Tag.CryptographicAlgorithm, { since: '1.2' }),
  randomIV: optional(Tag.RandomIV),
  ivLength: optional(Tag.IVLength),
  tagLength: optional(Tag.TagLength),
  fixedFieldLength: optional(Tag.FixedFieldLength),
  invocationFieldLength: optional(Tag.InvocationFieldLength),
  counterLength: optional(Tag.CounterLength),
  initialCounterValue: optional(Tag.InitialCounterValue),
  saltLength: optional(Tag.SaltLength),
  maskGenerator: optional(Tag.MaskGenerator),
  maskGeneratorHashingAlgorithm: optional(Tag.MaskGeneratorHashingAlgorithm),
  pSource: optional(Tag.PSource),
  trailerField: optional(Tag.TrailerField),
})
export interface CryptographicParameters extends Infer<typeof CryptographicParametersStruct> {}
