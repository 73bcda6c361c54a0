import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Wrapping Method (KMIP 1.4 section 9.1.3.2.4, KMIP 2.1 section 11.62). */
export const WrappingMethod = defineEnum('WrappingMethod', {
  Encrypt: [0x01],
  MACSign: [0x02],
  EncryptThenMACSign: [0x03],
  MACSignThenEncrypt: [0x04],
  TR_31: [0x05],
})
export type WrappingMethod = ValueOf<typeof WrappingMethod>
