import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Validity Indicator (KMIP 1.4 section 9.1.3.2.23, KMIP 2.1 section 11.61). */
export const ValidityIndicator = defineEnum('ValidityIndicator', {
  Valid: [0x01],
  Invalid: [0x02],
  Unknown: [0x03],
})
export type ValidityIndicator = ValueOf<typeof ValidityIndicator>
