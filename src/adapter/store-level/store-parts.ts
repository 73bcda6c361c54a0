import type { Log } from '../../port/log.ts'
import type { Ballast } from './ballast.ts'
import type { Committer } from './committer.ts'
import type { Engine } from './engine.ts'
import type { Head } from './head.ts'
import type { Opened } from './open-checked.ts'
import type { StoreSeal } from './seal.ts'

/** What a store keeps for as long as it is open. */
export interface LevelStoreParts {
  readonly directory: string
  readonly engine: Engine
  readonly head: Head
  readonly seal: StoreSeal
  /** It was brought up to date when it was opened. */
  readonly isRenewed: boolean
  /** Throws where the head is not as expected, and leaves the files what they were. */
  readonly reopen: (isExpected: (head: Head) => boolean) => Promise<Opened>
  readonly ballast: Ballast
  /** Called once, when the store is closed. */
  readonly release: () => Promise<void>
  readonly log: Log
}

/** An engine in use, and who decides the commits to it. */
export interface Working {
  readonly engine: Engine
  readonly committer: Committer
}
