import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Name Type (KMIP 1.4 section 9.1.3.2.11, KMIP 2.1 section 11.31). */
export const NameType = defineEnum('NameType', {
  UninterpretedTextString: [0x01],
  URI: [0x02],
})
export type NameType = ValueOf<typeof NameType>
