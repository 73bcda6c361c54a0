import type { Sealer } from '../port/sealer.ts'
import type { Entry, KeyRange, StoreReader } from '../port/store.ts'
import { approvalOfKey, openApproval } from './approval-record.ts'
import { readTrusted } from './authority-book.ts'
import { hasAuthority, readAuthority, type AuthorityName } from './authority-record.ts'
import { blinderOf, type Blinder } from './blinder.ts'
import { indexEntriesOf } from './change-set.ts'
import { clientIndexKeys } from './client-keys.ts'
import { openClient } from './client-record.ts'
import { behind, hexOf, kindOf, startsWith } from './entry-kind.ts'
import { identifierAt, placeBytes, placeOf } from './keys.ts'
import { openNamespace } from './namespace-record.ts'
import { openObject } from './object-record.ts'
import { PolicyBook } from './policy-book.ts'
import { RuleBook } from './rule-book.ts'

/** Something that is not as it should be. */
export interface Finding {
  /** What it is about: an identifier, or a key of the store in hexadecimal. */
  readonly where: string
  /** For people; it quotes nothing that was sealed. */
  readonly problem: string
}

/** What was looked at, and what was found. */
export interface Inspection {
  readonly objects: number
  readonly clients: number
  /** Entries of every kind. */
  readonly entries: number
  readonly findings: readonly Finding[]
}

/**
 * Opens every record and holds every index entry against the object or client that has it. Everything is read from one
 * moment of the store; a page at a time, so that others get their turn.
 *
 * @param store - a snapshot, where others may write
 */
export async function inspectRecords(store: StoreReader, sealer: Sealer): Promise<Inspection> {
  const inspector = new Inspector(store, sealer)
  await inspector.namespaces()
  const clients = await inspector.clients()
  await inspector.authorities()
  await inspector.approvals()
  await inspector.policy()
  const objects = await inspector.objects()
  await inspector.strays()
  return { objects, clients, entries: inspector.entries, findings: inspector.findings }
}

class Inspector {
  readonly findings: Finding[] = []
  entries = 0
  readonly #store: StoreReader
  readonly #sealer: Sealer
  readonly #blinder: Blinder
  /** Index entries that are as their object or client says. */
  #right = 0
  /** Records that cannot be opened: what their index entries should be is not known. */
  readonly #lost = new Set<string>()
  /** Identifiers of those that can be opened. */
  readonly #namespaces = new Set<string>()

  constructor(store: StoreReader, sealer: Sealer) {
    this.#store = store
    this.#sealer = sealer
    this.#blinder = blinderOf(sealer)
  }

  async objects(): Promise<number> {
    return this.#records(OBJECTS, 'object', (place, entry) => {
      const stored = openObject(this.#sealer, place, entry)
      this.#checkNamespace(`object ${identifierAt(place)}`, stored.object.namespace)
      return indexEntriesOf(stored, this.#blinder)
    })
  }

  async namespaces(): Promise<void> {
    for await (const entry of this.#scan(NAMESPACES.range)) {
      await this.#attempt(
        `namespace ${hexOf(entry.key)}`,
        'its record cannot be opened',
        async () =>
          Promise.resolve(this.#namespaces.add(openNamespace(this.#sealer, entry).namespace.id)),
      )
    }
  }

  async clients(): Promise<number> {
    const rules = new RuleBook(this.#store, this.#sealer)
    const ids: string[] = []
    const count = await this.#records(CLIENTS, 'client', (id, entry) => {
      ids.push(id)
      const { client } = openClient(this.#sealer, id, entry.value)
      this.#checkNamespace(`client ${id}`, client.namespace)
      const value = toUtf8.encode(id)
      return clientIndexKeys(this.#sealer, client).map((key) => ({ key, value }))
    })
    for (const id of ids) {
      await this.#attempt(id, 'its defaults and constraints cannot be read', async () =>
        rules.read(id),
      )
    }
    return count
  }

