import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import { CryptographicParametersStruct } from './cryptographic-parameters.ts'

/** The key that encrypts a Key Value (KMIP 1.4 section 2.1.5, KMIP 2.1 section 3.3). */
export const EncryptionKeyInformationStruct = struct({
  uniqueIdentifier: required(Tag.UniqueIdentifier),
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
})
export interface EncryptionKeyInformation extends Infer<typeof EncryptionKeyInformationStruct> {}

/** The key that authenticates a Key Value (KMIP 1.4 section 2.1.5, KMIP 2.1 section 3.3). */
export const MACSignatureKeyInformationStruct = struct({
  uniqueIdentifier: required(Tag.UniqueIdentifier),
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
})
export interface MACSignatureKeyInformation extends Infer<
  typeof MACSignatureKeyInformationStruct
> {}

/** How a Key Value is wrapped (KMIP 1.4 section 2.1.5, KMIP 2.1 section 3.3). */
export const KeyWrappingDataStruct = struct({
  wrappingMethod: required(Tag.WrappingMethod),
  encryptionKeyInformation: optional(Tag.EncryptionKeyInformation, EncryptionKeyInformationStruct),
  macSignatureKeyInformation: optional(
    Tag.MACSignatureKeyInformation,
    MACSignatureKeyInformationStruct,
  ),
  macSignature: optional(Tag.MACSignature),
  ivCounterNonce: optional(Tag.IVCounterNonce),
  encodingOption: optional(Tag.EncodingOption),
})
export interface KeyWrappingData extends Infer<typeof KeyWrappingDataStruct> {}
