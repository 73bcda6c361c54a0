import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** What is known of a random number generator (KMIP 1.4 section 2.1.18, KMIP 2.1 section 7.36). */
export const RNGParametersStruct = struct({
  rngAlgorithm: required(Tag.RNGAlgorithm),
  cryptographicAlgorithm: optional(Tag.CryptographicAlgorithm),
  cryptographicLength: optional(Tag.CryptographicLength),
  hashingAlgorithm: optional(Tag.HashingAlgorithm),
  drbgAlgorithm: optional(Tag.DRBGAlgorithm),
  recommendedCurve: optional(Tag.RecommendedCurve),
  fips186Variation: optional(Tag.FIPS186Variation),
  predictionResistance: optional(Tag.PredictionResistance),
})
export interface RNGParameters extends Infer<typeof RNGParametersStruct> {}
