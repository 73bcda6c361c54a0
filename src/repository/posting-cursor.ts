import type { StoreReader } from '../port/store.ts'
import { NEWEST, placeOf, postingRange, sequenceOfKey, type Place } from './keys.ts'

/** An object as an index names it. */
export interface Posting {
  readonly sequence: bigint
  readonly place: Place
}

/** A list of postings, newest first, that is read as far as it is needed. */
export interface PostingCursor {
  /** The posting it stands at; undefined behind the last. */
  peek(): Promise<Posting | undefined>
  /** Moves to the first posting that is not newer than a sequence number. */
  seek(sequence: bigint): Promise<void>
  /** How many postings are left, where that is known to be few; otherwise undefined. */
  few(): Promise<readonly Posting[] | undefined>
}

/** A list this short is read whole and its objects looked at, rather than compared with other lists. */
export const FEW = 32

/** Postings read at once: first, at least and at most. */
const FIRST_CHUNK = FEW + 1
const SMALLEST_CHUNK = 4
const LARGEST_CHUNK = 1_024

/** How many times as many postings are read as were looked at of those read before. */
const FORESIGHT = 4

/**
 * The objects that a term holds for. What is read ahead follows what is used: many postings where all of them are
 * wanted, few where most are passed over because another list has nothing there.
 */
export class TermCursor implements PostingCursor {
  readonly #reader: StoreReader
  readonly #blinded: Uint8Array
  #chunk: readonly Posting[] = []
  #at = 0
  #lookedAt = 0
  #last = -1
  #next: bigint | undefined = NEWEST
  #size = FIRST_CHUNK

  constructor(reader: StoreReader, blinded: Uint8Array) {
    this.#reader = reader
    this.#blinded = blinded
  }

  async peek(): Promise<Posting | undefined> {
    if (this.#at >= this.#chunk.length) await this.#read()
    if (this.#last !== this.#at) this.#lookedAt += 1
    this.#last = this.#at
    return this.#chunk[this.#at]
  }

  async seek(sequence: bigint): Promise<void> {
    while (this.#at < this.#chunk.length && isNewer(this.#chunk[this.#at], sequence)) this.#at += 1
    if (this.#at < this.#chunk.length || this.#next === undefined) return
    if (sequence < this.#next) this.#next = sequence
    await this.#read()
  }

  async few(): Promise<readonly Posting[] | undefined> {
    await this.peek()
    return this.#next === undefined ? this.#chunk.slice(this.#at) : undefined
  }

  async #read(): Promise<void> {
    this.#at = 0
    this.#last = -1
    if (this.#next === undefined) {
      this.#chunk = []
      return
    }
    if (this.#chunk.length > 0) {
      const wanted = Math.max(this.#lookedAt * FORESIGHT, SMALLEST_CHUNK)
      this.#size = Math.min(wanted, LARGEST_CHUNK)
    }
    this.#lookedAt = 0
    const range = postingRange(this.#blinded, this.#next)
    const entries = await this.#reader.scan(range, { limit: this.#size })
    this.#chunk = entries.map(({ key, value }) => ({
      sequence: sequenceOfKey(key),
      place: placeOf(value),
    }))
    const last = this.#chunk.at(-1)
    this.#next = last === undefined || entries.length < this.#size ? undefined : last.sequence - 1n
  }
}

/** The objects that any of several terms holds for, each once. */
export class UnionCursor implements PostingCursor {
  #heads: readonly Head[]

  constructor(cursors: readonly PostingCursor[]) {
    this.#heads = cursors.map((cursor) => ({ cursor, posting: UNREAD }))
  }

  async peek(): Promise<Posting | undefined> {
    if (this.#heads.some(({ posting }) => posting === UNREAD)) {
      this.#heads = await Promise.all(this.#heads.map(looked))
    }
    let newest: Posting | undefined
    for (const { posting } of this.#heads) {
      if (posting === UNREAD || posting === undefined) continue
      if (newest === undefined || posting.sequence > newest.sequence) newest = posting
    }
    return newest
  }

  async seek(sequence: bigint): Promise<void> {
    this.#heads = await Promise.all(
      this.#heads.map(async (head) => {
        const { cursor, posting } = head
        if (posting === undefined || (posting !== UNREAD && posting.sequence <= sequence)) {
          return head
        }
        await cursor.seek(sequence)
        return { cursor, posting: await cursor.peek() }
      }),
    )
  }

  async few(): Promise<readonly Posting[] | undefined> {
    const lists = await Promise.all(this.#heads.map(async ({ cursor }) => cursor.few()))
    const all: Posting[] = []
    for (const list of lists) {
      if (list === undefined) return undefined
      all.push(...list)
    }
    const unique = new Map(all.map((posting) => [posting.place, posting]))
    return unique.size > FEW ? undefined : [...unique.values()].sort(newestFirst)
  }
}

const UNREAD = 'unread'

/** A list of a union with the posting it stands at. */
interface Head {
  readonly cursor: PostingCursor
  readonly posting: Posting | undefined | typeof UNREAD
}

async function looked(head: Head): Promise<Head> {
  return head.posting === UNREAD ? { ...head, posting: await head.cursor.peek() } : head
}

/** Orders what was created later before what was created earlier. */
export function newestFirst(
  left: { readonly sequence: bigint },
  right: { readonly sequence: bigint },
): number {
  return left.sequence > right.sequence ? -1 : 1
}

function isNewer(posting: Posting | undefined, sequence: bigint): boolean {
  return posting !== undefined && posting.sequence > sequence
}

/**
 * The objects that stand in every list, newest first. Each list is moved forward to what the others stand at, so the
 * shortest of them sets the pace.
 */
export async function* intersection(
  cursors: readonly PostingCursor[],
): AsyncIterableIterator<Posting> {
  for (;;) {
    const heads = await Promise.all(cursors.map(async (cursor) => cursor.peek()))
    const present = heads.filter((head) => head !== undefined)
    const [first] = present
    if (first === undefined || present.length < cursors.length) return
    const oldest = present.reduce((low, head) => (head.sequence < low.sequence ? head : low), first)
    const agreed = present.every((head) => head.sequence === oldest.sequence)
    if (agreed) yield oldest
    const target = agreed ? oldest.sequence - 1n : oldest.sequence
    await Promise.all(cursors.map(async (cursor) => cursor.seek(target)))
  }
}
