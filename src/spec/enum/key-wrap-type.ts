import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Key Wrap Type (KMIP 1.4 section 9.1.3.2.48, KMIP 2.1 section 11.29). */
export const KeyWrapType = defineEnum('KeyWrapType', {
  NotWrapped: [0x01, '1.4'],
  AsRegistered: [0x02, '1.4'],
})
export type KeyWrapType = ValueOf<typeof KeyWrapType>
