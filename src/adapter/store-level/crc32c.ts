/** CRC-32C (Castagnoli), the checksum of LevelDB (RFC 3720 section 12.1). */
export function crc32c(bytes: Buffer): number {
  let crc = 0xffff_ffff
  let at = 0
  for (const end = bytes.length - 3; at < end; at += 4) {
    const word = crc ^ bytes.readInt32LE(at)
    crc =
      (TABLE[0x300 | (word & 0xff)] ?? 0) ^
      (TABLE[0x200 | ((word >>> 8) & 0xff)] ?? 0) ^
      (TABLE[0x100 | ((word >>> 16) & 0xff)] ?? 0) ^
      (TABLE[word >>> 24] ?? 0)
  }
  for (; at < bytes.length; at += 1) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}

/** Its bits reversed. */
const POLYNOMIAL = 0x82f6_3b78

/** What each byte does to the checksum, when no, one, two and three bytes follow it in a word. */
const TABLE = makeTable()

function makeTable(): Int32Array {
  const table = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[byte] = crc
  }
  for (let at = 256; at < table.length; at += 1) {
    const before = table[at - 256] ?? 0
    table[at] = (before >>> 8) ^ (table[before & 0xff] ?? 0)
  }
  return table
}

/** The checksum that LevelDB has written: it turns them by 15 bits and adds this, for who takes checksums of checksums. */
export function unmasked(written: number): number {
  const masked = (written - MASK) >>> 0
  return ((masked >>> 17) | (masked << 15)) >>> 0
}

const MASK = 0xa282_ead8
