import type { Commit } from '../port/store.ts'

/** What a unit of work writes in the one commit with its objects: all of it is stored or none. */
export interface CommitPart {
  /** Asked for once, in the moment in which it is written: only then is anything sealed, as the key may change before. */
  readonly changes: Commit
  /** Called once it is stored. */
  stored(): void
}
