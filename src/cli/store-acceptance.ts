import { KmipFault } from '../fault/fault.ts'
import { forgetHighestTime } from '../repository/clock-memory.ts'
import { SILENT } from './admin-session.ts'
import { Audit, toldBeforeAndAfter, type LeftLog } from './audit.ts'
import type { Core } from './core.ts'
import { CommandFailure } from './failure.ts'
import { headDetail } from './store-in-audit.ts'

/** What was taken as it is. */
export interface AcceptedStore {
  /** What the anchors, or the audit, said against it, if anything. */
  readonly problem: string | undefined
  /** The audit log that was refused, where a new one was begun. */
  readonly left: LeftLog | undefined
  /** Seconds by which the time of day was behind, where that was accepted. */
  readonly behind: number
}

export interface Acceptance {
  /** Why a new audit log is begun where the old one is refused. */
  readonly newLogFor: string | undefined
  /** Whether the time of day counts as it is. */
  readonly clock: boolean
}

/**
 * Writes the anchors of a store anew and tells of it in the audit, before and after.
 *
 * @param core - opened unproved
 * Throws a `CommandFailure` for a store that is damaged, and where the audit log is refused.
 */
export async function acceptStore(
  core: Core,
  { newLogFor, clock }: Acceptance,
): Promise<AcceptedStore> {
  const { store, anchors } = core
  const damage = await store.inspect()
  if (damage !== undefined) {
    throw new CommandFailure(damage, { hint: 'a damaged store is not accepted' })
  }
  const against = await anchors.problem()
  const audit = await openAudit(core, newLogFor)
  const problem = against ?? audit.problem
  const behind = clock ? core.clock.behind : 0
  const detail = {
    ...headDetail(core),
    ...(problem === undefined ? {} : { problem }),
    ...(behind === 0 ? {} : { clock: behind }),
  }
  try {
    const told = { name: 'local', operation: 'store.accept', detail }
    await toldBeforeAndAfter(audit, told, async () => {
      if (clock) await forgetHighestTime(store)
      await anchors.write()
    })
  } finally {
    await audit.close()
  }
  // The store has been told how long its log is.
  await anchors.write()
  return { problem, left: audit.left, behind }
}

async function openAudit(core: Core, newLogFor: string | undefined): Promise<Audit> {
  const { directory, store, sealer, generation } = core
  try {
    const parts = { directory, store, sealer, generation, newLogFor }
    return await Audit.open({ ...parts, isAccepting: true, log: SILENT })
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    throw new CommandFailure(error.message, {
      hint: '--new-audit REASON begins a new audit log, where it is lost for good',
    })
  }
}
