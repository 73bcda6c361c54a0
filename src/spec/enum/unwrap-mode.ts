import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Unwrap Mode (KMIP 1.4 section 9.1.3.2.43, KMIP 2.1 section 11.59). */
export const UnwrapMode = defineEnum('UnwrapMode', {
  Unspecified: [0x01, '1.3'],
  Processed: [0x02, '1.3'],
  NotProcessed: [0x03, '1.3'],
})
export type UnwrapMode = ValueOf<typeof UnwrapMode>
