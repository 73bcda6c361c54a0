import { openDataDirectory, pathIn } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openRoot, type RootRequest } from '../adapter/root-of-directory.ts'
import { rotateRoot } from '../adapter/root-rotation.ts'
import { connectAdmin } from '../admin/client.ts'
import { SILENT } from './admin-session.ts'
import { CommandFailure } from './failure.ts'
import { withAccess, type Opening } from './opening.ts'

/** What came of it: the kinds of the two roots. */
export interface RotatedRoot {
  readonly data: string
  readonly from: RootRequest['kind']
  readonly to: RootRequest['kind']
}

/**
 * Puts another root of trust in the place of that of a data directory, on which no server runs.
 *
 * @param request - the new root; its secrets stay the caller's
 */
export async function rotateDirectoryRoot(
  given: Opening & { readonly data: string },
  request: RootRequest,
): Promise<RotatedRoot> {
  const directory = await openDataDirectory(given.data)
  if ((await connectAdmin(pathIn(directory, 'socket'))) !== undefined) {
    const message = `a server runs on ${given.data}, which has let go of the root`
    throw new CommandFailure(message, { hint: 'stop it first, and start it again afterwards' })
  }
  const { openCore } = await import('./core.ts')
  return withAccess(given, async (access) => {
    const core = await openCore(directory, { ...access, log: SILENT })
    try {
      const from = await openRoot(core.directory, access)
      try {
        const { store } = core
        const rotation = { directory: core.directory, store, from, to: request, random: nodeRandom }
        await rotateRoot(rotation)
        return { data: directory.path, from: core.directory.root.kind, to: request.kind }
      } finally {
        from.destroy()
      }
    } finally {
      await core.close()
    }
  })
}
