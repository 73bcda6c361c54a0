import { KmipFault } from '../fault/fault.ts'
import type { ListAge } from '../port/revocation.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { Revision, Store, StoreReader } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import { behind } from './entry-kind.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** Where the name of a client is taken from that is registered by its certificate alone. */
export const LABEL_RULES = ['cn', 'san-dns', 'san-uri', 'san-email'] as const

export type LabelRule = (typeof LABEL_RULES)[number]

/** An authority of others, whose certificates clients may be registered with. */
export interface TrustedAuthority {
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex: what clients know their issuer by. */
  readonly id: string
  /** X.509 in DER. */
  readonly certificate: Uint8Array
  /** Path of the file with its revocation list. */
  readonly crl?: string
  readonly label?: LabelRule
  readonly added: DateTime
  /** The newest revocation list that was taken from it: no older one is. */
  readonly seen?: ListAge
}

export interface BookDeps {
  readonly store: Store
  readonly sealer: Sealer
}

/** The authorities of others: durable in the store, and in memory. */
export interface AuthorityBook {
  /** The oldest first. */
  list(): readonly TrustedAuthority[]
  /** Throws `OBJECT_EXISTS`, `SERVER_LIMIT`, `UNAVAILABLE`. */
  add(authority: TrustedAuthority): Promise<void>
  /** Throws `OBJECT_NOT_FOUND`, `UNAVAILABLE`. */
  remove(id: string): Promise<void>
  /** Remembers the newest list of an authority. Throws `OBJECT_NOT_FOUND`, `UNAVAILABLE`. */
  note(id: string, seen: ListAge): Promise<void>
}

/** Reads every authority. Throws `UNAVAILABLE` when a record is damaged. */
export async function openAuthorityBook(deps: BookDeps): Promise<AuthorityBook> {
  const book = new StoredAuthorities(deps)
  for (const held of await readTrusted(deps.store, deps.sealer)) book.hold(held)
  return book
}

/** An authority as it lies in the store. */
interface Held {
  readonly authority: TrustedAuthority
  readonly version: number
}

class StoredAuthorities implements AuthorityBook {
  readonly #deps: BookDeps
  readonly #held = new Map<string, Held>()

  constructor(deps: BookDeps) {
    this.#deps = deps
  }

  hold(held: Held): void {
    this.#held.set(held.authority.id, held)
  }

  list(): readonly TrustedAuthority[] {
    const authorities = Array.from(this.#held.values(), ({ authority }) => authority)
    return authorities.sort((left, right) => left.added - right.added)
  }

  async add(authority: TrustedAuthority): Promise<void> {
    if (this.#held.size >= MOST_AUTHORITIES) {
      throw new KmipFault('SERVER_LIMIT', 'There are too many authorities')
    }
    if (!(await this.#write({ authority, version: 1 }, 'absent'))) {
      throw new KmipFault('OBJECT_EXISTS', 'There is an authority with this key already')
    }
  }

  async remove(id: string): Promise<void> {
    const { store } = this.#deps
    const key = keyOf(id)
    const entry = await store.get(key)
    if (entry === undefined) throw noSuchAuthority()
    const checks = [{ key, revision: entry.revision }]
    if ((await store.commit({ checks, puts: [], dels: [key] })) === 'conflict') {
      throw new KmipFault('CONFLICT', 'The authority was changed by someone else')
    }
    this.#held.delete(id)
  }

  async note(id: string, seen: ListAge): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const entry = await this.#deps.store.get(keyOf(id))
      const before = this.#held.get(id)
      if (entry === undefined || before === undefined) throw noSuchAuthority()
      const authority = { ...before.authority, seen }
      if (await this.#write({ authority, version: before.version + 1 }, entry.revision)) return
    }
    throw new KmipFault('CONFLICT', 'The authority is being changed by others')
  }

  async #write(held: Held, revision: Revision | 'absent'): Promise<boolean> {
    const { store, sealer } = this.#deps
    const key = keyOf(held.authority.id)
    const value = sealAuthority(sealer, held)
    const outcome = await store.commit({
      checks: [{ key, revision }],
      puts: [{ key, value }],
      dels: [],
    })
    if (outcome === 'conflict') return false
    this.hold(held)
    return true
  }
}

/** Opens every record of an authority of others. Throws `UNAVAILABLE` for one that was altered. */
export async function readTrusted(store: StoreReader, sealer: Sealer): Promise<readonly Held[]> {
  const range = { from: PREFIX, to: behind(PREFIX) }
  const entries = await store.scan(range, { limit: MOST_AUTHORITIES + 1 })
  return entries.map(({ key, value }) => {
    const id = fromUtf8.decode(key.subarray(PREFIX.length))
    return openAuthority(sealer, id, value)
  })
}

function sealAuthority(sealer: Sealer, { authority, version }: Held): Uint8Array {
  const { id, certificate, crl, label, added, seen } = authority
  const facts = toUtf8.encode(JSON.stringify({ format: FORMAT, crl, label, added, seen }))
  const record = new Uint8Array(LENGTH_BYTES + facts.length + certificate.length)
  new DataView(record.buffer).setUint32(0, facts.length)
  record.set(facts, LENGTH_BYTES)
  record.set(certificate, LENGTH_BYTES + facts.length)
  const sealed = sealer.seal(labelOf(id, version), record)
  return versioned(version, sealed)
}

function openAuthority(sealer: Sealer, id: string, value: Uint8Array): Held {
  if (value.length <= VERSION_BYTES) throw damaged()
  const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const opened = sealer.open(labelOf(id, version), value.subarray(VERSION_BYTES))
  try {
    return { authority: opened.expose((record) => readRecord(id, record)), version }
  } finally {
    opened.destroy()
  }
}

/** The length of what is known of it in four bytes, that as JSON, and the certificate. */
function readRecord(id: string, record: Uint8Array): TrustedAuthority {
  const view = new DataView(record.buffer, record.byteOffset, record.length)
  const end = record.length < LENGTH_BYTES ? Infinity : LENGTH_BYTES + view.getUint32(0)
  if (end >= record.length) throw damaged()
  const facts: unknown = JSON.parse(fromUtf8.decode(record.subarray(LENGTH_BYTES, end)))
  if (!isStored(facts)) throw damaged()
  const { crl, label, added, seen } = facts
  return {
    id,
    certificate: record.slice(end),
    added,
    ...(crl !== undefined && { crl }),
    ...(label !== undefined && { label }),
    ...(seen !== undefined && { seen }),
  }
}

type Stored = Omit<TrustedAuthority, 'id' | 'certificate'>

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  const record = new Map<string, unknown>(Object.entries(value))
  return record.get('format') === FORMAT && typeof record.get('added') === 'number'
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The record of an authority cannot be read')
}

function noSuchAuthority(): KmipFault {
  return new KmipFault('OBJECT_NOT_FOUND', 'There is no such authority')
}

function labelOf(id: string, version: number): RecordLabel {
  return { keyspace: 'trust', id: toUtf8.encode(id), version, type: 0 }
}

function keyOf(id: string): Uint8Array {
  return Uint8Array.of(...PREFIX, ...toUtf8.encode(id))
}

const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
const PREFIX = toUtf8.encode('a/other/')
const FORMAT = 1
const LENGTH_BYTES = 4
const ATTEMPTS = 10
/** Each is looked through for every new connection. */
const MOST_AUTHORITIES = 100
