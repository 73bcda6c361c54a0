import { KmipFault } from '../../fault/fault.ts'
import { optional } from '../../schema/field.ts'
import type { Secret } from '../../secret/secret.ts'
import { Tag } from '../../spec/tag.ts'
import type { OperationContext } from '../context.ts'
import { carryOut, type Part, type PartAnswer, type StreamBinding, type Work } from '../streams.ts'

/** The fields by which a request says that it is one of several (KMIP 1.4 sections 2.1.15 to 2.1.17). */
export const partFields = {
  correlationValue: optional(Tag.CorrelationValue),
  initIndicator: optional(Tag.InitIndicator),
  finalIndicator: optional(Tag.FinalIndicator),
}

/** A request that may be one of several. */
export interface PartRequest {
  readonly data?: Secret
  readonly correlationValue?: Uint8Array
  readonly initIndicator?: boolean
  readonly finalIndicator?: boolean
}

/** What the part of a request is for. */
export interface PartUse {
  readonly binding: Omit<StreamBinding, 'client'>
  readonly part: Part
  /** Makes the work that the first part begins. */
  readonly begin: () => Work
}

/** Whether the request begins an operation: all but those that go on with one. */
export function isFirst({ correlationValue }: PartRequest): boolean {
  return correlationValue === undefined
}

/** Whether the request is an operation of its own. */
export function isWhole({ correlationValue, initIndicator, finalIndicator }: PartRequest): boolean {
  return correlationValue === undefined && (initIndicator !== true || finalIndicator === true)
}

/** Refuses what only a first part may bring. Throws `INVALID_FIELD`. */
export function checkFirstOnly(request: PartRequest, ...fields: readonly unknown[]): void {
  if (isFirst(request) || fields.every((field) => field === undefined)) return
  throw new KmipFault('INVALID_FIELD', 'Only the first part may say how the operation is done')
}

/**
 * Takes one part, or an operation that is whole. The data is destroyed. Throws `INVALID_FIELD`, `MISSING_FIELD`,
 * `STREAM_NOT_FOUND`, `SERVER_LIMIT` and what the work throws.
 */
export function takePart(
  request: PartRequest,
  use: PartUse,
  context: OperationContext,
): PartAnswer {
  const { data } = use.part
  try {
    return context.streams.answered(context) ?? takeAnew(request, use, context)
  } finally {
    data?.destroy()
  }
}

function takeAnew(
  request: PartRequest,
  { binding, part, begin }: PartUse,
  context: OperationContext,
): PartAnswer {
  const { correlationValue, initIndicator, finalIndicator } = request
  const bound = { ...binding, client: context.identity.id }
  if (correlationValue !== undefined) {
    if (initIndicator === true) {
      throw new KmipFault('INVALID_FIELD', 'A first part has no Correlation Value')
    }
    const isLast = finalIndicator === true
    const answer = context.streams.proceed(bound, correlationValue, { ...part, isLast }, context)
    return withoutNothing(answer)
  }
  if (!isWhole(request)) return withoutNothing(context.streams.begin(bound, begin, part, context))
  if (finalIndicator === true && initIndicator !== true) {
    throw new KmipFault('STREAM_NOT_FOUND', 'A last part needs the Correlation Value')
  }
  if (part.data === undefined) throw new KmipFault('MISSING_FIELD', 'Data is missing')
  return { outcome: carryOut(begin(), part) }
}

/** Parts that give no data say nothing of it. */
function withoutNothing(answer: PartAnswer): PartAnswer {
  const { data, ...rest } = answer.outcome
  return data?.length === 0 ? { ...answer, outcome: rest } : answer
}
