import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Certificate Request Type (KMIP 1.4 section 9.1.3.2.22, KMIP 2.1 section 11.8). */
export const CertificateRequestType = defineEnum('CertificateRequestType', {
  CRMF: [0x01],
  PKCS_10: [0x02],
  PEM: [0x03],
  PGP: [0x04, '1.0', '1.4'],
})
export type CertificateRequestType = ValueOf<typeof CertificateRequestType>
