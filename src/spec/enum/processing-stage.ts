import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Processing Stage (KMIP 2.1 section 11.40). */
export const ProcessingStage = defineEnum('ProcessingStage', {
  Submitted: [0x01, '2.1'],
  InProcess: [0x02, '2.1'],
  Completed: [0x03, '2.1'],
})
export type ProcessingStage = ValueOf<typeof ProcessingStage>
