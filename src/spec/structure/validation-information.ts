import type { Infer } from '../../schema/codec.ts'
import { optional, repeated, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** A formal validation of a server (KMIP 1.4 section 2.1.20, KMIP 2.1 section 7.41). */
export const ValidationInformationStruct = struct({
  validationAuthorityType: required(Tag.ValidationAuthorityType),
  validationAuthorityCountry: optional(Tag.ValidationAuthorityCountry),
  validationAuthorityURI: optional(Tag.ValidationAuthorityURI),
  validationVersionMajor: required(Tag.ValidationVersionMajor),
  validationVersionMinor: optional(Tag.ValidationVersionMinor),
  validationType: required(Tag.ValidationType),
  validationLevel: required(Tag.ValidationLevel),
  validationCertificateIdentifier: optional(Tag.ValidationCertificateIdentifier),
  validationCertificateURI: optional(Tag.ValidationCertificateURI),
  validationVendorURI: optional(Tag.ValidationVendorURI),
  validationProfile: repeated(Tag.ValidationProfile),
})
export interface ValidationInformation extends Infer<typeof ValidationInformationStruct> {}
