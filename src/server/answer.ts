import type { KmipFault } from '../fault/fault.ts'
import type { ResponseBatchItem } from '../message/batch-item.ts'
import { reasonOf } from '../message/reason.ts'
import type { Version } from '../schema/version.ts'
import type { OperationName } from '../spec/operation.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { operationName, type ItemOutcome, type ReadItem } from './batch-item.ts'

type Answer = { -readonly [K in keyof ResponseBatchItem]: ResponseBatchItem[K] }

/** The answer to a batch item: what it asked for comes back with it, whatever became of it. */
export function answerItem(
  item: ReadItem,
  result: ItemOutcome,
  version: Version,
): ResponseBatchItem {
  const answer: Answer = outcomeOf(item, result, version)
  // Spreads of what may not be there cost more than the rest of a small answer.
  // The answer to Poll is that of the operation it asks for (KMIP 1.4 section 4.28).
  const operation = result.of === undefined ? item.operation : result.of.operation
  if (operation !== undefined) answer.operation = operation
  if (item.uniqueBatchItemID !== undefined) answer.uniqueBatchItemID = item.uniqueBatchItemID
  if (result.payload !== undefined && result.isUndone !== true) answer.payload = result.payload
  return answer
}

function outcomeOf(item: ReadItem, outcome: ItemOutcome, version: Version): Answer {
  const { fault, isUndone, pending, of } = outcome
  if (pending !== undefined) {
    return {
      resultStatus: ResultStatus.OperationPending,
      asynchronousCorrelationValue: pending,
    }
  }
  if (isUndone === true) return { resultStatus: ResultStatus.OperationUndone }
  if (fault === undefined) return { resultStatus: ResultStatus.Success }
  return failureFields(fault, version, of === undefined ? operationName(item) : of.name)
}

function failureFields(fault: KmipFault, version: Version, operation?: OperationName) {
  return {
    resultStatus: ResultStatus.OperationFailed,
    resultReason: reasonOf(fault.code, version, operation),
    resultMessage: fault.message,
  }
}

/** The one batch item of an answer to a message that could not be understood (KMIP 1.4 section 11.1). */
export function answerMessage(fault: KmipFault, version: Version): ResponseBatchItem {
  return failureFields(fault, version)
}
