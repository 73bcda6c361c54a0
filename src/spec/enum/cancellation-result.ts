import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Cancellation Result (KMIP 1.4 section 9.1.3.2.25, KMIP 2.1 section 11.7). */
export const CancellationResult = defineEnum('CancellationResult', {
  Canceled: [0x01],
  UnableToCancel: [0x02],
  Completed: [0x03],
  Failed: [0x04],
  Unavailable: [0x05],
})
export type CancellationResult = ValueOf<typeof CancellationResult>
