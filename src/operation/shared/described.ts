import type { AttributeEntry } from '../../model/attribute-set.ts'
import { certificateEntries } from '../../model/certificate.ts'
import type { ObjectContent } from '../../model/content.ts'
import { Secret } from '../../secret/secret.ts'
import { CertificateType } from '../../spec/enum/certificate-type.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { Services } from '../context.ts'

/**
 * The attributes that the server reads out of an object: of an X.509 certificate those of KMIP 1.4 sections 3.4, 3.5
 * and 3.10 to 3.19, of a certificate request algorithm and length of its key. Throws `INVALID_FIELD` for a certificate
 * that is none, `INVALID_CSR` for a request that is none.
 */
export function describedEntries(
  content: ObjectContent,
  services: Pick<Services, 'certificates' | 'keyFormats'>,
): readonly AttributeEntry[] {
  if (content.objectType === ObjectType.CertificateRequest) {
    const { certificateRequestType: type, certificateRequestValue: value } = content
    return publicKeyEntries(services.certificates.readRequest(type, value).publicKey, services)
  }
  const isX509 =
    content.objectType === ObjectType.Certificate &&
    content.certificateType === CertificateType.X_509
  if (!isX509) return []
  const certificate = services.certificates.read(content.certificateValue)
  return [
    ...certificateEntries(certificate),
    ...publicKeyEntries(certificate.publicKey, services),
    { reference: { name: 'KeyFormatType' }, value: KeyFormatType.X_509 },
  ]
}

/** Nothing for a key of an algorithm that is not known. */
function publicKeyEntries(
  publicKey: Uint8Array,
  { keyFormats }: Pick<Services, 'keyFormats'>,
): readonly AttributeEntry[] {
  const material = Secret.copyOf(publicKey)
  const key = keyFormats.describe(ObjectType.PublicKey, {
    keyFormatType: KeyFormatType.X_509,
    keyValue: { form: 'bytes', material, attributes: [] },
  })
  if (key === undefined) return []
  const { algorithm, length } = key
  return [
    ...(algorithm === undefined
      ? []
      : [{ reference: { name: 'CryptographicAlgorithm' as const }, value: algorithm }]),
    { reference: { name: 'CryptographicLength' }, value: length },
  ]
}
