import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Certificate Type (KMIP 1.4 section 9.1.3.2.6, KMIP 2.1 section 11.9). */
export const CertificateType = defineEnum('CertificateType', {
  X_509: [0x01],
  PGP: [0x02],
})
export type CertificateType = ValueOf<typeof CertificateType>
