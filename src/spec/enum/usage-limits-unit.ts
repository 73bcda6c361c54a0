import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Usage Limits Unit (KMIP 1.4 section 9.1.3.2.31, KMIP 2.1 section 11.60). */
export const UsageLimitsUnit = defineEnum('UsageLimitsUnit', {
  Byte: [0x01],
  Object: [0x02],
})
export type UsageLimitsUnit = ValueOf<typeof UsageLimitsUnit>
