import type { Infer } from '../../schema/codec.ts'
import { repeated, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Issuer and serial number of a certificate, in DER (KMIP 1.4 section 3.10, KMIP 2.1 section 4.61). */
export const X509CertificateIdentifierStruct = struct({
  issuerDistinguishedName: required(Tag.IssuerDistinguishedName),
  certificateSerialNumber: required(Tag.CertificateSerialNumber),
})
export interface X509CertificateIdentifier extends Infer<typeof X509CertificateIdentifierStruct> {}

/** Subject of a certificate, in DER; the name may be empty (KMIP 1.4 section 3.11, KMIP 2.1 section 4.63). */
export const X509CertificateSubjectStruct = struct({
  subjectDistinguishedName: required(Tag.SubjectDistinguishedName),
  subjectAlternativeName: repeated(Tag.SubjectAlternativeName),
})
export interface X509CertificateSubject extends Infer<typeof X509CertificateSubjectStruct> {}

/** Issuer of a certificate, in DER (KMIP 1.4 section 3.12, KMIP 2.1 section 4.62). */
export const X509CertificateIssuerStruct = struct({
  issuerDistinguishedName: required(Tag.IssuerDistinguishedName),
  issuerAlternativeName: repeated(Tag.IssuerAlternativeName),
})
export interface X509CertificateIssuer extends Infer<typeof X509CertificateIssuerStruct> {}
