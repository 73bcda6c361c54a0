import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Result Status (KMIP 1.4 section 9.1.3.2.28, KMIP 2.1 section 11.47). */
export const ResultStatus = defineEnum('ResultStatus', {
  Success: [0x00],
  OperationFailed: [0x01],
  OperationPending: [0x02],
  OperationUndone: [0x03],
})
export type ResultStatus = ValueOf<typeof ResultStatus>
