import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Rotate Name Type (KMIP 2.1 section 11.51). */
export const RotateNameType = defineEnum('RotateNameType', {
  UninterpretedTextString: [0x01, '2.1'],
  URI: [0x02, '2.1'],
})
export type RotateNameType = ValueOf<typeof RotateNameType>
