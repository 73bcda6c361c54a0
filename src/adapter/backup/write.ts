import type { Secret } from '../../secret/secret.ts'
import type { BareKeys } from '../keyring.ts'
import { ESCROW_LENGTH } from './archive.ts'
import type { BackupPiece } from './create.ts'
import { sealEscrow } from './escrow.ts'
import { refused } from './fault.ts'
import { decodeHeader, type BackupHeader } from './header.ts'
import type { OutputFile } from './output-file.ts'

/** What a finished backup is. */
export interface WrittenBackup {
  readonly header: BackupHeader
  /** Of the file. */
  readonly bytes: number
}

/** What is done while a backup is written. */
export interface WritingSteps {
  /** Gives what opens the backup, where people are to hold shares of it; it stays the giver's. */
  readonly escrow?: (
    header: BackupHeader,
  ) => Promise<{ readonly key: Secret; readonly store: BareKeys }>
  readonly progress: (entries: number, of: number) => void
  /** Done when all is in the file and before it is in its place; what this throws ends it. */
  readonly beforeFinish?: () => Promise<void>
}

/** Writes a backup as it comes, to its end. Throws what is wrong; the file is the caller's to remove then. */
export async function writeBackup(
  pieces: AsyncIterable<BackupPiece>,
  file: OutputFile,
  steps: WritingSteps,
): Promise<WrittenBackup> {
  let header: BackupHeader | undefined
  for await (const piece of pieces) {
    if (piece.kind === 'progress') {
      steps.progress(piece.entries, piece.of)
      continue
    }
    await file.write(piece.bytes)
    if (piece.kind === 'header') header = await writeHeader(piece.bytes, file, steps)
  }
  if (header === undefined) throw refused('The backup has no header')
  await steps.beforeFinish?.()
  await file.finish()
  return { header, bytes: file.bytes }
}

/** The keys of the store stand between the header and the first chunk. */
async function writeHeader(
  bytes: Uint8Array,
  file: OutputFile,
  { escrow }: WritingSteps,
): Promise<BackupHeader> {
  const header = decodeHeader(bytes)
  if (header === undefined) throw refused('The backup has a header that this kmipd does not know')
  if (escrow === undefined) return header
  const { key, store } = await escrow(header)
  const sealed = sealEscrow(store, { key, backupId: header.backupId, header: bytes })
  const length = Buffer.alloc(ESCROW_LENGTH)
  length.writeUInt32BE(sealed.length)
  await file.write(length)
  await file.write(sealed)
  return header
}
