import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Validation Type (KMIP 1.4 section 9.1.3.2.41, KMIP 2.1 section 11.64). */
export const ValidationType = defineEnum('ValidationType', {
  Unspecified: [0x01, '1.3'],
  Hardware: [0x02, '1.3'],
  Software: [0x03, '1.3'],
  Firmware: [0x04, '1.3'],
  Hybrid: [0x05, '1.3'],
})
export type ValidationType = ValueOf<typeof ValidationType>
