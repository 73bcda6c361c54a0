import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Key Compression Type (KMIP 1.4 section 9.1.3.2.2, KMIP 2.1 section 11.24). */
export const KeyCompressionType = defineEnum('KeyCompressionType', {
  ECPublicKeyTypeUncompressed: [0x01],
  ECPublicKeyTypeX9_62CompressedPrime: [0x02],
  ECPublicKeyTypeX9_62CompressedChar2: [0x03],
  ECPublicKeyTypeX9_62Hybrid: [0x04],
})
export type KeyCompressionType = ValueOf<typeof KeyCompressionType>
