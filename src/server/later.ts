import { KmipFault } from '../fault/fault.ts'
import type { Secret } from '../secret/secret.ts'
import type { ItemOutcome, ReadItem } from './batch-item.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import type { ItemAudit } from './audit/item-audit.ts'
import { tellOf, told } from './item-entry.ts'
import type { Job } from './job.ts'
import type { Halt } from './jobs.ts'

/** How batch items are carried out that are left for later, and those among them that cannot be. */
export interface LaterWork {
  atOnce(item: ReadItem, environment: BatchEnvironment): Promise<ItemOutcome>
  /** Gives what the series waits for, where it is not done. */
  series(
    jobs: readonly Job[],
    environment: BatchEnvironment,
    keep: (job: Job, outcome: ItemOutcome) => void,
  ): Promise<Halt | undefined>
}

/** Whether a batch item is one to be carried out after its message is answered (KMIP 1.4 section 6.7, KMIP 2.1 section 11.3). */
export function isForLater(item: ReadItem, { asynchrony, jobs }: BatchEnvironment): boolean {
  if (jobs === undefined || !mayWait(item)) return false
  return (
    asynchrony === 'mandatory' || (asynchrony === 'optional' && item.definition?.pace === 'slow')
  )
}

/** The answers to Cancel and Poll are never asynchronous (KMIP 1.4 sections 4.27, 4.28). */
function mayWait({ definition }: ReadItem): boolean {
  return definition?.pace !== 'immediate'
}

/**
 * Leaves batch items for later, in their order, and answers with what to ask for them by. Undefined when there is no
 * room for them and the client takes their answers at once; where it does not, each is refused.
 *
 * @param begun - what was begun to be told of the first of them
 */
export async function performLater(
  items: readonly ReadItem[],
  work: LaterWork,
  environment: BatchEnvironment,
  begun?: ItemAudit,
): Promise<readonly ItemOutcome[] | undefined> {
  const jobs = submit(items.filter(mayWait), work, environment)
  if (jobs === undefined && environment.asynchrony !== 'mandatory') return undefined
  const pending = jobs?.values()
  const results: ItemOutcome[] = []
  for (const item of items) {
    if (!mayWait(item)) results.push(await work.atOnce(item, environment))
    else {
      const outcome = pendingOutcome(pending?.next().value)
      if (begun !== undefined && item === items[0]) begun.end(outcome)
      else tellOf(item, outcome, environment)
      results.push(outcome)
    }
  }
  return results
}

function pendingOutcome(job: Job | undefined): ItemOutcome {
  if (job !== undefined) return { pending: job.correlation }
  return { fault: new KmipFault('SERVER_LIMIT', 'Too many requests are under way') }
}

function submit(
  items: readonly ReadItem[],
  work: LaterWork,
  environment: BatchEnvironment,
): readonly Job[] | undefined {
  const { jobs, identity, version, repository, services, tickets, scope, isKnown } = environment
  if (items.length === 0) return []
  const owner = { client: identity.id, version, scope, isKnown }
  return jobs?.submit(owner, items, async (series) => {
    const audit = environment.audit.later()
    if (services.tickets.wereEnded(tickets, jobs.now)) {
      for (const job of series) {
        tellOf(job.item, { fault: ended() }, { audit, version })
        jobs.end(job, await told({ fault: ended() }, { audit }))
      }
      return undefined
    }
    // Answers show key material without copying it: it must not be zeroed before they are encoded.
    const leave = repository.enter()
    const secrets: Secret[] = []
    const surroundings = {
      ...environment,
      now: jobs.now,
      audit,
      destroyAfterAnswer: (secret: Secret) => void secrets.push(secret),
    }
    try {
      return await work.series(series, surroundings, (job, outcome) => {
        jobs.end(job, outcome)
      })
    } finally {
      for (const secret of secrets) secret.destroy()
      leave()
    }
  })
}

function ended(): KmipFault {
  return new KmipFault('INVALID_TICKET', 'The ticket has ended')
}
