import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Validation Authority Type (KMIP 1.4 section 9.1.3.2.40, KMIP 2.1 section 11.63). */
export const ValidationAuthorityType = defineEnum('ValidationAuthorityType', {
  Unspecified: [0x01, '1.3'],
  NISTCMVP: [0x02, '1.3'],
  CommonCriteria: [0x03, '1.3'],
})
export type ValidationAuthorityType = ValueOf<typeof ValidationAuthorityType>
