import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Padding Method (KMIP 1.4 section 9.1.3.2.15, KMIP 2.1 section 11.37). */
export const PaddingMethod = defineEnum('PaddingMethod', {
  None: [0x01],
  OAEP: [0x02],
  PKCS5: [0x03],
  SSL3: [0x04],
  Zeros: [0x05],
  ANSIX9_23: [0x06],
  ISO10126: [0x07],
  PKCS1V1_5: [0x08],
  X9_31: [0x09],
  PSS: [0x0a],
})
export type PaddingMethod = ValueOf<typeof PaddingMethod>
