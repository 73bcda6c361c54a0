import { timingSafeEqual } from 'node:crypto'
import type { Revision } from '../../port/store.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { HEAD_KEY, RING, RING_SLOTS } from './layout.ts'

/** Where the store stands after a batch; part of every batch, so that a lost one shows. */
export interface Head {
  /** Number of the last commit in the batch. */
  readonly sequence: Revision
  /** Number of the batch, first 1. */
  readonly batch: bigint
  /** SHA-256 over the chain before and this batch. */
  readonly chain: Uint8Array
}

/** `KMH1`, sequence, batch, chain. */
export function encodeHead({ sequence, batch, chain }: Head): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setBigUint64(4, sequence)
  view.setBigUint64(12, batch)
  bytes.set(chain, 20)
  return bytes
}

/** Undefined when the bytes are not a head. */
export function decodeHead(bytes: Uint8Array): Head | undefined {
  if (bytes.length !== HEAD_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0) !== MAGIC) return undefined
  return {
    sequence: view.getBigUint64(4),
    batch: view.getBigUint64(12),
    chain: Uint8Array.from(bytes.subarray(20)),
  }
}

export function sameHead(a: Head, b: Head): boolean {
  return a.sequence === b.sequence && a.batch === b.batch && timingSafeEqual(a.chain, b.chain)
}

/**
 * Reads the head and proves from the ring that no batch before it went missing.
 *
 * LevelDB drops a damaged part of its log without a word and replays the rest. Then the head is there and batches
 * before it are not, which shows as a hole in the ring.
 */
export async function readHead(engine: Engine): Promise<Head> {
  const bytes = engine.get(HEAD_KEY)
  const head = bytes === undefined ? undefined : decodeHead(bytes)
  if (head === undefined) throw cannotOpen('The store has no head record: it is damaged')
  const ring = await engine.iterate(RING, { limit: RING_SLOTS })
  const kept = new Map<bigint, Head>()
  for (const [, value] of ring) {
    const record = decodeHead(value)
    if (record !== undefined) kept.set(record.batch, record)
  }
  const oldest = head.batch > BigInt(RING_SLOTS) ? head.batch - BigInt(RING_SLOTS) + 1n : 0n
  for (let batch = oldest; batch <= head.batch; batch += 1n) {
    if (!kept.has(batch)) throw cannotOpen(`The store lost batch ${batch}: it is damaged`)
  }
  const last = kept.get(head.batch)
  if (last === undefined || !sameHead(last, head)) {
    throw cannotOpen('The head record of the store does not fit its batches: it is damaged')
  }
  return head
}

const MAGIC = 0x4b_4d_48_31
const CHAIN_BYTES = 32
const HEAD_BYTES = 20 + CHAIN_BYTES
