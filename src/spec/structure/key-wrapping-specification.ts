import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import {
  EncryptionKeyInformationStruct,
  MACSignatureKeyInformationStruct,
} from './key-wrapping-data.ts'

/**
 * How a key value shall be wrapped (KMIP 1.4 section 2.1.6, KMIP 2.1 section 7.18), but for the names of the attributes
 * that are wrapped with it: `message/` adds them, since the dialects name attributes differently.
 */
export const KeyWrappingSpecificationStruct = struct({
  wrappingMethod: required(Tag.WrappingMethod),
  encryptionKeyInformation: optional(Tag.EncryptionKeyInformation, EncryptionKeyInformationStruct),
  macSignatureKeyInformation: optional(
    Tag.MACSignatureKeyInformation,
    MACSignatureKeyInformationStruct,
  ),
  encodingOption: optional(Tag.EncodingOption),
})
export interface KeyWrappingSpecification extends Infer<typeof KeyWrappingSpecificationStruct> {}