  async authorities(): Promise<void> {
    const names: readonly AuthorityName[] = ['ca', 'server', 'audit']
    for (const name of names) {
      // Stores of before the audit have no key for it yet.
      if (name === 'audit' && !(await hasAuthority(this.#store, name))) continue
      await this.#attempt(`certificate ${name}`, 'it cannot be read', async () => {
        const { key } = await readAuthority({ store: this.#store, sealer: this.#sealer }, name)
        key.destroy()
      })
    }
    await this.#attempt('authorities of others', 'they cannot all be read', async () =>
      readTrusted(this.#store, this.#sealer),
    )
  }

  async approvals(): Promise<void> {
    for await (const { key, value } of this.#scan(APPROVALS.range)) {
      const id = approvalOfKey(key)
      await this.#attempt(`approval ${id}`, 'it cannot be read', async () =>
        Promise.resolve(openApproval(this.#sealer, id, value)),
      )
    }
  }

  async policy(): Promise<void> {
    const book = new PolicyBook(this.#store, this.#sealer)
    await this.#attempt('policy', 'it cannot be read', async () => book.read())
  }

  /** Looks at every entry for those that nothing has. Where all were found at their objects, counting is enough. */
  async strays(): Promise<void> {
    let indexed = 0
    for await (const entry of this.#scan(EVERYTHING)) {
      this.entries += 1
      const kind = kindOf(entry.key)
      if (kind === 'index') indexed += 1
      if (kind === undefined) {
        this.#find(hexOf(entry.key), 'nothing of kmipd has such a key')
      }
    }
    if (indexed === this.#right) return
    for await (const entry of this.#scan(EVERYTHING)) {
      if (kindOf(entry.key) === 'index') await this.#checkStray(entry)
    }
  }

  /** Opens each record of a range, and looks for the index entries that it should have. */
  async #records(
    { prefix, range }: Family,
    what: string,
    open: (id: string, entry: Entry) => readonly IndexEntry[],
  ): Promise<number> {
    let count = 0
    for await (const entry of this.#scan(range)) {
      count += 1
      const id = placeOf(entry.key.subarray(prefix.length))
      let index: readonly IndexEntry[]
      try {
        index = open(id, entry)
      } catch {
        this.#lost.add(id)
        this.#find(
          `${what} ${identifierAt(id)}`,
          'its record cannot be opened: it was altered or exchanged',
        )
        continue
      }
      await this.#checkIndex(`${what} ${identifierAt(id)}`, index)
    }
    return count
  }

  #checkNamespace(where: string, namespace: string | undefined): void {
    if (namespace === undefined || this.#namespaces.has(namespace)) return
    this.#find(where, 'it is in a namespace that is not there')
  }

  async #checkIndex(where: string, expected: readonly IndexEntry[]): Promise<void> {
    const found = await this.#store.getMany(expected.map(({ key }) => key))
    for (const [place, { key, value }] of expected.entries()) {
      const entry = found[place]
      if (entry === undefined) this.#find(where, `its index entry ${hexOf(key)} is missing`)
      else if (!isSame(entry.value, value)) {
        this.#find(where, `its index entry ${hexOf(key)} names another`)
      } else this.#right += 1
    }
  }

  async #checkStray({ key, value }: Entry): Promise<void> {
    const id = placeOf(value)
    if (this.#lost.has(id)) return
    const expected = await this.#indexOf(id, key)
    if (expected?.some((each) => isSame(each.key, key)) === true) return
    const owner = expected === undefined ? 'something that is not there' : 'one that has it not'
    this.#find(`index entry ${hexOf(key)}`, `it is of ${owner}`)
  }

  /** What the index entries of an object or client should be; undefined where there is none. */
  async #indexOf(id: string, key: Uint8Array): Promise<readonly IndexEntry[] | undefined> {
    const isClient = startsWith(key, CLIENT_INDEXES)
    const { prefix } = isClient ? CLIENTS : OBJECTS
    const entry = await this.#store.get(Uint8Array.of(...prefix, ...placeBytes(id)))
    if (entry === undefined) return undefined
    if (!isClient) {
      return indexEntriesOf(openObject(this.#sealer, id, entry), this.#blinder)
    }
    const { client } = openClient(this.#sealer, id, entry.value)
    return clientIndexKeys(this.#sealer, client).map((each) => ({ key: each, value: entry.value }))
  }

  async #attempt(where: string, problem: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch {
      this.#find(where, problem)
    }
  }

  #find(where: string, problem: string): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push({ where, problem })
  }

  async *#scan({ from: first, to }: KeyRange): AsyncIterableIterator<Entry> {
    for (let from = first; ;) {
      const page = await this.#store.scan({ from, to }, { limit: PAGE })
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      from = Uint8Array.of(...last.key, 0)
    }
  }
}

/** A key that leads to an object or client, and what lies under it. */
interface IndexEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Records whose keys are a prefix and an identifier. */
interface Family {
  readonly prefix: Uint8Array
  readonly range: KeyRange
}

function family(text: string): Family {
  const prefix = toUtf8.encode(text)
  return { prefix, range: { from: prefix, to: behind(prefix) } }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

const toUtf8 = new TextEncoder()

const OBJECTS = family('o/')
const NAMESPACES = family('t/')
const CLIENTS = family('c/id/')
const APPROVALS = family('q/')
const CLIENT_INDEXES = toUtf8.encode('c/')
const EVERYTHING: KeyRange = { from: new Uint8Array(0), to: Uint8Array.of(0xff) }

/** Entries read at once; the others' turn comes between two pages. */
const PAGE = 64
const MOST_FINDINGS = 1_000
