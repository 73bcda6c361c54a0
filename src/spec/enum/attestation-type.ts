import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Attestation Type (KMIP 1.4 section 9.1.3.2.36, KMIP 2.1 section 11.4). */
export const AttestationType = defineEnum('AttestationType', {
  TPMQuote: [0x01, '1.2'],
  TCGIntegrityReport: [0x02, '1.2'],
  SAMLAssertion: [0x03, '1.2'],
})
export type AttestationType = ValueOf<typeof AttestationType>
