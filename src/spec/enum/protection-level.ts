import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Protection Level (KMIP 2.1 section 11.42). */
export const ProtectionLevel = defineEnum('ProtectionLevel', {
  High: [0x01, '2.0'],
  Low: [0x02, '2.0'],
})
export type ProtectionLevel = ValueOf<typeof ProtectionLevel>
