import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from './crc32c.ts'

/**
 * Checks the checksum of every block of every table of a LevelDB directory, which LevelDB writes and does not look at:
 * a damaged index or filter would send searches astray, and reading from end to end does not need them.
 *
 * @returns the name of a file that is damaged; undefined when none is
 */
export async function findDamagedTable(directory: string): Promise<string | undefined> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.ldb')) continue
    const table = await readIfThere(join(directory, name))
    if (table !== undefined && !isSound(table)) return name
  }
  return undefined
}

/** LevelDB removes tables that it has merged. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Blocks, each with a type and a checksum behind it; at the end the places of two blocks that list the others, filters and entries. */
function isSound(table: Buffer): boolean {
  const footer = table.length - FOOTER_BYTES
  if (footer < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC) return false
  const reader = new Reader(table.subarray(footer, table.length - 8))
  const lists = [reader.handle(), reader.handle()].map((handle) => blockAt(table, handle))
  return lists.every(
    (list) =>
      list !== undefined && handlesIn(list).every((handle) => blockAt(table, handle) !== undefined),
  )
}

/** Where a block is. */
interface Handle {
  readonly offset: number
  readonly size: number
}

/** The content of a block whose checksum is right. */
function blockAt(table: Buffer, { offset, size }: Handle): Buffer | undefined {
  const end = offset + size
  if (end + TRAILER_BYTES > table.length) return undefined
  const masked = (table.readUInt32LE(end + 1) - MASK) >>> 0
  const written = ((masked >>> 17) | (masked << 15)) >>> 0
  return crc32c(table.subarray(offset, end + 1)) === written
    ? table.subarray(offset, end)
    : undefined
}

/** The places of blocks that a block lists; what follows them are places where searching may begin. */
function handlesIn(block: Buffer): readonly Handle[] {
  if (block.length < 4) return []
  const restarts = block.readUInt32LE(block.length - 4)
  const reader = new Reader(block.subarray(0, Math.max(0, block.length - 4 - 4 * restarts)))
  const handles: Handle[] = []
  while (!reader.isSpent) {
    reader.number()
    const keyBytes = reader.number()
    reader.number()
    reader.skip(keyBytes)
    handles.push(reader.handle())
  }
  return handles
}

/** Reads numbers of seven bits a byte, the lowest first. */
class Reader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isSpent(): boolean {
    return this.#offset >= this.#bytes.length
  }

  skip(bytes: number): void {
    this.#offset += bytes
  }

  number(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#offset] ?? 0
      this.#offset += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  handle(): Handle {
    return { offset: this.number(), size: this.number() }
  }
}

const FOOTER_BYTES = 48
const MAGIC = 0xdb47_7524_8b80_fb57n
/** Type of a block and checksum. */
const TRAILER_BYTES = 5
/** Checksums are turned by 15 bits and this is added, for those who take checksums of checksums. */
const MASK = 0xa282_ead8
