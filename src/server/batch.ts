import { KmipFault } from '../fault/fault.ts'
import type { RequestHeader } from '../message/header.ts'
import type { Permission } from '../model/permission/permission.ts'
import { BatchErrorContinuationOption } from '../spec/enum/batch-error-continuation-option.ts'
import { Allowance } from './allowance.ts'
import type { ApprovalGuard } from './approval-guard.ts'
import { awaitApproval, performJob, refusedTogether } from './approved-job.ts'
import { authorise } from './authorise.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import {
  operationName,
  performItem,
  unsupported,
  type ItemOutcome,
  type ReadItem,
} from './batch-item.ts'
import { authorityOver, contextOf, keptResults, type ItemSetting } from './item-context.ts'
import { BatchItemRun } from './item-run.ts'
import { BatchReferences } from './batch-references.ts'
import { canceled } from './job.ts'
import type { Halt } from './jobs.ts'
import { isForLater, performLater, type LaterWork } from './later.ts'
import { checkKnown, withRetries } from './retries.ts'

/**
 * Carries out the batch items of a message in their order and gives as many results as there are items (KMIP 1.4
 * sections 6.13, 11.43; KMIP 2.1 section 11.5).
 */
export async function performBatch(
  items: readonly ReadItem[],
  header: RequestHeader,
  environment: BatchEnvironment,
): Promise<readonly ItemOutcome[]> {
  const refusal = refusalOfAll(items, environment)
  if (refusal !== undefined) return items.map(() => ({ fault: refusal }))
  const isUndo = header.batchErrorContinuation === BatchErrorContinuationOption.Undo
  // Behind a single item nothing can fail that it would have to be undone for.
  if (isUndo && items.length > 1) return performAllOrNone(items, environment)
  const isContinued = header.batchErrorContinuation === BatchErrorContinuationOption.Continue
  return performEach(items, isContinued, environment)
}

/** What stands against a whole message, whichever of its items it is in. */
function refusalOfAll(
  items: readonly ReadItem[],
  { asynchrony, jobs, refusal }: BatchEnvironment,
): KmipFault | undefined {
  if (refusal !== undefined) return refusal
  if (items.some(({ hasCriticalExtension }) => hasCriticalExtension)) {
    return new KmipFault('UNKNOWN_EXTENSION', 'A critical message extension is not understood')
  }
  if (asynchrony === 'mandatory' && jobs === undefined) {
    return new KmipFault('UNSUPPORTED_FEATURE', 'Asynchronous processing is not supported')
  }
  return undefined
}

/**
 * Every item for itself; behind the first failure the rest is canceled, or goes on. Behind the first item that is left
 * for later everything is, so that the order stays and the ID Placeholder is there.
 */
async function performEach(
  items: readonly ReadItem[],
  isContinued: boolean,
  environment: BatchEnvironment,
): Promise<readonly ItemOutcome[]> {
  const references = new BatchReferences()
  const leave = async (index: number) =>
    performLater(items.slice(index), seriesWork(isContinued, references), environment)
  const results: ItemOutcome[] = []
  let hasFailed = false
  for (const [index, item] of items.entries()) {
    if (hasFailed && !isContinued) results.push(CANCELED)
    else {
      const later = isForLater(item, environment) ? await leave(index) : undefined
      if (later !== undefined) return [...results, ...later]
      let result = await performAlone(item, references, environment)
      if (result.needs !== undefined) {
        const awaited = await awaitApproval(result, environment, async () => leave(index))
        if ('later' in awaited) return [...results, ...awaited.later]
        result = awaited
      }
      hasFailed ||= result.fault !== undefined
      results.push(result)
    }
  }
  return results
}

