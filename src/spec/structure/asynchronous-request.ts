import type { Infer } from '../../schema/codec.ts'
import { repeated, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** KMIP 2.1 section 7.1. */
export const AsynchronousCorrelationValuesStruct = struct({
  asynchronousCorrelationValue: repeated(Tag.AsynchronousCorrelationValue),
})
export interface AsynchronousCorrelationValues extends Infer<
  typeof AsynchronousCorrelationValuesStruct
> {}

/** A request that is still worked on (KMIP 2.1 section 7.2). */
export const AsynchronousRequestStruct = struct({
  asynchronousCorrelationValue: required(Tag.AsynchronousCorrelationValue),
  operation: required(Tag.Operation),
  submissionDate: required(Tag.SubmissionDate),
  processingStage: required(Tag.ProcessingStage),
})
export interface AsynchronousRequest extends Infer<typeof AsynchronousRequestStruct> {}
