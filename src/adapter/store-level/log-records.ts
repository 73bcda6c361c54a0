import { crc32c, unmasked } from './crc32c.ts'

const BLOCK_BYTES = 32_768
/** Checksum, length and type. */
const HEADER_BYTES = 7
/** Types of records: whole ones, and the parts of those that go over the end of a block. */
const FULL = 1
const FIRST = 2
const LAST = 4

/** One part of a record, as it lies in its block. */
interface Part {
  readonly type: number
  readonly bytes: Buffer
}

/**
 * The records of a log of LevelDB, its MANIFEST included, in their order. Undefined stands for what is not sound, behind
 * which the rest of its block is lost; LevelDB goes on with the next one.
 */
export function* recordsIn(log: Buffer): Iterable<Buffer | undefined> {
  let begun: Buffer[] | undefined
  for (let at = 0; at < log.length; at += BLOCK_BYTES) {
    for (const part of partsIn(log.subarray(at, at + BLOCK_BYTES))) {
      if (part === undefined || part.type === FULL) {
        begun = undefined
        yield part?.bytes
        continue
      }
      if (part.type === FIRST) begun = []
      begun?.push(part.bytes)
      if (begun === undefined || part.type !== LAST) continue
      yield Buffer.concat(begun)
      begun = undefined
    }
  }
}

function* partsIn(block: Buffer): Iterable<Part | undefined> {
  for (let at = 0; at + HEADER_BYTES <= block.length;) {
    const end = at + HEADER_BYTES + block.readUInt16LE(at + 4)
    const isSound =
      end <= block.length &&
      crc32c(block.subarray(at + 6, end)) === unmasked(block.readUInt32LE(at))
    if (!isSound) {
      yield undefined
      return
    }
    yield { type: block[at + 6] ?? 0, bytes: block.subarray(at + HEADER_BYTES, end) }
    at = end
  }
}
