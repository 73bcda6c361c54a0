import { createHash } from 'node:crypto'

/** How far the log has come that journals are kept for. */
export interface Settled {
  /** It has synced the journals of this batch and of those before. */
  readonly batch: bigint
  /** Its size in the moment in which those were all that had been given to it. */
  readonly size: number
}

/** What the journal of a batch says, beside its lines. */
export interface JournalStart {
  readonly batch: bigint
  /** SHA-256 over the chain before and what else is in the batch. */
  readonly digest: Uint8Array
  readonly settled: Settled
}

/** The journal of one batch as it was written. */
export interface JournalRecord extends JournalStart {
  /** Of each commit its intents and then its outcomes. */
  readonly lines: readonly Uint8Array[]
  /** SHA-256 of the record: the chain after its batch. */
  readonly chain: Uint8Array
}

/** Copies the lines of one commit, each behind its length in four bytes: callers keep what they hand in. */
export function framesOf(
  intents: readonly Uint8Array[],
  outcomes: readonly Uint8Array[],
): { readonly bytes: Uint8Array; readonly outcomes: readonly Uint8Array[] } {
  let length = 0
  for (const { length: bytes } of intents) length += LENGTH_BYTES + bytes
  for (const { length: bytes } of outcomes) length += LENGTH_BYTES + bytes
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  const write = (line: Uint8Array): Uint8Array => {
    bytes.writeUInt32BE(line.length, at)
    const from = at + LENGTH_BYTES
    at = from + line.length
    bytes.set(line, from)
    return bytes.subarray(from, at)
  }
  for (const line of intents) write(line)
  return { bytes, outcomes: outcomes.map(write) }
}

/**
 * `KMJ1`, batch, the batch that is settled, the size of the log then, digest, frames of lines. The chain of the batch is
 * the hash of all that, so that the head authenticates it.
 */
export function encodeJournal(
  { batch, digest, settled }: JournalStart,
  frames: readonly Uint8Array[],
): { readonly value: Uint8Array; readonly chain: Uint8Array } {
  const start = Buffer.allocUnsafe(START_BYTES)
  start.writeUInt32BE(MAGIC, 0)
  start.writeBigUInt64BE(batch, 4)
  start.writeBigUInt64BE(settled.batch, 12)
  start.writeBigUInt64BE(BigInt(settled.size), 20)
  start.set(digest, 28)
  const value = Buffer.concat([start, ...frames])
  return { value, chain: hashOf(value) }
}

/** What is in the bytes; undefined where they are no journal. */
export function decodeJournal(bytes: Uint8Array): JournalRecord | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < START_BYTES || view.getUint32(0) !== MAGIC) return undefined
  const lines = linesIn(bytes, view)
  return (
    lines && {
      batch: view.getBigUint64(4),
      settled: { batch: view.getBigUint64(12), size: Number(view.getBigUint64(20)) },
      digest: Uint8Array.from(bytes.subarray(28, START_BYTES)),
      lines,
      chain: hashOf(bytes),
    }
  )
}

function linesIn(bytes: Uint8Array, view: DataView): Uint8Array[] | undefined {
  const lines: Uint8Array[] = []
  for (let at = START_BYTES; at < bytes.length;) {
    const from = at + LENGTH_BYTES
    if (from > bytes.length) return undefined
    at = from + view.getUint32(at)
    if (at > bytes.length) return undefined
    lines.push(Uint8Array.from(bytes.subarray(from, at)))
  }
  return lines
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

const MAGIC = 0x4b_4d_4a_31
const START_BYTES = 60
const LENGTH_BYTES = 4
