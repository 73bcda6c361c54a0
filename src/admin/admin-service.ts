import type { BackupPiece } from '../adapter/backup/create.ts'
import type { AdminCaller } from './caller.ts'
import type { AdminCall, AdminResponse, BackupRequest, CheckedRequest } from './schema.ts'

/** The admin API without a wire: the server answers with it, and the command line calls it when no server runs. */
export type AdminService = {
  /** @param by - who calls; whoever has the data directory, where nothing is said */
  readonly [C in AdminCall]: (
    request: CheckedRequest<C>,
    by?: AdminCaller,
  ) => Promise<AdminResponse<C>>
} & {
  /** Makes a backup, piece by piece; whoever ends the reading ends the backup. One at a time. */
  readonly backup: (request: BackupRequest, by?: AdminCaller) => AsyncIterable<BackupPiece>
}
