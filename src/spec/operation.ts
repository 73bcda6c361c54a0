import type { Operation } from './enum/operation.ts'

/** Normalised name of an operation, as in `GetAttributes`. */
export type OperationName = Extract<keyof typeof Operation, string>
