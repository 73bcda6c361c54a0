import { systemClock } from '../adapter/clock-system.ts'
import { openDataDirectory, pathIn } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { checkAccess, type RootAccess } from '../adapter/root-of-directory.ts'
import { connectAdmin } from '../admin/client.ts'
import type { AdminService } from '../admin/service.ts'
import type { Log } from '../port/log.ts'
import type { UnderApproval } from './approval-options.ts'
import { CommandFailure } from './failure.ts'
import { withAccess, type Opening } from './opening.ts'
import { placeOf, type Place } from './place-options.ts'
import { connectServer } from './remote-server.ts'

export interface SessionOptions extends Opening, Place, UnderApproval {
  /** Where no server runs, the store is opened as it is, proved or not. */
  readonly isUnproved?: boolean
  /** Key-encryption keys that are made in advance where no server runs. */
  readonly spareKeys?: number
}

/**
 * Gives `use` the admin API: of the server that was named or that runs on the data directory, or else of the store
 * itself, opened for as long as `use` takes. What opens the store is given along, unless a server was named.
 */
export async function withAdmin<T>(
  options: SessionOptions,
  use: (admin: AdminService, access: RootAccess | undefined) => Promise<T>,
): Promise<T> {
  const place = placeOf(options)
  if (typeof place !== 'string') return use(await connectServer(place, options.approval), undefined)
  const directory = await openDataDirectory(place)
  const { isUnproved = false, spareKeys = 0 } = options
  return withAccess(options, async (access) => {
    checkAccess(directory, access)
    const running = await connectAdmin(pathIn(directory, 'socket'), options.approval)
    if (running !== undefined) return use(running, access)
    const { openCore } = await import('./core.ts')
    const { auditedService } = await import('../admin/audited-service.ts')
    const { createAdminService } = await import('../admin/service.ts')
    const { createCatalogue, createKeyRotation, storeCalls } = await import('./compose.ts')
    const { identityOf, judgeOfficers } = await import('./trust.ts')
    const { createCallApprovals } = await import('./approvals.ts')
    const { readOfflineConfig, storeOptionsOf } = await import('./offline-config.ts')
    const config = await readOfflineConfig(options.config)
    const settings = { ...access, ...storeOptionsOf(config) }
    const core = await openCore(directory, { ...settings, log: SILENT, isUnproved, spareKeys })
    try {
      await judgeOfficers(core, SILENT, config?.identity)
      const service = createAdminService({
        clients: core.clients,
        ...identityOf(core),
        objects: createCatalogue(core),
        authority: core.authority,
        clock: systemClock,
        random: nodeRandom,
        status: () => {
          throw new CommandFailure('no server runs')
        },
        ...storeCalls(core),
        keys: createKeyRotation(core, SILENT, true),
        local: { kind: 'local', approval: options.approval },
        approvals: core.approvals,
        callApprovals: createCallApprovals(core),
      })
      return await use(core.audit ? auditedService(service, core.audit.trail) : service, access)
    } finally {
      await core.close()
    }
  })
}

/** What goes wrong in a command is thrown, and printed once. */
export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
}
