import type { ResultReason } from '../spec/enum/result-reason.ts'

/** The normalised name of a Result Reason. */
export type ReasonName = Exclude<keyof typeof ResultReason, symbol>
