import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** RNG Mode (KMIP 1.4 section 9.1.3.2.46, KMIP 2.1 section 11.50). */
export const RNGMode = defineEnum('RNGMode', {
  Unspecified: [0x01, '1.3'],
  SharedInstantiation: [0x02, '1.3'],
  NonSharedInstantiation: [0x03, '1.3'],
})
export type RNGMode = ValueOf<typeof RNGMode>
