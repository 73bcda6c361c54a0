import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordsIn } from './log-records.ts'
import { NumberReader } from './number-reader.ts'

/** What a LevelDB directory has in use, by the numbers in the names of files. */
export interface FilesInUse {
  readonly tables: ReadonlySet<number>
  /** Logs from this one on are replayed when it is opened; older ones are in tables, and are to be removed. */
  readonly firstLog: number
  /** One more log that is replayed, where it is not 0: only old versions of LevelDB had such. */
  readonly previousLog: number
}

/**
 * What a LevelDB directory has in use, by the file that CURRENT names. What is torn at its end was never in force. No
 * table, and every log, where either file cannot be read: LevelDB does not open such a directory.
 */
export async function readFilesInUse(directory: string): Promise<FilesInUse> {
  const used = { tables: new Set<number>(), firstLog: 0, previousLog: 0 }
  for (const edit of recordsIn(await readManifest(directory))) {
    if (edit === undefined) break
    apply(edit, used)
  }
  return used
}

/** Whether LevelDB replays a log when it opens the directory. */
export function isReplayed(log: number, { firstLog, previousLog }: FilesInUse): boolean {
  return log >= firstLog || log === previousLog
}

async function readManifest(directory: string): Promise<Buffer> {
  try {
    const name = (await readFile(join(directory, 'CURRENT'), 'utf8')).trim()
    return await readFile(join(directory, name.replace(/[^A-Z0-9-]/gu, '')))
  } catch {
    return Buffer.alloc(0)
  }
}

/** Fields of an edit; those that are not here are a number. */
const COMPARATOR = 1
const LOG = 2
const COMPACT_POINTER = 5
const DELETED_TABLE = 6
const NEW_TABLE = 7
const PREVIOUS_LOG = 9

interface Used {
  readonly tables: Set<number>
  firstLog: number
  previousLog: number
}

/** Applies what one edit says of tables and logs. */
function apply(edit: Buffer, used: Used): void {
  const reader = new NumberReader(edit)
  const skipBytes = (): void => {
    reader.skip(reader.number())
  }
  while (!reader.isSpent) {
    const field = reader.number()
    if (field === COMPARATOR) skipBytes()
    else if (field === LOG) used.firstLog = reader.number()
    else if (field === PREVIOUS_LOG) used.previousLog = reader.number()
    else if (field === COMPACT_POINTER) {
      reader.number()
      skipBytes()
    } else if (field === DELETED_TABLE) {
      reader.number()
      used.tables.delete(reader.number())
    } else if (field === NEW_TABLE) {
      reader.number()
      used.tables.add(reader.number())
      reader.number()
      skipBytes()
      skipBytes()
    } else reader.number()
  }
}
