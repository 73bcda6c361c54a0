import { KmipFault } from '../fault/fault.ts'
import type { UsageLimits } from '../spec/structure/usage-limits.ts'

/** Usage Limits as an object gets them: nothing is used yet, whatever count came (KMIP 1.4 section 3.21). */
export function initialUsageLimits(value: unknown): UsageLimits {
  // Values come from the attribute table's codec: see AttributeEntry.
  const limits = value as UsageLimits
  return { ...limits, usageLimitsCount: limits.usageLimitsTotal }
}

/** Usage Limits after a client's correction, which must come before the first use. Throws `ATTRIBUTE_READ_ONLY`. */
export function modifiedUsageLimits(value: unknown, before: unknown): UsageLimits {
  const { usageLimitsCount, usageLimitsTotal } = before as UsageLimits
  if (usageLimitsCount !== usageLimitsTotal) {
    throw new KmipFault('ATTRIBUTE_READ_ONLY', 'Usage Limits cannot be changed once some are used')
  }
  return initialUsageLimits(value)
}
