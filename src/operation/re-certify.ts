import { KmipFault } from '../fault/fault.ts'
import {
  certificateRequestIdentifier,
  certificationFields,
} from '../message/certificate-request.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import type { CertificateDescription } from '../model/certificate.ts'
import { recertified } from '../model/certification.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { replacedBy, replacementEntries, replacing } from '../model/replacement.ts'
import type { RequestDescription } from '../port/certificates.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CertificateType } from '../spec/enum/certificate-type.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import {
  carriedRequest,
  checkCertifiable,
  issueCertificate,
  keptRequest,
  linkedCertificate,
  type CertificateWish,
} from './shared/certification.ts'
import { makeObject, requestedEntries, requestedValue } from './shared/creation.ts'
import { loadIssuer } from './shared/issuer.ts'
import { checkStorage } from './shared/protection-storage.ts'
import { checkSameKey } from './shared/public-key.ts'
import { loadOnline } from './shared/stored-object.ts'

const ReCertifyRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  certificateRequestUniqueIdentifier: certificateRequestIdentifier,
  ...certificationFields,
  offset: optional(Tag.Offset),
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})
type ReCertifyRequest = Infer<typeof ReCertifyRequest>

interface Existing {
  readonly object: ManagedObject
  readonly certificate: CertificateDescription
  readonly key: ManagedObject | undefined
}

/** The certificate that is renewed. Throws `WRONG_OBJECT_TYPE`, `WRONG_STATE`, `OBJECT_DESTROYED`. */
async function existingOf(request: ReCertifyRequest, context: OperationContext): Promise<Existing> {
  const object = await loadOnline(request.uniqueIdentifier, context)
  if (object.objectType !== ObjectType.Certificate) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a certificate')
  }
  checkRenewable(object)
  const { content } = object
  if (
    content?.objectType !== ObjectType.Certificate ||
    content.certificateType !== CertificateType.X_509
  ) {
    throw new KmipFault('NOT_PERMITTED', 'Certificates of this type are not issued')
  }
  const certificate = context.certificates.read(content.certificateValue)
  return { object, certificate, key: await linkedKey(object, context) }
}

/** An expired certificate may be renewed, but none that was revoked for a compromise, and none twice. */
function checkRenewable(object: ManagedObject): void {
  if (object.attributes.get('DeactivationDate') === undefined) checkCertifiable(object)
  else if (object.content === undefined || object.attributes.has({ name: 'CompromiseDate' })) {
    throw new KmipFault('WRONG_STATE', 'The certificate is in no state in which it is renewed')
  }
  const isReplaced = object.attributes
    .all('Link')
    .some(({ linkType }) => linkType === LinkType.ReplacementObjectLink)
  if (isReplaced) throw new KmipFault('NOT_PERMITTED', 'The certificate was renewed before')
}

/** The Public Key object of a certificate, as long as it is there. */
async function linkedKey(
  { attributes }: ManagedObject,
  { objects }: OperationContext,
): Promise<ManagedObject | undefined> {
  const link = attributes.all('Link').find(({ linkType }) => linkType === LinkType.PublicKeyLink)
  if (link === undefined) return undefined
  try {
    const key = await objects.load(link.linkedObjectIdentifier)
    return key.objectType === ObjectType.PublicKey ? key : undefined
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}

async function certificateRequest(
  request: ReCertifyRequest,
  context: OperationContext,
): Promise<RequestDescription | undefined> {
  const { certificateRequestUniqueIdentifier: kept } = request
  const carried = carriedRequest(request, context)
  if (kept === undefined) return carried
  if (carried === undefined) return keptRequest(kept, context)
  throw new KmipFault('INVALID_MESSAGE', 'Two certificate requests are given')
}

/** What the new certificate has of the existing one, where nothing else is asked for. */
function inherited({ certificate }: Existing): CertificateWish['otherwise'] {
  const { keyUsage, notBefore, notAfter } = certificate
  return {
    subject: () => certificate.subject.der,
    alternativeNames: certificate.subjectAlternativeNames.map(({ der }) => der),
    purposes: certificate.purposes,
    duration: notAfter - notBefore,
    ...(keyUsage === undefined ? {} : { usages: keyUsage }),
  }
}

/** KMIP 1.4 section 4.8, KMIP 2.1 section 6.1.45. */
export const reCertify = defineOperation('ReCertify', {
  pace: 'slow',
  request: ReCertifyRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    checkStorage(request.protectionStorageMasks)
    const requested = await requestedEntries(request.attributes ?? NO_ATTRIBUTES, context)
    const existing = await existingOf(request, context)
    const asked = await certificateRequest(request, context)
    const { object, certificate, key } = existing
    const { publicKey } = certificate
    if (asked !== undefined) checkSameKey(asked.publicKey, publicKey, context)
    checkType(requestedValue(requested, 'CertificateType'))
    const { now } = context
    const entries = replacementEntries(object, { requested, offset: request.offset, now })
    const issuer = await loadIssuer(context)
    const wish = { publicKey, request: asked, entries, otherwise: inherited(existing) }
    const issued = await issueCertificate({ ...wish, keyMask: undefined }, issuer, context)
    const made = makeObject(issued.content, issued.entries, context)
    const { uniqueIdentifier } = made
    const linked = linkedCertificate(made, { key, issuer: issuer.object })
    await context.objects.save(replacedBy(object, uniqueIdentifier, now))
    await context.objects.add(replacing(linked, object, now))
    if (key !== undefined) {
      const names = { existing: object.uniqueIdentifier, replacement: uniqueIdentifier }
      await context.objects.save(recertified(key, names, now))
    }
    return { uniqueIdentifier }
  },
})

/** The type stays that of the existing certificate (KMIP 1.4 section 4.8). */
function checkType(type: CertificateType | undefined): void {
  if (type !== undefined && type !== CertificateType.X_509) {
    throw new KmipFault('INVALID_FIELD', 'The Certificate Type is not one that is issued')
  }
}

const NO_ATTRIBUTES = { templates: [], entries: [] }
