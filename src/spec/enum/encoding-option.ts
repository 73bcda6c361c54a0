import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Encoding Option (KMIP 1.4 section 9.1.3.2.32, KMIP 2.1 section 11.18). */
export const EncodingOption = defineEnum('EncodingOption', {
  NoEncoding: [0x01, '1.1'],
  TTLVEncoding: [0x02, '1.1'],
})
export type EncodingOption = ValueOf<typeof EncodingOption>
