import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Interop Function (KMIP 2.1 section 11.22). */
export const InteropFunction = defineEnum('InteropFunction', {
  Begin: [0x01, '2.0'],
  End: [0x02, '2.0'],
  Reset: [0x03, '2.0'],
})
export type InteropFunction = ValueOf<typeof InteropFunction>
