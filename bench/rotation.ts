import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeRandom } from '../src/adapter/random-node.ts'
import { createRootFile, rootFromFile } from '../src/adapter/root-file.ts'
import { createSealedStore, type SealedStore } from '../src/adapter/sealed-store.ts'
import type { Log } from '../src/port/log.ts'
import { Rewrapping } from '../src/repository/rewrapping.ts'
import { KeyRotation } from '../src/server/key-rotation.ts'
import { systemTicker } from '../src/server/ticker.ts'
import { table } from './figures.ts'

/** How long a rotation takes, and what reading costs meanwhile. */
export interface RotationFigures {
  readonly records: number
  readonly seconds: number
  /** Records that were read and opened a second, one after another, in a calm store and during the rotation. */
  readonly calm: number
  readonly during: number
}

/** Replaces the key-encryption key of so many records of a kilobyte while others are read without a pause. */
export async function measureRotation(records = 100_000): Promise<RotationFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'kmipd-bench-'))
  const path = join(directory, 'root.key')
  await createRootFile(path, nodeRandom)
  const root = await rootFromFile(path)
  const place = join(directory, 'store')
  const options = { directory: place, root, log: SILENT, spareKeys: 1 }
  const sealed = await createSealedStore(options, nodeRandom)
  try {
    await fill(sealed, records)
    const calm = await readFor(sealed, records, sleep(2_000))
    const { store, sealer, keys: lines } = sealed
    const rewrapping = new Rewrapping({ store, sealer })
    const rotation = new KeyRotation({ lines, rewrapping, ticker: systemTicker, log: SILENT })
    const begun = performance.now()
    await rotation.rotate('default')
    const during = await readFor(sealed, records, rotation.settled())
    const seconds = (performance.now() - begun) / 1_000
    await rotation.close()
    return { records, seconds, calm, during }
  } finally {
    await sealed.store.close()
    await rm(directory, { recursive: true })
  }
}

/** The figures as a table for people. */
export function rotationTable({ records, seconds, calm, during }: RotationFigures): string {
  const count = (value: number): string => Math.round(value).toLocaleString('en')
  return table(
    ['records', 'seconds', 'reads per second, calm', 'reads per second, meanwhile'],
    [[count(records), seconds.toFixed(1), count(calm), count(during)]],
  )
}

async function fill({ store, sealer }: SealedStore, records: number): Promise<void> {
  const plaintext = new Uint8Array(1_024)
  for (let from = 0; from < records; from += 500) {
    const puts = Array.from({ length: Math.min(500, records - from) }, (_, at) => {
      const sealed = sealer.seal(labelOf(from + at), plaintext)
      return { key: keyOf(from + at), value: Uint8Array.of(0, 0, 0, 1, ...sealed), isFresh: true }
    })
    await store.commit({ checks: [], puts, dels: [] })
  }
}

async function readFor(
  { store, sealer }: SealedStore,
  records: number,
  end: Promise<void>,
): Promise<number> {
  const state = { isOver: false, reads: 0 }
  const ended = end.then(() => {
    state.isOver = true
  })
  const begun = performance.now()
  for (let at = 0; !isOver(state); at = (at + 7_919) % records) {
    const entry = await store.get(keyOf(at))
    if (entry !== undefined) sealer.open(labelOf(at), entry.value.subarray(4)).destroy()
    state.reads += 1
    // As requests do that come from outside.
    if (state.reads % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await ended
  return (state.reads * 1_000) / (performance.now() - begun)
}

function isOver(state: { readonly isOver: boolean }): boolean {
  return state.isOver
}

function keyOf(number: number): Uint8Array {
  return new TextEncoder().encode(`o/${String(number).padStart(12, '0')}`)
}

function labelOf(number: number) {
  return { keyspace: 'object', id: keyOf(number).subarray(2), version: 1, type: 0 }
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
}
