import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordsIn } from './log-records.ts'
import { NumberReader } from './number-reader.ts'

/**
 * The numbers of the tables that a LevelDB directory has in use, by the file that CURRENT names. What is torn at its end
 * was never in force. None where either file cannot be read: LevelDB does not open such a directory.
 */
export async function readTablesInUse(directory: string): Promise<ReadonlySet<number>> {
  const used = new Set<number>()
  for (const edit of recordsIn(await readManifest(directory))) {
    if (edit === undefined) break
    apply(edit, used)
  }
  return used
}

async function readManifest(directory: string): Promise<Buffer> {
  try {
    const name = (await readFile(join(directory, 'CURRENT'), 'utf8')).trim()
    return await readFile(join(directory, name.replace(/[^A-Z0-9-]/gu, '')))
  } catch {
    return Buffer.alloc(0)
  }
}

/** Fields of an edit that say nothing of tables: a number, or bytes behind their length, or both. */
const COMPARATOR = 1
const COMPACT_POINTER = 5
const DELETED_TABLE = 6
const NEW_TABLE = 7

/** Applies what one edit says of tables. */
function apply(edit: Buffer, used: Set<number>): void {
  const reader = new NumberReader(edit)
  const skipBytes = (): void => {
    reader.skip(reader.number())
  }
  while (!reader.isSpent) {
    const field = reader.number()
    if (field === COMPARATOR) skipBytes()
    else if (field === COMPACT_POINTER) {
      reader.number()
      skipBytes()
    } else if (field === DELETED_TABLE) {
      reader.number()
      used.delete(reader.number())
    } else if (field === NEW_TABLE) {
      reader.number()
      used.add(reader.number())
      reader.number()
      skipBytes()
      skipBytes()
    } else reader.number()
  }
}
