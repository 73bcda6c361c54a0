import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodePlace, type Place } from './head.ts'
import { HEAD_KEY } from './layout.ts'
import { recordsIn } from './log-records.ts'
import { NumberReader } from './number-reader.ts'

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

/**
 * Where a store stands after the last whole batch of its logs, which LevelDB replays in the order of their numbers;
 * undefined when they hold none.
 */
export function lastPlaceIn(logs: ReadonlyMap<string, Buffer>): Place | undefined {
  const newest = [...logs].toSorted(([one], [other]) => parseInt(other) - parseInt(one))
  for (const [, log] of newest) {
    const last = [...recordsIn(log)].findLast((record) => record !== undefined && isBatch(record))
    if (last !== undefined) return placeIn(last)
  }
  return undefined
}

/** What the batch makes of the head record. */
function placeIn(batch: Buffer): Place | undefined {
  const reader = new NumberReader(batch)
  reader.skip(BATCH_HEADER_BYTES)
  let place: Place | undefined
  while (!reader.isSpent) {
    const isPut = reader.number() === PUT
    const key = reader.take(reader.number())
    const value = isPut ? reader.take(reader.number()) : undefined
    if (value !== undefined && key.equals(HEAD_KEY)) place = decodePlace(value)
  }
  return place
}

/** Begins with the number of its first entry, 8 bytes of which LevelDB uses 7, and the count of its entries. */
function isBatch(record: Buffer): boolean {
  if (record.length < BATCH_HEADER_BYTES) return false
  return record.readBigUInt64LE(0) + BigInt(record.readUInt32LE(8)) <= LAST_NUMBER
}

/** The mark of an entry that is written; the other one removes. */
const PUT = 1
const BATCH_HEADER_BYTES = 12
const LAST_NUMBER = 2n ** 56n - 1n
