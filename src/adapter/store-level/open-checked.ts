import { KmipFault } from '../../fault/fault.ts'
import { isOfFullDisk } from './ballast.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { readHead, samePlace, type Head } from './head.ts'
import { dataKey, entryOf } from './layout.ts'
import { lastPlaceIn } from './log-file.ts'
import { putBack, readRecoveryFiles } from './recovery-files.ts'
import type { Unlock, Unlocked } from './seal.ts'

/** An engine that stands where its head says. */
export interface Opened {
  readonly engine: Engine
  readonly head: Head
  readonly unlocked: Unlocked
  /** The store is of the time before heads were authenticated: what it holds was counted just now. */
  readonly isOld: boolean
}

/** How an engine is opened and what must hold of it. */
export interface Opening {
  readonly directory: string
  readonly open: () => Promise<Engine>
  readonly unlock: Unlock
  /** Throws for one that is not sound. */
  readonly check: (opened: Opened) => Promise<void>
}

/**
 * Opens an engine and reads where it stands. One that is not sound is closed again, and its files are made what they were
 * before: LevelDB may have gone on without a log. Throws `UNAVAILABLE`.
 */
export async function openChecked(opening: Opening): Promise<Opened> {
  const { directory, open, unlock, check } = opening
  const before = await readRecoveryFiles(directory)
  const engine = await open().catch((error: unknown) => {
    throw cannotOpen(refusalOf(error), error)
  })
  try {
    const unlocked = await unlock((key) => {
      const stored = engine.get(dataKey(key))
      return stored === undefined ? undefined : entryOf(key, stored).value
    })
    const { head, isOld } = await readHead(engine, unlocked)
    const last = lastPlaceIn(before.logs)
    if (last !== undefined && !samePlace(last, head)) throw cannotOpen(PASSED_OVER)
    const opened = { engine, head, unlocked, isOld }
    await check(opened)
    return opened
  } catch (error) {
    await engine.close()
    // Where that fails too, what is wrong with the store is still what has to be told.
    await putBack(directory, before).catch(() => false)
    throw error instanceof KmipFault ? error : cannotOpen('The store cannot be read', error)
  }
}

/** What is wrong, for the person at the terminal. */
export function refusalOf(error: unknown): string {
  if (isLocked(error)) return IN_USE
  return isOfFullDisk(error)
    ? 'The store cannot be opened: the disk is full'
    : 'The store cannot be opened'
}

/** LevelDB's own lock, which also sees processes that our lease cannot, as those of another container. */
function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === 'LEVEL_LOCKED') || isLocked(error.cause)
}

const PASSED_OVER = 'The store was opened without its last commits: try again'
const IN_USE = 'The store is in use by another process'
