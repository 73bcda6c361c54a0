import type { KeyObject } from 'node:crypto'
import type { Random } from '../../port/random.ts'
import type { Entry } from '../../port/store.ts'
import { KEYRING_KEY, readKeyring } from '../keyring.ts'
import type { Moment } from '../store-level/moment.ts'
import { sealBackupKey } from './backup-key.ts'
import { ChunkCipher, ChunkWriter } from './chunk.ts'
import { refused } from './fault.ts'
import { ID, encodeHeader, type ShareSet } from './header.ts'
import { END_ITEM, encodeEntries, encodeFile, type BackupFile } from './item.ts'

/** What is backed up, and with what. */
export interface BackupSource {
  readonly store: { moment(): Promise<Moment> }
  /** Derived from the keyring: seals the keys of backups. */
  readonly sealing: KeyObject
  /** The text of `kmipd.json`. */
  readonly settings: Uint8Array
  /** What else a start needs that lies beside the store. Nothing in it is secret. */
  readonly files: readonly BackupFile[]
  /** Now, in seconds since 1970-01-01T00:00:00Z. */
  readonly time: number
  readonly random: Random
  /** Awaited between pages, so that others get their turn. */
  readonly pause: () => Promise<void>
}

/** A piece of a backup as it is made, in order: the header, then chunks. Progress comes in between. */
export type BackupPiece =
  | { readonly kind: 'header' | 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'progress'; readonly entries: number; readonly of: number }

/**
 * Makes a backup of a store, all of it as it is at one moment, in pieces that are encrypted already. Others may write
 * meanwhile.
 *
 * Throws `UNAVAILABLE`, and then what was made is no backup: when the store fails, or is not as it was written.
 */
export async function* createBackup(
  source: BackupSource,
  shares?: ShareSet,
): AsyncGenerator<BackupPiece, void, undefined> {
  const moment = await source.store.moment()
  const backupId = source.random.bytes(ID).expose((bytes) => Uint8Array.from(bytes))
  const key = source.random.bytes(32)
  try {
    const keyring = (await moment.snapshot.get(KEYRING_KEY))?.value
    const { generation } = readKeyring(keyring)
    if (keyring === undefined) throw refused('This store has no keyring')
    const header = encodeHeader({
      backupId,
      generation,
      time: source.time,
      entries: moment.entries,
      head: moment.anchor,
      keyring,
      sealedKey: sealBackupKey(source.sealing, backupId, key),
      settings: source.settings,
      shares,
    })
    yield { kind: 'header', bytes: header }
    const writer = new ChunkWriter(new ChunkCipher(key, { backupId }, header))
    for (const file of source.files) yield* chunksOf(writer.write(encodeFile(file)))
    yield* entriesOf(moment, writer, source.pause)
    yield* chunksOf(writer.write(END_ITEM))
    yield { kind: 'chunk', bytes: writer.end() }
  } finally {
    key.destroy()
    await moment.snapshot.close()
  }
}

async function* entriesOf(
  moment: Moment,
  writer: ChunkWriter,
  pause: () => Promise<void>,
): AsyncGenerator<BackupPiece, void, undefined> {
  const tally = moment.tally()
  let done = 0
  for await (const page of pagesOf(moment)) {
    tally.add(page)
    yield* chunksOf(writer.write(encodeEntries(page)))
    done += page.length
    yield { kind: 'progress', entries: done, of: moment.entries }
    await pause()
  }
  const problem = moment.problem(tally)
  if (problem !== undefined) throw refused(problem)
}

async function* pagesOf({ snapshot }: Moment): AsyncGenerator<readonly Entry[], void, undefined> {
  for (let from = new Uint8Array(0); ;) {
    const page = await snapshot.scan({ from, to: BEHIND_ALL }, { limit: PAGE })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    if (page.length < PAGE) return
    from = Uint8Array.of(...last.key, 0)
  }
}

function* chunksOf(chunks: Iterable<Uint8Array>): Generator<BackupPiece> {
  for (const bytes of chunks) yield { kind: 'chunk', bytes }
}

/** Entries read at once, some 3 ms of work. */
const PAGE = 500
const BEHIND_ALL = Uint8Array.of(0xff)
