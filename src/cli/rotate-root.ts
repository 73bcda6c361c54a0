import { openDataDirectory, pathIn, type DataDirectory } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openRoot, type RootRequest } from '../adapter/root-of-directory.ts'
import { rotateRoot } from '../adapter/root-rotation.ts'
import { connectAdmin } from '../admin/client.ts'
import { AdminFailure } from '../admin/failure.ts'
import type { AdminService } from '../admin/service.ts'
import { SILENT } from './admin-session.ts'
import type { UnderApproval } from './approval-options.ts'
import { CommandFailure } from './failure.ts'
import { withAccess, type Opening } from './opening.ts'

/** What came of it: the kinds of the two roots. */
export interface RotatedRoot {
  readonly data: string
  readonly from: RootRequest['kind']
  readonly to: RootRequest['kind']
  /** CKA_ID, in hex, of the old root key where that is left in a token. */
  readonly oldKey?: string
}

/**
 * Puts another root of trust in the place of that of a data directory, on which no server runs.
 *
 * @param request - the new root; its secrets stay the caller's
 */
export async function rotateDirectoryRoot(
  given: Opening & UnderApproval & { readonly data: string },
  request: RootRequest,
): Promise<RotatedRoot> {
  const directory = await openDataDirectory(given.data)
  const running = await connectAdmin(pathIn(directory, 'socket'))
  if (running !== undefined) {
    if (given.approval === undefined) await askOfficers(running, request)
    const message = `a server runs on ${given.data}, which has let go of the root`
    throw new CommandFailure(message, { hint: 'stop it first, and start it again afterwards' })
  }
  const { openCore } = await import('./core.ts')
  const { toldBeforeAndAfter } = await import('./audit.ts')
  return withAccess(given, async (access) => {
    const { readOfflineConfig, storeOptionsOf } = await import('./offline-config.ts')
    const config = await readOfflineConfig(given.config)
    const core = await openCore(directory, { ...access, ...storeOptionsOf(config), log: SILENT })
    try {
      const { judgeOfficers } = await import('./trust.ts')
      await judgeOfficers(core, SILENT, config?.identity)
      const { createCallApprovals } = await import('./approvals.ts')
      const by = { kind: 'local', approval: given.approval } as const
      await createCallApprovals(core).check('root.rotate', { to: request.kind }, by)
      const from = await openRoot(core.directory, access)
      try {
        const { store } = core
        const rotation = { directory: core.directory, store, from, to: request, random: nodeRandom }
        const detail = { from: core.directory.root.kind, to: request.kind }
        const told = { name: 'local', operation: 'admin root.rotate', detail }
        await toldBeforeAndAfter(core.audit, told, async () => rotateRoot(rotation))
        return rotatedBetween(core.directory, request)
      } finally {
        from.destroy()
      }
    } finally {
      await core.close()
    }
  })
}

/**
 * Where the policy has it approved, that is asked for while the server runs: officers cannot decide about it later.
 * Throws a `CommandFailure` with the number of the approval then.
 */
async function askOfficers(running: AdminService, { kind }: RootRequest): Promise<void> {
  let id: string
  try {
    const { statement } = await running['approval.request']({ call: 'root.rotate', to: kind })
    id = statement.id
  } catch (error) {
    if (error instanceof AdminFailure && error.code === 'INVALID_FIELD') return
    throw error
  }
  throw new CommandFailure(`this needs the approval of officers, asked for as ${id}`, {
    hint: `once they have approved, stop the server and repeat it with --approval ${id}`,
  })
}

function rotatedBetween({ path, root }: DataDirectory, { kind: to }: RootRequest): RotatedRoot {
  const kinds = { data: path, from: root.kind, to }
  if (root.kind !== 'pkcs11') return kinds
  const oldKey = 'keyId' in root.parameters ? root.parameters.keyId : undefined
  return typeof oldKey === 'string' ? { ...kinds, oldKey } : kinds
}
