import type { KmipFault } from '../fault/fault.ts'
import type { ResponseBatchItem } from '../message/batch-item.ts'
import { reasonOf } from '../message/reason.ts'
import type { Version } from '../schema/version.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { operationName, type ReadItem } from './batch-item.ts'
import type { ItemResult } from './batch.ts'

type Answer = { -readonly [K in keyof ResponseBatchItem]: ResponseBatchItem[K] }

/** The answer to a batch item: what it asked for comes back with it, whatever became of it. */
export function answerItem(
  item: ReadItem,
  result: ItemResult,
  version: Version,
): ResponseBatchItem {
  const answer: Answer = outcomeOf(item, result, version)
  // Spreads of what may not be there cost more than the rest of a small answer.
  if (item.operation !== undefined) answer.operation = item.operation
  if (item.uniqueBatchItemID !== undefined) answer.uniqueBatchItemID = item.uniqueBatchItemID
  if (result.payload !== undefined && result.isUndone !== true) answer.payload = result.payload
  return answer
}

function outcomeOf(item: ReadItem, { fault, isUndone }: ItemResult, version: Version): Answer {
  if (isUndone === true) return { resultStatus: ResultStatus.OperationUndone }
  if (fault === undefined) return { resultStatus: ResultStatus.Success }
  return failureFields(fault, version, item)
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
