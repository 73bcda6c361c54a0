import { KmipFault } from '../fault/fault.ts'
import type { Approvals, AskedItem } from './approvals.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import type { ItemOutcome, ReadItem, StoppedItem } from './batch-item.ts'
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
  if (approvals === undefined) return toldWhole(await perform(job.item, surroundings))
  const asked = { item: job.item, identity: environment.identity, version: environment.version }
  const { awaited } = job
  if (awaited !== undefined) {
    const approved = { ...surroundings, approved: awaited.work, approval: awaited.id }
    try {
      await approvals.use(awaited, asked)
    } catch (error) {
      const outcome = { fault: environment.faultOf(error, asked.item) }
      tellOf(asked.item, outcome, approved)
      return outcome
    }
    return toldWhole(await perform(asked.item, approved))
  }
  const outcome = await perform(asked.item, surroundings)
  if (outcome.stopped === undefined || job.isCanceled) return toldWhole(outcome)
  const { stopped } = outcome
  try {
    return await halted(job, { asked, approvals }, stopped)
  } catch (error) {
    return toldWhole({ fault: environment.faultOf(error, asked.item), stopped })
  }
}

/** What was stopped, and goes no further, has failed. */
function toldWhole(outcome: ItemOutcome): ItemOutcome {
  outcome.stopped?.entry.end(outcome)
  return outcome
}

async function halted(
  job: Job,
  { asked, approvals }: { readonly asked: AskedItem; readonly approvals: Approvals },
  { need, entry }: StoppedItem,
): Promise<Halt> {
  const awaited = await approvals.ask(asked, need)
  entry.approval = awaited.id
  entry.end({ pending: job.correlation })
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
