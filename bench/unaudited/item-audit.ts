import type { Journal } from '../../src/port/store.ts'
import type { ItemAudit as Audited, Ruled } from '../../src/server/audit/item-audit.ts'

/** Stands in the place of the audit of a batch item, and tells nothing: for figures of what telling costs. */
export class ItemAudit implements Public<Omit<Audited, 'commit'>> {
  rule = ''
  ruled: Ruled | undefined
  bytes = 0
  revision: string | undefined
  approval: string | undefined
  readonly isCommitting = false

  name(identifier: string): string {
    return identifier
  }

  found(): void {
    return undefined
  }

  async announce(): Promise<void> {
    await DONE
  }

  async commit(_: unknown, commit: CommitAlone): Promise<'done' | 'conflict'> {
    return commit(undefined)
  }

  intend(): Uint8Array {
    return NOTHING
  }

  committing(): Uint8Array {
    return NOTHING
  }

  committed(): void {
    return undefined
  }

  end(): void {
    return undefined
  }
}

export async function commitTogether(
  _: unknown,
  __: unknown,
  commit: CommitAlone,
): Promise<'done' | 'conflict'> {
  return commit(undefined)
}

type Public<T> = Pick<T, keyof T>

/** The store takes commits without a journal, too; the product has none such for what clients do. */
type CommitAlone = (journal: Journal | undefined) => Promise<'done' | 'conflict'>

const DONE = Promise.resolve()
const NOTHING = new Uint8Array(0)
