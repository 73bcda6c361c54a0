import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Key Value Location Type (KMIP 1.4 section 9.1.3.2.35, KMIP 2.1 section 11.27). */
export const KeyValueLocationType = defineEnum('KeyValueLocationType', {
  UninterpretedTextString: [0x01, '1.2'],
  URI: [0x02, '1.2'],
})
export type KeyValueLocationType = ValueOf<typeof KeyValueLocationType>
