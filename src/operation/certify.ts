import { KmipFault } from '../fault/fault.ts'
import { certificationFields } from '../message/certificate-request.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import { certified } from '../model/certification.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { RequestDescription } from '../port/certificates.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CertificateType } from '../spec/enum/certificate-type.ts'
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
} from './shared/certification.ts'
import { makeObject, optionalEntries, requestedValue, withDefaults } from './shared/creation.ts'
import { loadIssuer } from './shared/issuer.ts'
import { checkStorage } from './shared/protection-storage.ts'
import { checkSameKey, publicKeyInfo } from './shared/public-key.ts'
import { loadOnline } from './shared/stored-object.ts'

const CertifyRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  ...certificationFields,
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})
type CertifyRequest = Infer<typeof CertifyRequest>

/** What is to be certified: a Public Key object, a request, or the two together. */
interface Subject {
  readonly key: ManagedObject | undefined
  readonly request: RequestDescription | undefined
  readonly publicKey: Uint8Array
}

async function subjectOf(request: CertifyRequest, context: OperationContext): Promise<Subject> {
  const { uniqueIdentifier: reference, placeholderIsMeant } = request
  const carried = carriedRequest(request, context)
  if (carried !== undefined && reference === undefined && !placeholderIsMeant) {
    return { key: undefined, request: carried, publicKey: carried.publicKey }
  }
  const object = await loadOnline(reference, context)
  if (object.objectType === ObjectType.CertificateRequest && carried === undefined) {
    const kept = await keptRequest(reference, context)
    return { key: undefined, request: kept, publicKey: kept.publicKey }
  }
  if (object.objectType !== ObjectType.PublicKey) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a public key')
  }
  checkCertifiable(object)
  const publicKey = await publicKeyInfo(object, context)
  if (carried !== undefined) checkSameKey(carried.publicKey, publicKey, context)
  return { key: object, request: carried, publicKey }
}

/** The name of a certificate that nobody named: that of the key. */
function usualName({ key }: Subject, { certificates }: OperationContext): Uint8Array {
  if (key === undefined) {
    throw new KmipFault('INVALID_FIELD', 'The certificate would have no subject')
  }
  const text = key.attributes.get('Name')?.nameValue ?? key.uniqueIdentifier
  return certificates.writeName([{ kind: 'CN', text: text.slice(0, LONGEST_COMMON_NAME) }])
}

/** Without a request the attributes must say which type of certificate is wanted (KMIP 1.4 section 4.7). */
function checkType(type: CertificateType | undefined, hasRequest: boolean): void {
  const wanted = type ?? (hasRequest ? CertificateType.X_509 : undefined)
  if (wanted !== CertificateType.X_509) {
    throw new KmipFault('INVALID_FIELD', 'Certificate Type is missing, or not one that is issued')
  }
}

/** KMIP 1.4 section 4.7, KMIP 2.1 section 6.1.6. */
export const certify = defineOperation('Certify', {
  pace: 'slow',
  request: CertifyRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    checkStorage(request.protectionStorageMasks)
    const entries = await withDefaults(
      await optionalEntries(request.attributes, context),
      ObjectType.Certificate,
      context,
      CERTIFIED,
    )
    const subject = await subjectOf(request, context)
    checkType(requestedValue(entries, 'CertificateType'), subject.request !== undefined)
    const issuer = await loadIssuer(context)
    const { key } = subject
    const wish = {
      ...subject,
      entries,
      keyMask: key?.attributes.get('CryptographicUsageMask'),
      otherwise: {
        subject: () => usualName(subject, context),
        alternativeNames: [],
        purposes: [],
      },
    }
    const issued = await issueCertificate(wish, issuer, context)
    const made = makeObject(issued.content, issued.entries, context)
    const { uniqueIdentifier } = made
    await context.objects.add(linkedCertificate(made, { key, issuer: issuer.object }))
    if (key !== undefined) await context.objects.save(certified(key, uniqueIdentifier, context.now))
    return { uniqueIdentifier }
  },
})

/** What the request or its key says, and no default. */
const CERTIFIED = [{ name: 'CryptographicAlgorithm' }, { name: 'CryptographicLength' }] as const
/** RFC 5280 appendix A.1: ub-common-name. */
const LONGEST_COMMON_NAME = 64
