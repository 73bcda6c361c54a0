import { KmipFault } from '../../fault/fault.ts'
import type { ObjectReference } from '../../message/identifier.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { KeyUsage } from '../../model/certificate.ts'
import {
  grantedPurposes,
  grantedUsages,
  grantedValidity,
  statedSubject,
  type Validity,
} from '../../model/certification.ts'
import type { CertificateContent } from '../../model/content.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { withLink } from '../../model/replacement.ts'
import type { RequestDescription } from '../../port/certificates.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { CertificateRequestType } from '../../spec/enum/certificate-request-type.ts'
import { CertificateType } from '../../spec/enum/certificate-type.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { State } from '../../spec/enum/state.ts'
import type { OperationContext } from '../context.ts'
import { requestedValue } from './creation.ts'
import type { Issuer } from './issuer.ts'
import { isSignedWith } from './public-key.ts'
import { loadOnline } from './stored-object.ts'

/** How a request carries its certificate request. */
export interface CarriedRequest {
  readonly certificateRequestType?: CertificateRequestType
  readonly certificateRequestValue?: Uint8Array
}

/**
 * The certificate request of a message, its proof of possession checked. Undefined when there is none.
 *
 * @throws KmipFault `INVALID_CSR` for what is no signed request, `INVALID_MESSAGE` for a request without its type
 */
export function carriedRequest(
  { certificateRequestType: type, certificateRequestValue: value }: CarriedRequest,
  context: OperationContext,
): RequestDescription | undefined {
  if (value === undefined && type === undefined) return undefined
  if (value === undefined || type === undefined) {
    throw new KmipFault('INVALID_MESSAGE', 'Certificate Request and its type come together')
  }
  return provenRequest(type, value, context)
}

function provenRequest(
  type: CertificateRequestType,
  value: Uint8Array,
  context: OperationContext,
): RequestDescription {
  const request = context.certificates.readRequest(type, value)
  if (isSignedWith(request.proof, request.publicKey, context) === true) return request
  throw new KmipFault('INVALID_CSR', 'The Certificate Request is not signed with its own key')
}

/** The request in a Certificate Request object (KMIP 2.1 section 2.2). Throws `WRONG_OBJECT_TYPE`, `INVALID_CSR`. */
export async function keptRequest(
  reference: ObjectReference | undefined,
  context: OperationContext,
): Promise<RequestDescription> {
  const { content } = await loadOnline(reference, context)
  if (content?.objectType !== ObjectType.CertificateRequest) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a certificate request')
  }
  return provenRequest(content.certificateRequestType, content.certificateRequestValue, context)
}

/** Refuses a key or certificate that has had its time (KMIP 1.4 section 11.8). Throws `WRONG_STATE`, `OBJECT_DESTROYED`. */
export function checkCertifiable({ content, attributes }: ManagedObject): void {
  if (content === undefined) throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  const state = attributes.get('State')
  if (state !== State.Active && state !== State.PreActive) {
    throw new KmipFault('WRONG_STATE', 'The object is not in a state in which it is certified')
  }
}

/** What a certificate is to be made from, each source before the next: the request, the attributes, what is known. */
export interface CertificateWish {
  readonly publicKey: Uint8Array
  readonly request: RequestDescription | undefined
  readonly entries: readonly AttributeEntry[]
  readonly keyMask: number | undefined
  /** What is taken where neither request nor attributes say anything. */
  readonly otherwise: {
    readonly subject: () => Uint8Array
    readonly alternativeNames: readonly Uint8Array[]
    readonly usages?: readonly KeyUsage[]
    readonly purposes: readonly string[]
    /** For how long, in seconds. */
    readonly duration?: number
  }
}

/** A certificate that was issued, with the attributes that its object is to have beside those read out of it. */
export interface IssuedCertificate {
  readonly content: CertificateContent
  readonly entries: readonly AttributeEntry[]
}

