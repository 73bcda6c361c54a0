import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Batch Error Continuation Option (KMIP 1.4 section 9.1.3.2.30, KMIP 2.1 section 11.5). */
export const BatchErrorContinuationOption = defineEnum('BatchErrorContinuationOption', {
  Continue: [0x01],
  Stop: [0x02],
  Undo: [0x03],
})
export type BatchErrorContinuationOption = ValueOf<typeof BatchErrorContinuationOption>
