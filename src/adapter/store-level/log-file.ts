import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordsIn } from './log-records.ts'

/**
 * Looks for a log that holds something else than batches, as when files were exchanged: LevelDB ends the process over a
 * number that no batch can have. What is merely torn or damaged it drops, which the head and the ring show.
 *
 * @returns the name of the file; undefined when there is none
 */
export async function findForeignLog(directory: string): Promise<string | undefined> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.log')) continue
    const log = await readFile(join(directory, name))
    for (const record of recordsIn(log)) {
      if (record !== undefined && !isBatch(record)) return name
    }
  }
  return undefined
}

/** Begins with the number of its first entry, 8 bytes of which LevelDB uses 7, and the count of its entries. */
function isBatch(record: Buffer): boolean {
  if (record.length < BATCH_HEADER_BYTES) return false
  return record.readBigUInt64LE(0) + BigInt(record.readUInt32LE(8)) <= LAST_NUMBER
}

const BATCH_HEADER_BYTES = 12
const LAST_NUMBER = 2n ** 56n - 1n
