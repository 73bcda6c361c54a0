import { openDataDirectory, pathIn } from '../adapter/data-directory.ts'
import { checkAccess } from '../adapter/root-of-directory.ts'
import { rotationSubject } from '../admin/call-subject.ts'
import { connectAdmin } from '../admin/client.ts'
import type { AdminService } from '../admin/service.ts'
import { lineOf } from '../admin/namespaces.ts'
import { SILENT } from './admin-session.ts'
import type { UnderApproval } from './approval-options.ts'
import { CommandFailure } from './failure.ts'
import { withAccess, type Opening } from './opening.ts'
import { placeOf, type Place } from './place-options.ts'
import { connectServer } from './remote-server.ts'

export interface RotateOptions extends Opening, Place, UnderApproval {
  readonly namespace?: string | undefined
}

/** What came of it. */
export interface Rotated {
  readonly namespace: string
  readonly epoch: number
  /** Whether all records were moved and the old key is gone; else the running server is about it. */
  readonly isDone: boolean
  /** Records that were moved by this command. */
  readonly moved: number
}

/**
 * Replaces the key-encryption key of a namespace: has the running server do it, or does it where none runs. Throws a
 * `CommandFailure` when the records cannot all be moved; the next start, or this command, goes on with them.
 */
export async function rotateKey(options: RotateOptions): Promise<Rotated> {
  const { namespace = 'default', approval } = options
  const place = placeOf(options)
  if (typeof place !== 'string') return rotateThere(await connectServer(place, approval), namespace)
  const directory = await openDataDirectory(place)
  return withAccess(options, async (access) => {
    checkAccess(directory, access)
    const running = await connectAdmin(pathIn(directory, 'socket'), approval)
    if (running !== undefined) return rotateThere(running, namespace)
    const { openCore } = await import('./core.ts')
    const { createKeyRotation } = await import('./compose.ts')
    const { createCallApprovals } = await import('./approvals.ts')
    const { toldBeforeAndAfter } = await import('./audit.ts')
    const { readOfflineConfig, storeOptionsOf } = await import('./offline-config.ts')
    const config = await readOfflineConfig(options.config)
    const settings = { ...access, ...storeOptionsOf(config) }
    const core = await openCore(directory, { ...settings, log: SILENT, spareKeys: 1 })
    const rotation = createKeyRotation(core, SILENT, true)
    try {
      const { judgeOfficers } = await import('./trust.ts')
      await judgeOfficers(core, SILENT, config?.identity)
      const by = { kind: 'local', approval } as const
      const told = { name: 'local', operation: 'admin kek.rotate', detail: { namespace } }
      const epoch = await toldBeforeAndAfter(core.audit, told, async () => {
        const subject = async () => Promise.resolve(rotationSubject(namespace, core))
        await createCallApprovals(core).checkMeant('kek.rotate', subject, by)
        return rotation.rotate(lineOf(core.namespaces, namespace))
      })
      await rotation.settled()
      const { problem, moved } = rotation.status()
      if (problem !== undefined) throw new CommandFailure(problem)
      return { namespace, epoch, isDone: true, moved }
    } finally {
      await rotation.close()
      await core.close()
    }
  })
}

async function rotateThere(running: AdminService, namespace: string): Promise<Rotated> {
  const { epoch } = await running['kek.rotate']({ namespace })
  return { namespace, epoch, isDone: false, moved: 0 }
}
