import { KmipFault } from '../fault/fault.ts'
import type { Permission } from '../model/permission/permission.ts'
import type { UnitOfWork } from '../repository/unit-of-work.ts'
import { Allowance } from './allowance.ts'
import type { ApprovalGuard } from './approval-guard.ts'
import { refusedTogether } from './approved-job.ts'
import { commitTogether, type ItemAudit } from './audit/item-audit.ts'
import { authorise } from './authorise.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import {
  operationName,
  performItem,
  unsupported,
  type ItemOutcome,
  type ReadItem,
} from './batch-item.ts'
import { BatchReferences } from './batch-references.ts'
import { authorityOver, contextOf, keptResults, type ItemSetting } from './item-context.ts'
import { beginEntry, isEarly } from './item-entry.ts'
import { BatchItemRun } from './item-run.ts'
import { checkKnown, withRetries } from './retries.ts'

/** The outcome of what stands behind a failure. */
export const CANCELED: ItemOutcome = {
  fault: new KmipFault('BATCH_CANCELED', 'A batch item before this one failed'),
}

/** Carries out an item, which is stored before its outcome is given. */
export async function performAlone(
  item: ReadItem,
  references: BatchReferences,
  environment: BatchEnvironment,
): Promise<ItemOutcome> {
  const outcome = await performUntilStopped(item, references, environment)
  outcome.stopped?.entry.end(outcome)
  return outcome
}

/** The same, but what was stopped for want of approval is still to be told of. */
export async function performUntilStopped(
  item: ReadItem,
  references: BatchReferences,
  environment: BatchEnvironment,
): Promise<ItemOutcome> {
  const run = new BatchItemRun(false)
  const once = keptResults(environment)
  const allowance = allowanceOf(item, run, environment)
  const beside: { guard?: ApprovalGuard | undefined } = {}
  const entry = beginEntry(item, environment)
  try {
    entry.ruled = run
    if (isEarly(item, environment)) await entry.announce()
    const outcome = await withRetries(environment, {
      work: async (unit) => {
        const permission = permissionIn(environment)
        const guard = guardOf(item, environment)
        beside.guard = guard
        entry.revision = permission.revision
        const setting = { unit, run, references, once, allowance, guard, permission, entry }
        return performIn(setting, item, environment)
      },
      store: async (result, commit) => entry.commit(result, commit),
    })
    run.settle(true)
    entry.end(outcome)
    remember(outcome, item, references)
    const { dropped } = run
    return dropped === undefined ? outcome : { ...outcome, dropped }
  } catch (error) {
    run.settle(false)
    const fault = environment.faultOf(error, item)
    const need = beside.guard?.need
    if (need !== undefined) return { fault, stopped: { need, entry } }
    entry.end({ fault })
    return { fault }
  } finally {
    once.destroy()
  }
}

/** All items or none: nothing is stored unless every one of them has succeeded. */
export async function performTogether(
  items: readonly ReadItem[],
  environment: BatchEnvironment,
): Promise<readonly ItemOutcome[]> {
  let failedAt = 0
  const runs: BatchItemRun[] = []
  const settle = (isDone: boolean): void => {
    for (const run of runs.splice(0)) run.settle(isDone)
  }
  const kept = items.map(() => keptResults(environment))
  const entries = items.map((item) => beginEntry(item, environment))
  try {
    await announceEarly(items, entries, environment)
    const work = async (unit: UnitOfWork): Promise<readonly ItemOutcome[]> => {
      settle(false)
      const references = new BatchReferences()
      const results: ItemOutcome[] = []
      for (const [index, item] of items.entries()) {
        failedAt = index
        const once = kept[index] ?? keptResults(environment)
        const run = new BatchItemRun(true)
        runs.push(run)
        const allowance = allowanceOf(item, run, environment)
        const guard = guardOf(item, environment)
        const entry = entries[index] ?? beginEntry(item, environment)
        entry.ruled = run
        const permission = permissionIn(environment)
        entry.revision = permission.revision
        const setting = { unit, run, references, once, allowance, guard, permission, entry }
        const result = await performIn(setting, item, environment)
        if (result.fault !== undefined) throw result.fault
        remember(result, item, references)
        results.push(result)
      }
      return results
    }
    const done = await withRetries(environment, {
      work,
      store: async (results, commit) =>
        commitTogether(
          environment.audit,
          entries.map((entry, index) => ({ entry, outcome: results[index] ?? CANCELED })),
          commit,
        ),
    })
    settle(true)
    entries.forEach((entry, index) => {
      entry.end(done[index] ?? CANCELED)
    })
    return done
  } catch (error) {
    settle(false)
    const failed = items[failedAt]
    if (failed === undefined) throw error
    const fault = environment.faultOf(refusedTogether(error), failed)
    return entries.map((entry, index) => undone(entry, { index, failedAt, fault }))
  } finally {
    for (const once of kept) once.destroy()
  }
}

async function announceEarly(
  items: readonly ReadItem[],
  entries: readonly ItemAudit[],
  environment: BatchEnvironment,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (isEarly(item, environment)) await entries[index]?.announce()
  }
}

/** What becomes of an item of a batch that is not done, which is told of. */
function undone(entry: ItemAudit, { index, failedAt, fault }: Failure): ItemOutcome {
  const behind = index < failedAt ? { isUndone: true } : CANCELED
  const outcome = index === failedAt ? { fault } : behind
  entry.end(entry.isCommitting ? { fault } : outcome)
  return outcome
}

interface Failure {
  readonly index: number
  /** Which of the items it was. */
  readonly failedAt: number
  readonly fault: KmipFault
}

/** What the tickets of the message permit the item; undefined for the many messages without any. */
function allowanceOf(
  item: ReadItem,
  run: BatchItemRun,
  { tickets }: BatchEnvironment,
): Allowance | undefined {
  if (tickets.length === 0) return undefined
  const allowance = new Allowance(tickets, item)
  run.whenSettled((isDone) => {
    allowance.settle(isDone)
  })
  return allowance
}

/** What stands beside an item of which something may need approval; undefined for most clients. */
function guardOf(item: ReadItem, environment: BatchEnvironment): ApprovalGuard | undefined {
  const { approvals, identity, approved } = environment
  return approvals?.guardOf(identity, item, approved)
}

async function performIn(
  setting: ItemSetting,
  item: ReadItem,
  environment: BatchEnvironment,
): Promise<ItemOutcome> {
  const name = operationName(item)
  if (name === undefined) throw item.fault ?? unsupported()
  authorise(authorityOver(name, setting))
  if (item.definition?.pace !== 'immediate') setting.guard?.begin(name)
  return performItem(item, contextOf(name, setting, environment), environment)
}

/**
 * Whatever was begun before, what is done now is decided by the policy as it is now. Throws `AUTHENTICATION_FAILED` for a client that was removed
 * meanwhile, or its certificate revoked.
 */
function permissionIn({ permissions, identity, isKnown }: BatchEnvironment): Permission {
  checkKnown(isKnown)
  return permissions.of(identity)
}

/** What a batch item has found or made is there for those behind it, once it is stored. */
function remember(
  { identifiers, placeholder, payload }: ItemOutcome,
  item: ReadItem,
  references: BatchReferences,
): void {
  if (payload !== undefined) references.append(payload)
  const name = operationName(item)
  if (name !== undefined && identifiers !== undefined) {
    references.remember(name, identifiers, placeholder)
  }
}
