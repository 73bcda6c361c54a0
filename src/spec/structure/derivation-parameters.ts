import type { Infer } from '../../schema/codec.ts'
import { optional, repeated } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import { CryptographicParametersStruct } from './cryptographic-parameters.ts'

/**
 * What a key is derived with (KMIP 1.4 section 4.6, KMIP 2.1 section 7.12). 1.x has one Derivation Data at most.
 */
export const DerivationParametersStruct = struct({
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  initializationVector: optional(Tag.InitializationVector),
  derivationData: repeated(Tag.DerivationData),
  salt: optional(Tag.Salt),
  iterationCount: optional(Tag.IterationCount),
})
export interface DerivationParameters extends Infer<typeof DerivationParametersStruct> {}
