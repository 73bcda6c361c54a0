import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Shredding Algorithm (KMIP 1.4 section 9.1.3.2.45, KMIP 2.1 section 11.53). */
export const ShreddingAlgorithm = defineEnum('ShreddingAlgorithm', {
  Unspecified: [0x01, '1.3'],
  Cryptographic: [0x02, '1.3'],
  Unsupported: [0x03, '1.3'],
})
export type ShreddingAlgorithm = ValueOf<typeof ShreddingAlgorithm>
