import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Put Function (KMIP 1.4 section 9.1.3.2.26, KMIP 2.1 section 11.43). */
export const PutFunction = defineEnum('PutFunction', {
  New: [0x01],
  Replace: [0x02],
})
export type PutFunction = ValueOf<typeof PutFunction>
