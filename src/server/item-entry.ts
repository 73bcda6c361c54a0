import { dataLength } from './allowance.ts'
import { asFault } from './audit/as-fault.ts'
import { isIntendedEarly } from './audit/early-intents.ts'
import type { ItemAudit } from './audit/item-audit.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import { operationName, type ItemOutcome, type ReadItem } from './batch-item.ts'

/** What the audit needs to know of the surroundings of an item. */
type Surroundings = Pick<BatchEnvironment, 'audit' | 'version' | 'approval'>

/** Begins to tell of an item that is carried out. */
export function beginEntry(item: ReadItem, { audit, version, approval }: Surroundings): ItemAudit {
  const entry = audit.item(item.place, operationName(item), version)
  entry.bytes = dataLength(item)
  entry.approval = approval
  return entry
}

/** Whether its intent is to be told before it begins. */
export function isEarly(item: ReadItem, { services }: BatchEnvironment): boolean {
  return isIntendedEarly(operationName(item), services.hsm !== undefined)
}

/** Tells of an item that was not carried out, or is not yet. */
export function tellOf(
  item: ReadItem,
  outcome: ItemOutcome,
  { audit, version, approval }: Surroundings,
): void {
  const entry = audit.item(item.place, operationName(item), version)
  entry.approval = approval
  entry.end(outcome)
}

/** An outcome is nobody's to learn before it was told of. */
export async function told(
  outcome: ItemOutcome,
  { audit }: Pick<BatchEnvironment, 'audit'>,
): Promise<ItemOutcome> {
  try {
    await audit.written()
    return outcome
  } catch (error) {
    outcome.dropped?.()
    return { fault: asFault(error) }
  }
}
