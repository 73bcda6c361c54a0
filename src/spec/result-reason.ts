import { membersOf, type Member } from '../schema/enumeration.ts'
import { ResultReason } from './enum/result-reason.ts'

/** Normalised name of a Result Reason, as in `ItemNotFound`. */
export type ResultReasonName = Extract<keyof typeof ResultReason, string>

/** One reason, with the versions that have it. */
export interface ResultReasonRow extends Member {
  readonly name: ResultReasonName
  readonly value: ResultReason
}

function isResultReasonName(name: string): name is ResultReasonName {
  return Object.hasOwn(ResultReason, name)
}

/** Every Result Reason (KMIP 1.4 section 9.1.3.2.29, KMIP 2.1 section 11.46), lowest value first. */
export const RESULT_REASONS: readonly ResultReasonRow[] = membersOf(ResultReason).members.flatMap(
  ({ name, ...row }) =>
    isResultReasonName(name) ? [{ ...row, name, value: ResultReason[name] }] : [],
)
