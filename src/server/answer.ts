import type { KmipFault } from '../fault/fault.ts'
import type { ResponseBatchItem } from '../message/batch-item.ts'
import { reasonOf } from '../message/reason.ts'
import type { Version } from '../schema/version.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { operationName, type ReadItem } from './batch-item.ts'
import type { ItemResult } from './batch.ts'

/** The answer to a batch item: what it asked for comes back with it, whatever became of it. */
export function answerItem(
  item: ReadItem,
  result: ItemResult,
  version: Version,
): ResponseBatchItem {
  const { operation, uniqueBatchItemID } = item
  return {
    ...(operation === undefined ? {} : { operation }),
    ...(uniqueBatchItemID === undefined ? {} : { uniqueBatchItemID }),
    ...resultFields(item, result, version),
  }
}

function resultFields(item: ReadItem, { fault, payload, isUndone }: ItemResult, version: Version) {
  if (isUndone === true) return { resultStatus: ResultStatus.OperationUndone }
  const held = payload === undefined ? {} : { payload }
  if (fault === undefined) return { resultStatus: ResultStatus.Success, ...held }
  return { ...failureFields(fault, version, item), ...held }
}

function failureFields(fault: KmipFault, version: Version, item?: ReadItem) {
  return {
    resultStatus: ResultStatus.OperationFailed,
    resultReason: reasonOf(fault.code, version, item && operationName(item)),
    resultMessage: fault.message,
  }
}

/** The one batch item of an answer to a message that could not be understood (KMIP 1.4 section 11.1). */
export function answerMessage(fault: KmipFault, version: Version): ResponseBatchItem {
  return failureFields(fault, version)
}
