import type { Infer } from '../../schema/codec.ts'
import { optional, repeated, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Issuer and serial number of a certificate as text; until 1.4, deprecated since 1.1 (KMIP 1.4 section 3.13). */
export const CertificateIdentifierStruct = struct({
  issuer: required(Tag.Issuer),
  serialNumber: optional(Tag.SerialNumber),
})
export interface CertificateIdentifier extends Infer<typeof CertificateIdentifierStruct> {}

/** Subject of a certificate as text; until 1.4, deprecated since 1.1 (KMIP 1.4 section 3.14). */
export const CertificateSubjectStruct = struct({
  certificateSubjectDistinguishedName: required(Tag.CertificateSubjectDistinguishedName),
  certificateSubjectAlternativeName: repeated(Tag.CertificateSubjectAlternativeName),
})
export interface CertificateSubject extends Infer<typeof CertificateSubjectStruct> {}

/** Issuer of a certificate as text; until 1.4, deprecated since 1.1 (KMIP 1.4 section 3.15). */
export const CertificateIssuerStruct = struct({
  certificateIssuerDistinguishedName: required(Tag.CertificateIssuerDistinguishedName),
  certificateIssuerAlternativeName: repeated(Tag.CertificateIssuerAlternativeName),
})
export interface CertificateIssuer extends Infer<typeof CertificateIssuerStruct> {}
