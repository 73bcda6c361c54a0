import { KmipFault } from '../fault/fault.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { Store, StoreReader } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** A policy as officers have laid it down, with who was meant by its names then. */
export interface StoredPolicy {
  /** Counts the policies of the store, first 1. */
  readonly revision: number
  readonly applied: DateTime
  /** The file. */
  readonly text: string
  /** Identifiers by the names in the file. */
  readonly clients: ReadonlyMap<string, string>
  readonly namespaces: ReadonlyMap<string, string>
}

/** Bytes of one of the records that a policy is kept in. */
const PIECE_BYTES = 65_536

/** Where the pieces of the policy lie: what is behind this counts them. */
const PREFIX = 'p/'

/**
 * The policy of a store: one text in as many sealed records as it takes, replaced in one commit. Its records are of one
 * revision or it cannot be read.
 */
export class PolicyBook {
  readonly #store: StoreReader
  readonly #sealer: Sealer

  constructor(store: StoreReader, sealer: Sealer) {
    this.#store = store
    this.#sealer = sealer
  }

  /** Undefined where none was ever laid down. Throws `UNAVAILABLE` when it was altered. */
  async read(): Promise<StoredPolicy | undefined> {
    const pieces: Uint8Array[] = []
    let revision: number | undefined
    for (;;) {
      const entry = await this.#store.get(keyOf(pieces.length))
      if (entry === undefined) break
      const version = versionOf(entry.value)
      if (revision !== undefined && revision !== version) throw damaged()
      revision = version
      const label = labelOf(pieces.length, version)
      const opened = this.#sealer.open(label, entry.value.subarray(VERSION_BYTES))
      pieces.push(opened.expose((bytes) => bytes.slice()))
      opened.destroy()
    }
    return revision === undefined ? undefined : decodePolicy(joined(pieces), revision)
  }

  /**
   * Puts a policy in the place of the one that is there, and gives its revision.
   *
   * @throws KmipFault `CONFLICT` when another was put there meanwhile, `UNAVAILABLE`
   */
  async replace(store: Store, policy: Omit<StoredPolicy, 'revision'>): Promise<number> {
    const before = await this.#entries(store)
    const [first] = before
    const revision = (first === undefined ? 0 : versionOf(first.value)) + 1
    const pieces = cut(encodePolicy(policy))
    const outcome = await store.commit({
      checks: [
        ...before.map(({ key, revision: seen }) => ({ key, revision: seen })),
        { key: keyOf(before.length), revision: 'absent' },
      ],
      puts: pieces.map((piece, index) => ({
        key: keyOf(index),
        value: this.#seal(index, revision, piece),
      })),
      dels: before.slice(pieces.length).map(({ key }) => key),
    })
    if (outcome !== 'conflict') return revision
    throw new KmipFault('CONFLICT', 'Another policy was applied at the same time')
  }

  async #entries(store: StoreReader) {
    const entries = []
    for (;;) {
      const entry = await store.get(keyOf(entries.length))
      if (entry === undefined) return entries
      entries.push(entry)
    }
  }

  #seal(index: number, revision: number, piece: Uint8Array): Uint8Array {
    const sealed = this.#sealer.seal(labelOf(index, revision), piece)
    return versioned(revision, sealed)
  }
}

function encodePolicy({ applied, text, clients, namespaces }: Omit<StoredPolicy, 'revision'>) {
  const record = {
    format: FORMAT,
    applied,
    text,
    clients: [...clients],
    namespaces: [...namespaces],
  }
  return toUtf8.encode(JSON.stringify(record))
}

function decodePolicy(bytes: Uint8Array, revision: number): StoredPolicy {
  const record = parsed(bytes)
  const field = (name: string): unknown => Object.getOwnPropertyDescriptor(record, name)?.value
  const applied = field('applied')
  const text = field('text')
  if (field('format') !== FORMAT || typeof applied !== 'number' || typeof text !== 'string') {
    throw damaged()
  }
  const clients = pairsIn(field('clients'))
  return { revision, applied, text, clients, namespaces: pairsIn(field('namespaces')) }
}

function parsed(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(fromUtf8.decode(bytes))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // As anything else that is no policy.
  }
  throw damaged()
}

function pairsIn(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw damaged()
  return new Map(value.map(pairOf))
}

function pairOf(value: unknown): readonly [string, string] {
  const pair: readonly unknown[] = Array.isArray(value) ? value : []
  const [name, id] = pair
  if (typeof name === 'string' && typeof id === 'string') return [name, id]
  throw damaged()
}

function cut(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / PIECE_BYTES)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  )
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}

function versionOf(value: Uint8Array): number {
  if (value.length <= VERSION_BYTES) throw damaged()
  return new DataView(value.buffer, value.byteOffset).getUint32(0)
}

function keyOf(index: number): Uint8Array {
  return toUtf8.encode(`${PREFIX}${index}`)
}

function labelOf(index: number, version: number): RecordLabel {
  return { keyspace: 'policy', id: toUtf8.encode(String(index)), version, type: 0 }
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The policy in the store cannot be read')
}

const FORMAT = 1
const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
