import { timingSafeEqual } from 'node:crypto'
import type { Revision } from '../../port/store.ts'
import { NOTHING, readContents, type Contents } from './contents.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { HEAD_KEY, RING, RING_SLOTS, ringKey } from './layout.ts'
import { absorb, type StoreSeal, type Unlocked } from './seal.ts'

/** How far a store has come. */
export interface Place {
  /** Number of the last commit in the batch. */
  readonly sequence: Revision
  /** Number of the batch, first 1. */
  readonly batch: bigint
  /** SHA-256 over the chain before and this batch. */
  readonly chain: Uint8Array
}

/** Where the store stands after a batch; part of every batch, so that a lost one shows. */
export interface Head extends Place {
  /** What the store holds then. */
  readonly contents: Contents
  /** Whether the batch has a journal: its chain is then the hash of that. */
  readonly hasJournal?: boolean
}

/** `KMH2`, or `KMH3` where the batch has a journal, sequence, batch, chain, number of entries, their combination masked, HMAC-SHA-256 of all that. */
export function encodeHead(
  { sequence, batch, chain, contents, hasJournal }: Head,
  seal: StoreSeal,
): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, hasJournal === true ? JOURNAL_MAGIC : MAGIC)
  view.setBigUint64(4, sequence)
  view.setBigUint64(12, batch)
  bytes.set(chain, 20)
  view.setBigUint64(OLD_HEAD_BYTES, BigInt(contents.entries))
  bytes.set(masked(contents.set, chain, seal), SET_AT)
  bytes.set(seal.authenticate(bytes.subarray(0, MAC_AT)), MAC_AT)
  return bytes
}

/** What a head says of its place, whether it is authentic or not; undefined when the bytes are not a head. */
export function decodePlace(bytes: Uint8Array): Place | undefined {
  if (bytes.length < OLD_HEAD_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length !== LENGTHS.get(view.getUint32(0))) return undefined
  return {
    sequence: view.getBigUint64(4),
    batch: view.getBigUint64(12),
    chain: Uint8Array.from(bytes.subarray(20, OLD_HEAD_BYTES)),
  }
}

/** The head in the bytes; undefined when it is not one, or not one that the seal has authenticated. */
export function decodeHead(bytes: Uint8Array, seal: StoreSeal): Head | undefined {
  const place = decodePlace(bytes)
  if (place === undefined || bytes.length !== HEAD_BYTES) return undefined
  if (!seal.isAuthentic(bytes.subarray(0, MAC_AT), bytes.subarray(MAC_AT))) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const { sequence, batch, chain } = place
  const set = masked(bytes.subarray(SET_AT, MAC_AT), chain, seal)
  const contents = { entries: Number(view.getBigUint64(OLD_HEAD_BYTES)), set }
  return { sequence, batch, chain, contents, hasJournal: view.getUint32(0) === JOURNAL_MAGIC }
}

export function samePlace(a: Place, b: Place): boolean {
  return a.sequence === b.sequence && a.batch === b.batch && timingSafeEqual(a.chain, b.chain)
}

/**
 * Reads the head and proves from the ring that no batch before it went missing.
 *
 * LevelDB drops a damaged part of its log without a word and replays the rest. Then the head is there and batches
 * before it are not, which shows as a hole in the ring.
 */
export async function readHead(
  engine: Engine,
  unlocked: Unlocked,
): Promise<{ readonly head: Head; readonly isOld: boolean }> {
  const bytes = engine.get(HEAD_KEY)
  const place = bytes === undefined ? undefined : decodePlace(bytes)
  if (bytes === undefined || place === undefined) {
    throw cannotOpen('The store has no head record: it is damaged')
  }
  const isOld = bytes.length === OLD_HEAD_BYTES
  const head = isOld ? undefined : decodeHead(bytes, unlocked.seal)
  if (head === undefined && (!isOld || unlocked.upgrade === undefined)) {
    throw cannotOpen('The head record of the store is not authentic: it was altered or exchanged')
  }
  await checkRing(engine, place)
  if (head !== undefined) return { head, isOld }
  const contents = await readContents(engine, unlocked.seal)
  return { head: { ...place, contents: contents ?? NOTHING }, isOld }
}

/** Where the store stood after a batch; undefined when the ring has come round since. */
export function placeAfter(engine: Engine, batch: bigint): Place | undefined {
  const bytes = engine.get(ringKey(batch))
  const place = bytes === undefined ? undefined : decodePlace(bytes)
  return place?.batch === batch ? place : undefined
}

/** The head of a batch that the ring still has; undefined for one of the time before heads were authenticated. Throws `UNAVAILABLE`. */
export function headAfter(engine: Engine, batch: bigint, seal: StoreSeal): Head | undefined {
  const bytes = engine.get(ringKey(batch))
  if (bytes?.length === OLD_HEAD_BYTES) return undefined
  const head = bytes === undefined ? undefined : decodeHead(bytes, seal)
  if (head?.batch === batch) return head
  throw cannotOpen(`The record of batch ${batch} of the store is not authentic: it was altered`)
}

async function checkRing(engine: Engine, head: Place): Promise<void> {
  const ring = await engine.iterate(RING, { limit: RING_SLOTS })
  const kept = new Map<bigint, Place>()
  for (const [, value] of ring) {
    const record = decodePlace(value)
    if (record !== undefined) kept.set(record.batch, record)
  }
  const oldest = head.batch > BigInt(RING_SLOTS) ? head.batch - BigInt(RING_SLOTS) + 1n : 0n
  for (let batch = oldest; batch <= head.batch; batch += 1n) {
    if (!kept.has(batch)) throw cannotOpen(`The store lost batch ${batch}: it is damaged`)
  }
  const last = kept.get(head.batch)
  if (last === undefined || !samePlace(last, head)) {
    throw cannotOpen('The head record of the store does not fit its batches: it is damaged')
  }
}

/** Hides a combination, or shows it again: the chain is different after every batch. */
function masked(set: Uint8Array, chain: Uint8Array, seal: StoreSeal): Uint8Array {
  const result = Uint8Array.from(set)
  absorb(result, seal.mask(chain.subarray(0, result.length)))
  return result
}

const MAGIC = 0x4b_4d_48_32
const JOURNAL_MAGIC = 0x4b_4d_48_33
/** The time before heads were authenticated: they ended with the chain. */
const OLD_MAGIC = 0x4b_4d_48_31
const OLD_HEAD_BYTES = 52
const SET_AT = OLD_HEAD_BYTES + 8
const MAC_AT = SET_AT + 16
const HEAD_BYTES = MAC_AT + 32
/** Bytes of each format of a head. */
const LENGTHS = new Map([
  [OLD_MAGIC, OLD_HEAD_BYTES],
  [MAGIC, HEAD_BYTES],
  [JOURNAL_MAGIC, HEAD_BYTES],
])
