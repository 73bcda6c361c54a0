import { KmipFault } from '../fault/fault.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Store } from '../port/store.ts'
import {
  approvalKey,
  approvalOfKey,
  openApproval,
  sealApproval,
  type HeldApproval,
} from './approval-record.ts'
import { behind } from './entry-kind.ts'
import { versionOf } from './sealed-family.ts'

/** Where approvals lie that outlive the server. */
export interface ApprovalPlace {
  readonly store: Store
  readonly sealer: Sealer
  /** How often the store was restored from a backup. */
  readonly generation: number
}

/**
 * Those that a server before this one has left. What a backup has brought back may have been used since, and is left
 * where it is. Throws `UNAVAILABLE` when a record is damaged.
 */
export async function readApprovals({
  store,
  sealer,
  generation,
}: ApprovalPlace): Promise<readonly HeldApproval[]> {
  const all: HeldApproval[] = []
  const first = approvalKey('')
  for (let from = first; ;) {
    const entries = await store.scan({ from, to: behind(first) }, { limit: PAGE })
    for (const { key, value } of entries) {
      all.push(openApproval(sealer, approvalOfKey(key), value).held)
    }
    const last = entries.at(-1)
    if (last === undefined || entries.length < PAGE) break
    from = Uint8Array.of(...last.key, 0)
  }
  return all.filter((held) => held.generation === generation)
}

/** Stores what has become of an approval; one that has ended is removed. Throws `CONFLICT`, `UNAVAILABLE`. */
export async function writeApproval(
  { store, sealer }: ApprovalPlace,
  held: HeldApproval,
): Promise<void> {
  const key = approvalKey(held.approval.statement.id)
  const isOver = held.approval.ending !== undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await store.get(key)
    const version = before === undefined ? 1 : versionOf(before.value) + 1
    const outcome = await store.commit({
      checks: [{ key, revision: before?.revision ?? 'absent' }],
      puts: isOver ? [] : [{ key, value: sealApproval(sealer, held, version) }],
      dels: isOver && before !== undefined ? [key] : [],
    })
    if (outcome !== 'conflict') return
  }
  throw new KmipFault('CONFLICT', 'The approval was changed by someone else')
}

const PAGE = 100
/** Only a change of the key-encryption keys writes the record, too. */
const ATTEMPTS = 5
