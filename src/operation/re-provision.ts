import { KmipFault } from '../fault/fault.ts'
import type { Credential } from '../model/identity.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, required } from '../schema/field.ts'
import { bytes } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { CertificateType } from '../spec/enum/certificate-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Tag } from '../spec/tag.ts'
import type { Credentials, OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { carriedRequest } from './shared/certification.ts'
import { addObject } from './shared/creation.ts'

const ReProvisionRequest = struct({
  certificateRequest: optional(
    Tag.CertificateRequest,
    struct({
      certificateRequestType: required(Tag.CertificateRequestType),
      certificateRequestValue: required(Tag.CertificateRequestValue, bytes),
    }),
  ),
  certificate: optional(
    Tag.Certificate,
    struct({
      certificateType: required(Tag.CertificateType),
      certificateValue: required(Tag.CertificateValue, bytes),
    }),
  ),
})
type ReProvisionRequest = Infer<typeof ReProvisionRequest>

const ReProvisionResponse = struct({ uniqueIdentifier: optional(Tag.UniqueIdentifier) })

/**
 * KMIP 2.1 section 6.1.48. The certificate that the client has connected with opens nothing once this is stored, so the
 * new one is to be fetched in the same message.
 */
export const reProvision = defineOperation('ReProvision', {
  request: ReProvisionRequest,
  response: ReProvisionResponse,
  identifies: ({ uniqueIdentifier }) => (uniqueIdentifier === undefined ? [] : [uniqueIdentifier]),
  async handle(request, context) {
    const { identity, credentials, objects } = context
    const { credential } = identity
    if (credentials === undefined || credential === undefined) {
      throw new KmipFault('UNSUPPORTED_FEATURE', 'The client has no certificate of this server')
    }
    await checkCurrent(credential, context)
    const certificateValue = newCertificate(request, credentials, context)
    const content = {
      objectType: ObjectType.Certificate,
      certificateType: CertificateType.X_509,
      certificateValue,
    } as const
    const { uniqueIdentifier } = await addObject(content, [], context, false)
    objects.join(await credentials.replacement(identity, certificateValue, uniqueIdentifier))
    return { uniqueIdentifier }
  },
})

/**
 * A certificate that was revoked does not get its client another one, whether or not the client may see it. Throws
 * `NOT_PERMITTED`.
 */
async function checkCurrent({ object }: Credential, context: OperationContext): Promise<void> {
  if (object === undefined) return
  try {
    const { attributes } = await context.objectsOf(context.identity).load(object)
    if (!attributes.has({ name: 'RevocationReason' })) return
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return
    throw error
  }
  throw new KmipFault('NOT_PERMITTED', 'The certificate of the client was revoked')
}

function newCertificate(
  { certificateRequest, certificate }: ReProvisionRequest,
  credentials: Credentials,
  context: OperationContext,
): Uint8Array {
  if (certificateRequest !== undefined && certificate !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'A request and a certificate are given')
  }
  if (certificate !== undefined) {
    if (certificate.certificateType !== CertificateType.X_509) {
      throw new KmipFault('INVALID_FIELD', 'Clients connect with X.509 certificates')
    }
    credentials.check(certificate.certificateValue, context.now)
    return certificate.certificateValue
  }
  const asked = certificateRequest && carriedRequest(certificateRequest, context)
  if (asked !== undefined) return credentials.issue(context.identity, asked.publicKey)
  // Private keys of clients are made by clients.
  throw new KmipFault('UNSUPPORTED_FEATURE', 'A Certificate Request or a Certificate is needed')
}
