import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Asynchronous Indicator (KMIP 2.1 section 11.3). */
export const AsynchronousIndicator = defineEnum('AsynchronousIndicator', {
  Mandatory: [0x01, '2.0'],
  Optional: [0x02, '2.0'],
  Prohibited: [0x03, '2.0'],
})
export type AsynchronousIndicator = ValueOf<typeof AsynchronousIndicator>
