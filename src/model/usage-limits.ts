import { KmipFault } from '../fault/fault.ts'
import { attributeValue } from './attribute-set.ts'
import type { UsageLimits } from '../spec/structure/usage-limits.ts'

/** Usage Limits as an object gets them: nothing is used yet, whatever count came (KMIP 1.4 section 3.21). */
export function initialUsageLimits(value: unknown): UsageLimits {
  const limits = attributeValue<'UsageLimits'>(value)
  return { ...limits, usageLimitsCount: limits.usageLimitsTotal }
}

/** Usage Limits after a client's correction, which must come before the first use. Throws `ATTRIBUTE_READ_ONLY`. */
export function modifiedUsageLimits(value: unknown, before: unknown): UsageLimits {
  checkUnallocated(before)
  return initialUsageLimits(value)
}

/**
 * Refuses to change or delete Usage Limits once some are used (KMIP 1.4 section 3.21, KMIP 2.1 section 4.59). Throws
 * `ATTRIBUTE_READ_ONLY`.
 */
export function checkUnallocated(value: unknown): void {
  const { usageLimitsCount, usageLimitsTotal } = attributeValue<'UsageLimits'>(value)
  if (usageLimitsCount === usageLimitsTotal) return
  throw new KmipFault('ATTRIBUTE_READ_ONLY', 'Usage Limits cannot be changed once some are used')
}
