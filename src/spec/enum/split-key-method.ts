import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Split Key Method (KMIP 1.4 section 9.1.3.2.8, KMIP 2.1 section 11.54). */
export const SplitKeyMethod = defineEnum('SplitKeyMethod', {
  XOR: [0x01],
  PolynomialSharingGF2_16: [0x02],
  PolynomialSharingPrimeField: [0x03],
  PolynomialSharingGF2_8: [0x04, '1.2'],
})
export type SplitKeyMethod = ValueOf<typeof SplitKeyMethod>
