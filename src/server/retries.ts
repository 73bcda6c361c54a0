import { KmipFault } from '../fault/fault.ts'
import type { UnitOfWork } from '../repository/unit-of-work.ts'
import type { CommitJournal } from './audit/item-audit.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import { canceled } from './job.ts'

/** How often a batch item is tried when another writer was faster. */
const ATTEMPTS = 200

/** Work on a unit, and how what it has changed is stored with what the audit tells of it. */
export interface AuditedWork<T> {
  work(unit: UnitOfWork): Promise<T>
  store(result: T, commit: CommitJournal): Promise<'done' | 'conflict'>
}

/** What work is done with that may have to be done anew. */
export type RetryEnvironment = Pick<
  BatchEnvironment,
  'repository' | 'identity' | 'now' | 'mayStore' | 'isKnown' | 'permissions'
>

/**
 * Works and commits; works anew when what was read has changed meanwhile, or another policy decides by now. Throws
 * `CONFLICT` when that does not end.
 */
export async function withRetries<T>(
  { repository, identity, now, mayStore, isKnown, permissions }: RetryEnvironment,
  audited: AuditedWork<T>,
): Promise<T> {
  const attempt = async (): Promise<{ readonly result: T } | undefined> => {
    const unit = repository.begin({ owner: identity.id, namespace: identity.namespace, now })
    const { stamp } = permissions
    const result = await audited.work(unit)
    if (unit.isEmpty) return { result }
    checkKnown(isKnown)
    if (mayStore?.() === false) throw canceled()
    const done = await audited.store(result, async (journal) => {
      // It was told of meanwhile, which takes a moment.
      checkKnown(isKnown)
      return permissions.stamp === stamp ? unit.commit(journal) : 'conflict'
    })
    return done === 'done' ? { result } : undefined
  }
  const first = await attempt()
  if (first !== undefined) return first.result
  // Whoever lost a race waits for the others that did: one by one they cannot keep one another from the object.
  return repository.inTurn(async () => {
    for (let again = 1; again < ATTEMPTS; again += 1) {
      const done = await attempt()
      if (done !== undefined) return done.result
    }
    throw new KmipFault('CONFLICT', 'Other clients keep changing the object')
  })
}

/** Throws `AUTHENTICATION_FAILED` for whoever is known no more. */
export function checkKnown(isKnown: BatchEnvironment['isKnown']): void {
  if (isKnown?.() === false) {
    throw new KmipFault('AUTHENTICATION_FAILED', 'The client is not known any more')
  }
}