/**
 * Has a certificate signed.
 *
 * @throws KmipFault `INVALID_ATTRIBUTE_VALUE` for dates that leave nothing, `INVALID_FIELD` for a subject that is none,
 *   `CRYPTO_FAILED`
 */
export async function issueCertificate(
  wish: CertificateWish,
  issuer: Issuer,
  context: OperationContext,
): Promise<IssuedCertificate> {
  const { request, otherwise } = wish
  const stated = statedSubject(wish.entries)
  const subject = request?.subject?.der ?? statedName(stated, context) ?? otherwise.subject()
  const template = {
    serialNumber: serialNumber(context),
    issuer: issuer.certificate.subject.der,
    subject,
    alternativeNames: alternativeNames(
      request,
      stated.alternativeNames,
      otherwise.alternativeNames,
    ),
    publicKey: wish.publicKey,
    usages: usagesOf(wish),
    purposes: grantedPurposes(request?.purposes ?? otherwise.purposes),
    ...validityOf(wish, issuer, context.now),
  }
  const { subjectKeyIdentifier: keyIdentifier } = issuer.certificate
  const known = keyIdentifier === undefined ? {} : { authorityKeyIdentifier: keyIdentifier }
  const certificateValue = await issuer.sign(async (signer) =>
    context.certificates.issue({ ...template, ...known }, signer),
  )
  const certificateType = CertificateType.X_509
  return {
    content: { objectType: ObjectType.Certificate, certificateType, certificateValue },
    entries: stated.rest.filter(({ reference }) => reference.name !== 'CryptographicUsageMask'),
  }
}

function statedName(
  { name, parts }: Pick<ReturnType<typeof statedSubject>, 'name' | 'parts'>,
  { certificates }: OperationContext,
): Uint8Array | undefined {
  if (name !== undefined && name.length > 0) return certificates.readName(name).der
  return parts.length === 0 ? undefined : certificates.writeName(parts)
}

/** The first of the sources that names any. */
function alternativeNames(
  request: RequestDescription | undefined,
  ...others: readonly (readonly Uint8Array[])[]
): readonly Uint8Array[] {
  const asked = request?.alternativeNames.map(({ der }) => der) ?? []
  return [asked, ...others].find((names) => names.length > 0) ?? []
}

function usagesOf({ request, entries, keyMask, otherwise }: CertificateWish): readonly KeyUsage[] {
  const mask = requestedValue(entries, 'CryptographicUsageMask')
  const usages = request?.keyUsage ?? (mask === undefined ? otherwise.usages : undefined)
  return grantedUsages({ mask, usages, keyMask })
}

function validityOf(
  { entries, otherwise }: CertificateWish,
  issuer: Issuer,
  now: DateTime,
): Validity {
  const longest = issuer.days * DAY_SECONDS
  return grantedValidity({
    from: requestedValue(entries, 'ActivationDate'),
    to: requestedValue(entries, 'DeactivationDate'),
    usual: otherwise.duration ?? longest,
    longest,
    issuer: issuer.certificate,
    now,
  })
}

/** The certificate with links to its key and, where it is the client's own, to the certificate above it. */
export function linkedCertificate(
  made: ManagedObject,
  { key, issuer }: { readonly key: ManagedObject | undefined; readonly issuer: ManagedObject },
): ManagedObject {
  const withKey =
    key === undefined ? made : withLink(made, LinkType.PublicKeyLink, key.uniqueIdentifier)
  return issuer.owner === made.owner
    ? withLink(withKey, LinkType.CertificateLink, issuer.uniqueIdentifier)
    : withKey
}

/** 127 random bits and a one in front: positive, and as long as any other (RFC 5280 section 4.1.2.2). */
function serialNumber({ random }: OperationContext): Uint8Array {
  return random
    .bytes(16)
    .expose((bytes) => Uint8Array.from(bytes, (byte, at) => (at === 0 ? (byte & 127) | 64 : byte)))
}

const DAY_SECONDS = 86_400
