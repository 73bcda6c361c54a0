import type { ObjectReference } from '../../message/identifier.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { isOneTimePad, type PadUse } from '../../model/one-time-pad.ts'
import { isResident } from '../../model/residence.ts'
import type { Usage } from '../../model/usage.ts'
import type { OperationName } from '../../spec/operation.ts'
import { UsageLimitsUnit } from '../../spec/enum/usage-limits-unit.ts'
import type { OperationContext } from '../context.ts'
import { residentWork, type ResidentTask } from '../resident/work.ts'
import type { Outcome, Part, Work } from '../streams.ts'
import { chargeUse, loadForUse } from './key-use.ts'
import { usePad } from './pad.ts'
import { isFirst, takePart, type PartRequest } from './parts.ts'
import { withPlainKey } from './plain-key.ts'

/** A request to do something with a key. */
export interface KeyedRequest extends PartRequest {
  readonly uniqueIdentifier?: ObjectReference
}

/** What is done with a key. */
export interface KeyUse {
  readonly operation: OperationName
  readonly usage: Usage
  readonly part: Part
  /** For operations that can be done with a one-time pad. */
  readonly pad?: PadUse
  /** What is wanted of a key that is in the token; absent where none can be meant. */
  readonly inToken?: () => ResidentTask
  /** Makes the work that the first part begins. */
  readonly begin: (key: ManagedObject) => Work
}

/** What using a key has come to. */
export interface KeyedAnswer {
  readonly uniqueIdentifier: string
  readonly outcome: Outcome
  /** As a field of the response. */
  readonly correlation: { readonly correlationValue?: Uint8Array }
}

/**
 * Uses a key for one part of an operation, or for all of it: loads it, asks whether it may be used so, takes what is
 * protected from its Usage Limits, and does the work. Throws what `loadForUse`, `chargeUse` and `takePart` throw.
 */
export async function useKey(
  request: KeyedRequest,
  use: KeyUse,
  context: OperationContext,
): Promise<KeyedAnswer> {
  const { operation, usage, part } = use
  const object = await loadForUse(request.uniqueIdentifier, usage, context)
  if (use.pad !== undefined && isOneTimePad(object)) {
    const data = await usePad(object, use.pad, request, context)
    context.destroyAfterAnswer(data)
    return { uniqueIdentifier: object.uniqueIdentifier, outcome: { data }, correlation: {} }
  }
  const isCounted = usage.purpose === 'protect' && isCharged(object, request)
  if (isCounted) await chargeUse(object, part.data?.length ?? 0, context)
  const { uniqueIdentifier } = object
  const binding = { operation, key: uniqueIdentifier }
  const key = isFirst(request) ? await withPlainKey(object, context) : object
  const work = () => workOf(key, use, context)
  const answer = takePart(request, { binding, part, begin: work }, context)
  const { outcome: first, correlationValue } = answer
  const outcome = first.rest === undefined ? first : { ...first, ...(await first.rest()) }
  if (outcome.data !== undefined) context.destroyAfterAnswer(outcome.data)
  return {
    uniqueIdentifier,
    outcome,
    correlation: correlationValue === undefined ? {} : { correlationValue },
  }
}

/** A key in the token is worked with there. */
function workOf(key: ManagedObject, { begin, inToken }: KeyUse, context: OperationContext): Work {
  return inToken !== undefined && isResident(key)
    ? residentWork(key, inToken(), context)
    : begin(key)
}

/** Every part is counted by its bytes; where uses are counted, the first part is the use. */
function isCharged({ attributes }: ManagedObject, request: KeyedRequest): boolean {
  const unit = attributes.get('UsageLimits')?.usageLimitsUnit
  return unit === UsageLimitsUnit.Byte || isFirst(request)
}
