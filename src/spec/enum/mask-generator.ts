import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Mask Generator (KMIP 1.4 section 9.1.3.2.49, KMIP 2.1 section 11.30). */
export const MaskGenerator = defineEnum('MaskGenerator', {
  MGF1: [0x01, '1.4'],
})
export type MaskGenerator = ValueOf<typeof MaskGenerator>
