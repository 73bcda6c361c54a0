import { KmipFault } from '../../fault/fault.ts'
import { isOfFullDisk } from './ballast.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { readHead, type Head } from './head.ts'
import { dataKey, entryOf } from './layout.ts'
import type { Unlock, Unlocked } from './seal.ts'

/** An engine that stands where its head says. */
export interface Opened {
  readonly engine: Engine
  readonly head: Head
  readonly unlocked: Unlocked
  /** The store is of the time before heads were authenticated: what it holds was counted just now. */
  readonly isOld: boolean
}

/** Opens an engine and reads where it stands; closes it again when its head is not sound. Throws `UNAVAILABLE`. */
export async function openChecked(open: () => Promise<Engine>, unlock: Unlock): Promise<Opened> {
  const engine = await open().catch((error: unknown) => {
    throw cannotOpen(refusalOf(error), error)
  })
  try {
    const unlocked = await unlock((key) => {
      const stored = engine.get(dataKey(key))
      return stored === undefined ? undefined : entryOf(key, stored).value
    })
    const { head, isOld } = await readHead(engine, unlocked)
    return { engine, head, unlocked, isOld }
  } catch (error) {
    await engine.close()
    throw error instanceof KmipFault ? error : cannotOpen('The store cannot be read', error)
  }
}

/** What is wrong, for the person at the terminal. */
function refusalOf(error: unknown): string {
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

const IN_USE = 'The store is in use by another process'
