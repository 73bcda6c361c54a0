import { optional, type Field } from '../schema/field.ts'
import { constant } from '../schema/field.ts'
import type { CertificateRequestType } from '../spec/enum/certificate-request-type.ts'
import { Tag } from '../spec/tag.ts'
import { desiredAttributes, fieldByMajor } from './attributes.ts'
import { objectReference } from './identifier.ts'

const requestValue: Field<Uint8Array, 'optional'> = fieldByMajor('optional', {
  1: optional(Tag.CertificateRequest),
  2: optional(Tag.CertificateRequestValue),
})

const requestType: Field<CertificateRequestType, 'optional'> = optional(Tag.CertificateRequestType)

/**
 * Whether the ID Placeholder is meant where a certificate request comes without an identifier: in KMIP 1.x it always
 * is (1.4 section 4.7), in 2.x only where there is no request either (2.1 section 6.1.6).
 */
const placeholderIsMeant: Field<boolean, 'required'> = fieldByMajor('required', {
  1: constant<boolean>(true),
  2: constant<boolean>(false),
})

/** What Certify and Re-certify have in common: a request for a certificate, and attributes for it. */
export const certificationFields = {
  certificateRequestType: requestType,
  certificateRequestValue: requestValue,
  attributes: desiredAttributes,
  placeholderIsMeant,
}

/** The Certificate Request object that Re-certify names beside the certificate; KMIP 2.x. */
export const certificateRequestIdentifier = optional(
  Tag.CertificateRequestUniqueIdentifier,
  objectReference,
)
