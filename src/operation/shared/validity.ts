import { ValidityIndicator } from '../../spec/enum/validity-indicator.ts'
import type { Outcome } from '../streams.ts'

/** The Validity Indicator, as a field of the response to the part that ends a check. */
export function validityOf({ isValid }: Outcome): {
  readonly validityIndicator?: ValidityIndicator
} {
  if (isValid === undefined) return {}
  return { validityIndicator: isValid ? ValidityIndicator.Valid : ValidityIndicator.Invalid }
}