/** Work on batch items that are left for later, by the rules for those that are not. */
function seriesWork(isContinued: boolean, references: BatchReferences): LaterWork {
  return {
    atOnce: async (item, environment) => performAlone(item, references, environment),
    async series(jobs, environment, keep) {
      const perform = async (item: ReadItem, surroundings: BatchEnvironment) =>
        performAlone(item, references, surroundings)
      let hasFailed = false
      for (const job of jobs) {
        let result: ItemOutcome | Halt = CANCELED
        if (!hasFailed || isContinued) {
          result = job.begin() ? await performJob(job, environment, perform) : { fault: canceled() }
        }
        if ('whenOver' in result) return result
        hasFailed ||= result.fault !== undefined
        keep(job, result)
      }
      return undefined
    },
  }
}

/** All items or none, at once or, where the client wants it so, later. */
async function performAllOrNone(
  items: readonly ReadItem[],
  environment: BatchEnvironment,
): Promise<readonly ItemOutcome[]> {
  if (environment.asynchrony !== 'mandatory') return performTogether(items, environment)
  const work: LaterWork = {
    atOnce: async (item, surroundings) => performAlone(item, new BatchReferences(), surroundings),
    async series(jobs, surroundings, keep) {
      const hasBegun = jobs.map((job) => job.begin()).every((each) => each)
      if (!hasBegun) {
        for (const job of jobs) keep(job, CANCELED)
        return undefined
      }
      const mayStore = () =>
        jobs.every((job) => !job.isCanceled) &&
        jobs.map((job) => job.mayStore()).every((may) => may)
      const results = await performTogether(
        jobs.map(({ item }) => item),
        { ...surroundings, mayStore },
      )
      jobs.forEach((job, index) => {
        keep(job, results[index] ?? CANCELED)
      })
      return undefined
    },
  }
  return (await performLater(items, work, environment)) ?? performTogether(items, environment)
}

const CANCELED: ItemOutcome = {
  fault: new KmipFault('BATCH_CANCELED', 'A batch item before this one failed'),
}

async function performAlone(
  item: ReadItem,
  references: BatchReferences,
  environment: BatchEnvironment,
): Promise<ItemOutcome> {
  const run = new BatchItemRun(false)
  const once = keptResults(environment)
  const allowance = allowanceOf(item, run, environment)
  const guard = guardOf(item, environment)
  try {
    const outcome = await withRetries(environment, async (unit) =>
      performIn(
        { unit, run, references, once, allowance, guard, permission: permissionIn(environment) },
        item,
        environment,
      ),
    )
    run.settle(true)
    remember(outcome, item, references)
    const { dropped } = run
    return dropped === undefined ? outcome : { ...outcome, dropped }
  } catch (error) {
    run.settle(false)
    return { fault: environment.faultOf(error, item), needs: guard?.need }
  } finally {
    once.destroy()
  }
}

/** All items or none: nothing is stored unless every one of them has succeeded. */
async function performTogether(
  items: readonly ReadItem[],
  environment: BatchEnvironment,
): Promise<readonly ItemOutcome[]> {
  let failedAt = 0
  const runs: BatchItemRun[] = []
  const settle = (isDone: boolean): void => {
    for (const run of runs.splice(0)) run.settle(isDone)
  }
  const kept = items.map(() => keptResults(environment))
  try {
    const done = await withRetries(environment, async (unit) => {
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
        const permission = permissionIn(environment)
        const setting = { unit, run, references, once, allowance, guard, permission }
        const result = await performIn(setting, item, environment)
        if (result.fault !== undefined) throw result.fault
        remember(result, item, references)
        results.push(result)
      }
      return results
    })
    settle(true)
    return done
  } catch (error) {
    settle(false)
    const failed = items[failedAt]
    if (failed === undefined) throw error
    const fault = environment.faultOf(refusedTogether(error), failed)
    return items.map((_, index) => undoneResult(index, failedAt, fault))
  } finally {
    for (const once of kept) once.destroy()
  }
}

function undoneResult(index: number, failedAt: number, fault: KmipFault): ItemOutcome {
  if (index === failedAt) return { fault }
  return index < failedAt ? { isUndone: true } : CANCELED
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
 * Whatever was begun before, what is done now is decided by the policy as it is now. Throws `AUTHENTICATION_FAILED` for a
 * client that was removed meanwhile, or its certificate revoked.
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
