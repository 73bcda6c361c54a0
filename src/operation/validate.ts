import { KmipFault } from '../fault/fault.ts'
import type { ObjectReference } from '../message/identifier.ts'
import { objectReference } from '../message/identifier.ts'
import { CertificateStruct } from '../message/managed-object.ts'
import { checkPath, isSameBytes, isSelfIssued, orderPath } from '../model/certificate-path.ts'
import type { CertificateDescription } from '../model/certificate.ts'
import { isRevoked } from '../model/certification.ts'
import type { CertificateContent } from '../model/content.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { DateTime } from '../schema/primitive.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CertificateType } from '../spec/enum/certificate-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ValidityIndicator } from '../spec/enum/validity-indicator.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { issuerCertificate } from './shared/issuer.ts'
import { isSignedWith } from './shared/public-key.ts'
import { loadOnline } from './shared/stored-object.ts'

const ValidateRequest = struct({
  certificates: repeated(Tag.Certificate, CertificateStruct),
  uniqueIdentifiers: repeated(Tag.UniqueIdentifier, objectReference),
  validityDate: optional(Tag.ValidityDate),
})

/** A certificate of the chain, with its object where the client has one of it. */
interface Link {
  readonly certificate: CertificateDescription
  readonly value: Uint8Array
  readonly object: ManagedObject | undefined
}

/** Longer than any chain in use. */
const LONGEST_CHAIN = 16

const INDICATORS = {
  valid: ValidityIndicator.Valid,
  invalid: ValidityIndicator.Invalid,
  unknown: ValidityIndicator.Unknown,
} as const

/**
 * KMIP 1.4 section 4.24, KMIP 2.1 section 6.1.57. What is trusted: self-signed certificates that the client has
 * registered, and that of the server's issuing key pair.
 */
export const validate = defineOperation('Validate', {
  request: ValidateRequest,
  response: struct({ validityIndicator: required(Tag.ValidityIndicator) }),
  async handle({ certificates, uniqueIdentifiers, validityDate }, context) {
    const count = certificates.length + uniqueIdentifiers.length
    if (count === 0 || count > LONGEST_CHAIN) {
      throw new KmipFault('INVALID_MESSAGE', 'Validate takes one chain of certificates')
    }
    const managed: Link[] = []
    for (const reference of uniqueIdentifiers) managed.push(await managedLink(reference, context))
    const sent = certificates.map((content) => linkOf(content, undefined, context))
    const at = validityDate ?? context.now
    return { validityIndicator: await indicatorOf([...managed, ...sent], at, context) }
  },
})

async function managedLink(reference: ObjectReference, context: OperationContext): Promise<Link> {
  const object = await loadOnline(reference, context)
  const { content, objectType } = object
  if (objectType !== ObjectType.Certificate) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a certificate')
  }
  if (content?.objectType !== ObjectType.Certificate) {
    throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  }
  return linkOf(content, object, context)
}

function linkOf(
  { certificateType, certificateValue }: Omit<CertificateContent, 'objectType'>,
  object: ManagedObject | undefined,
  { certificates }: OperationContext,
): Link {
  if (certificateType !== CertificateType.X_509) {
    throw new KmipFault('INVALID_FIELD', 'Certificates of this type have no chain')
  }
  return { certificate: certificates.read(certificateValue), value: certificateValue, object }
}

async function indicatorOf(
  links: readonly Link[],
  at: DateTime,
  context: OperationContext,
): Promise<ValidityIndicator> {
  const issuing = await issuerCertificate(context)
  // A certificate that is sent as well as named is the one that is named.
  const own = links.filter(({ object }) => object !== undefined)
  const distinct = [...own, ...links].filter(
    ({ value }, index, all) => all.findIndex((each) => isSameBytes(each.value, value)) === index,
  )
  const chain = distinct.map(({ certificate }) => certificate)
  const path = orderPath(withIssuer(chain, issuing?.certificate))
  const above = path?.some((each) => issuing !== undefined && isSame(each, issuing.certificate))
  const used = [...own.map(({ object }) => object), above === true ? issuing?.object : undefined]
  if (path === undefined || used.some((object) => isRevoked(object, at))) {
    return ValidityIndicator.Invalid
  }
  const trusted = own.filter(({ certificate }) => isSelfIssued(certificate))
  const isAnchor = (certificate: CertificateDescription): boolean =>
    (issuing !== undefined && isSame(certificate, issuing.certificate)) ||
    trusted.some((link) => link.certificate === certificate)
  const verify = ({ signature }: CertificateDescription, publicKey: Uint8Array) =>
    isSignedWith(signature, publicKey, context)
  return INDICATORS[checkPath(path, { at, isAnchor, verify })]
}

/** The certificate of the server's issuer completes a chain that ends below it. */
function withIssuer(
  certificates: readonly CertificateDescription[],
  issuing: CertificateDescription | undefined,
): readonly CertificateDescription[] {
  if (issuing === undefined || certificates.some((each) => isSame(each, issuing))) {
    return certificates
  }
  const isAbove = certificates.some((each) => isSameBytes(each.issuer.der, issuing.subject.der))
  return isAbove ? [...certificates, issuing] : certificates
}

function isSame(left: CertificateDescription, right: CertificateDescription): boolean {
  return (
    isSameBytes(left.signature.signed, right.signature.signed) &&
    isSameBytes(left.signature.value, right.signature.value)
  )
}
