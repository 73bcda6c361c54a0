import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Revocation Reason Code (KMIP 1.4 section 9.1.3.2.19, KMIP 2.1 section 11.48). */
export const RevocationReasonCode = defineEnum('RevocationReasonCode', {
  Unspecified: [0x01],
  KeyCompromise: [0x02],
  CACompromise: [0x03],
  AffiliationChanged: [0x04],
  Superseded: [0x05],
  CessationOfOperation: [0x06],
  PrivilegeWithdrawn: [0x07],
})
export type RevocationReasonCode = ValueOf<typeof RevocationReasonCode>
