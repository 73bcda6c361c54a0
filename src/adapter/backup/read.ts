import type { Entry } from '../../port/store.ts'
import { KEYRING_KEY, type OpenedKeys } from '../keyring.ts'
import { decodeHead } from '../store-level/head.ts'
import { Tally } from '../store-level/tally.ts'
import type { Archive } from './archive.ts'
import { refused } from './fault.ts'
import { ItemReader, type BackupFile } from './item.ts'
import type { BackupKeys } from './unlock.ts'

/** Who is given what a backup holds, in order. It counts only once all of it was read. */
export interface BackupSink {
  file(file: BackupFile): Promise<void>
  /** Their bytes are the reader's: what is kept is to be copied. */
  entries(entries: readonly Entry[]): Promise<void>
}

/** How a backup is read: with its keys, and what its store is proved with. */
export interface ReadingKeys {
  readonly keys: Pick<BackupKeys, 'key'>
  readonly seal: OpenedKeys['seal']
}

/**
 * Reads a backup from its first chunk to its last. Resolves when all of it is as it was written: every chunk, the order
 * and the number of the entries, and all of them together against the head of their store.
 *
 * Throws `UNAVAILABLE` with a sentence for the first thing that is wrong, and what the sink throws.
 */
export async function readBackup(
  archive: Archive,
  { keys, seal }: ReadingKeys,
  sink: BackupSink,
): Promise<void> {
  const { path, header } = archive
  const head = decodeHead(header.head, seal)
  if (head?.contents.entries !== header.entries) {
    throw refused(`${path} is damaged: its head is not one of the store that it holds`)
  }
  const reader = new ItemReader()
  const tally = new Tally(seal)
  const order = new EntryOrder(path, header.keyring)
  for await (const piece of archive.stream(keys.key)) {
    const entries: Entry[] = []
    for (const item of reader.read(piece)) {
      if (item.kind === 'file') await sink.file(item.file)
      else if (item.kind === 'entry') entries.push(item.entry)
    }
    for (const entry of entries) order.check(entry)
    tally.add(entries)
    await sink.entries(entries)
  }
  const problem = reader.isWhole ? tally.problem(head.contents) : 'its stream has no end'
  if (problem !== undefined) throw refused(`${path} is damaged: ${problem}`)
  order.checkEnd()
}

/** Sees to it that no key comes twice, and that the keyring is the one that the keys came from. */
class EntryOrder {
  readonly #path: string
  readonly #keyring: Uint8Array
  #last: Uint8Array | undefined
  #hasKeyring = false

  constructor(path: string, keyring: Uint8Array) {
    this.#path = path
    this.#keyring = keyring
  }

  check({ key, value }: Entry): void {
    if (this.#last !== undefined && Buffer.compare(this.#last, key) >= 0) {
      throw refused(`${this.#path} is damaged: its entries are not in order`)
    }
    this.#last = key
    if (Buffer.compare(key, KEYRING_KEY) !== 0) return
    this.#hasKeyring = Buffer.compare(value, this.#keyring) === 0
  }

  checkEnd(): void {
    if (this.#hasKeyring) return
    throw refused(`${this.#path} is damaged: the keyring in it is not that of its header`)
  }
}
