import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Hashing Algorithm (KMIP 1.4 section 9.1.3.2.16, KMIP 2.1 section 11.21). */
export const HashingAlgorithm = defineEnum('HashingAlgorithm', {
  MD2: [0x01],
  MD4: [0x02],
  MD5: [0x03],
  SHA_1: [0x04],
  SHA_224: [0x05],
  SHA_256: [0x06],
  SHA_384: [0x07],
  SHA_512: [0x08],
  RIPEMD_160: [0x09],
  Tiger: [0x0a],
  Whirlpool: [0x0b],
  SHA_512_224: [0x0c, '1.2'],
  SHA_512_256: [0x0d, '1.2'],
  SHA3_224: [0x0e, '1.4'],
  SHA3_256: [0x0f, '1.4'],
  SHA3_384: [0x10, '1.4'],
  SHA3_512: [0x11, '1.4'],
})
export type HashingAlgorithm = ValueOf<typeof HashingAlgorithm>
