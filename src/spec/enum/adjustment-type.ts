import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Adjustment Type (KMIP 2.1 section 11.1). */
export const AdjustmentType = defineEnum('AdjustmentType', {
  Increment: [0x01, '2.0'],
  Decrement: [0x02, '2.0'],
  Negate: [0x03, '2.0'],
})
export type AdjustmentType = ValueOf<typeof AdjustmentType>
