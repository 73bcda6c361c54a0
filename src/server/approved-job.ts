import { KmipFault } from '../fault/fault.ts'
import type { ApprovalNeed } from './approval-guard.ts'
import type { Approvals, AskedItem } from './approvals.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import type { ItemOutcome, ReadItem } from './batch-item.ts'
import { tellOf } from './item-entry.ts'
import type { Job } from './job.ts'
import type { Halt } from './jobs.ts'

type Perform = (item: ReadItem, environment: BatchEnvironment) => Promise<ItemOutcome>

/**
 * Carries out a batch item that was left for later, or finds that it has to wait for officers: then it is authorised
 * anew and carried out when it is performed again.
 */
export async function performJob(
  job: Job,
  environment: BatchEnvironment,
  perform: Perform,
): Promise<ItemOutcome | Halt> {
  const { approvals } = environment
  const surroundings = { ...environment, mayStore: () => job.mayStore() }
  if (approvals === undefined) return perform(job.item, surroundings)
  const asked = { item: job.item, identity: environment.identity, version: environment.version }
  try {
    if (job.awaited !== undefined) {
      await approvals.use(job.awaited, asked)
      return await perform(asked.item, { ...surroundings, approved: job.awaited.work })
    }
    const outcome = await perform(asked.item, surroundings)
    if (outcome.needs === undefined || job.isCanceled) return outcome
    return await halted(job, { asked, approvals }, outcome.needs)
  } catch (error) {
    // Nothing of it was begun, or it was to wait and cannot.
    const outcome = { fault: environment.faultOf(error, asked.item) }
    tellOf(asked.item, outcome, environment)
    return outcome
  }
}

async function halted(
  job: Job,
  { asked, approvals }: { readonly asked: AskedItem; readonly approvals: Approvals },
  need: ApprovalNeed,
): Promise<Halt> {
  const awaited = await approvals.ask(asked, need)
  job.await(awaited, (ending) => {
    approvals.end(awaited, ending)
  })
  return {
    job,
    whenOver: (resume) => {
      approvals.watch(awaited, resume)
    },
  }
}

/**
 * What becomes of an item that was stopped for want of approval: where its client waits for answers it is left for
 * later, with those behind it.
 */
export async function awaitApproval(
  outcome: ItemOutcome,
  { asynchrony, jobs, approvals, identity }: BatchEnvironment,
  leave: () => Promise<readonly ItemOutcome[] | undefined>,
): Promise<ItemOutcome | { readonly later: readonly ItemOutcome[] }> {
  if (asynchrony === 'prohibited' || jobs === undefined) return outcome
  try {
    approvals?.checkRoom(identity)
  } catch (error) {
    if (error instanceof KmipFault) return { fault: error }
    throw error
  }
  const later = await leave()
  if (later !== undefined) return { later }
  return { fault: new KmipFault('SERVER_LIMIT', 'Too many requests are under way') }
}

/** What an item needs approval for in a batch that is done as a whole or not at all. */
export function refusedTogether(error: unknown): unknown {
  if (!(error instanceof KmipFault) || error.code !== 'APPROVAL_NEEDED') return error
  return new KmipFault(
    'NOT_PERMITTED',
    'What needs approval cannot be had in a batch with Undo: ask for it alone',
  )
}
