import { KmipFault } from '../fault/fault.ts'
import type { RequestHeader } from '../message/header.ts'
import { BatchErrorContinuationOption } from '../spec/enum/batch-error-continuation-option.ts'
import type { ItemAudit } from './audit/item-audit.ts'
import { awaitApproval, performJob } from './approved-job.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import type { ItemOutcome, ReadItem } from './batch-item.ts'
import { BatchReferences } from './batch-references.ts'
import { tellOf, told } from './item-entry.ts'
import { canceled } from './job.ts'
import type { Halt } from './jobs.ts'
import { isForLater, performLater, type LaterWork } from './later.ts'
import { CANCELED, performAlone, performTogether, performUntilStopped } from './perform.ts'

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
  if (refusal !== undefined) {
    for (const item of items) tellOf(item, { fault: refusal }, environment)
    return items.map(() => ({ fault: refusal }))
  }
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
  const leave = async (index: number, begun?: ItemAudit) =>
    performLater(items.slice(index), seriesWork(isContinued, references), environment, begun)
  const results: ItemOutcome[] = []
  let hasFailed = false
  for (const [index, item] of items.entries()) {
    if (hasFailed && !isContinued) {
      tellOf(item, CANCELED, environment)
      results.push(CANCELED)
    } else {
      const later = isForLater(item, environment) ? await leave(index) : undefined
      if (later !== undefined) return [...results, ...later]
      let result = await performUntilStopped(item, references, environment)
      if (result.stopped !== undefined) {
        const { entry } = result.stopped
        const awaited = await awaitApproval(result, environment, async () => leave(index, entry))
        if ('later' in awaited) return [...results, ...awaited.later]
        result = awaited
        entry.end(result)
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
        performUntilStopped(item, references, surroundings)
      let hasFailed = false
      for (const job of jobs) {
        let result: ItemOutcome | Halt = CANCELED
        if (hasFailed && !isContinued) tellOf(job.item, CANCELED, environment)
        else if (job.begin()) result = await performJob(job, environment, perform)
        else {
          result = { fault: canceled() }
          tellOf(job.item, result, environment)
        }
        if ('whenOver' in result) return result
        hasFailed ||= result.fault !== undefined
        keep(job, await told(result, environment))
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
        for (const job of jobs) {
          tellOf(job.item, CANCELED, environment)
          keep(job, await told(CANCELED, environment))
        }
        return undefined
      }
      const mayStore = () =>
        jobs.every((job) => !job.isCanceled) &&
        jobs.map((job) => job.mayStore()).every((may) => may)
      const results = await performTogether(
        jobs.map(({ item }) => item),
        { ...surroundings, mayStore },
      )
      for (const [index, job] of jobs.entries()) {
        keep(job, await told(results[index] ?? CANCELED, environment))
      }
      return undefined
    },
  }
  return (await performLater(items, work, environment)) ?? performTogether(items, environment)
}
