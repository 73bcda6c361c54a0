import type { Commit } from '../port/store.ts'

/** What a unit of work writes in the one commit with its objects: all of it is stored or none. */
export interface CommitPart {
  readonly changes: Commit
  /** Called once it is stored. */
  stored(): void
}
