import { KmipFault } from '../../fault/fault.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { readHead, type Head } from './head.ts'

/** Opens an engine and reads where it stands; closes it again when its head is not sound. Throws `UNAVAILABLE`. */
export async function openChecked(
  open: () => Promise<Engine>,
): Promise<{ engine: Engine; head: Head }> {
  const engine = await open().catch((error: unknown) => {
    throw cannotOpen(isLocked(error) ? IN_USE : 'The store cannot be opened', error)
  })
  try {
    return { engine, head: await readHead(engine) }
  } catch (error) {
    await engine.close()
    throw error instanceof KmipFault ? error : cannotOpen('The store cannot be read', error)
  }
}

/** LevelDB's own lock, which also sees processes that our lease cannot, as those of another container. */
function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === 'LEVEL_LOCKED') || isLocked(error.cause)
}

const IN_USE = 'The store is in use by another process'
