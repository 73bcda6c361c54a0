import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { CertificateKey, ClientDirectory } from '../port/client-directory.ts'
import type { Clock } from '../port/clock.ts'
import type { Random } from '../port/random.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Commit, Entry, Store } from '../port/store.ts'
import type { CommitPart } from './commit-part.ts'
import {
  certificateIndexKey,
  clientIndexKeys,
  clientNameKey,
  clientRecordKey,
  joinKey,
  keysBeside,
} from './client-keys.ts'
import { ruleKeyOf } from './rule-book.ts'
import { readClients, type Held } from './client-scan.ts'
import { sealClient, type Client, type ClientKey } from './client-record.ts'

export interface NewClient {
  readonly name: string
  readonly role: string
  /** Identifier of the namespace that it is put into; without it the client is a tenant by itself. */
  readonly namespace?: string | undefined
  readonly key: ClientKey
}

/** The clients of one store: durable in it, and in memory for {@link ClientDirectory}. */
export interface ClientRegistry {
  /** Sees every client from the moment `add` resolved until the moment `remove` did. */
  readonly directory: ClientDirectory
  /** In the order of their names. */
  list(): readonly Client[]
  find(id: string): Client | undefined
  /**
   * Throws `INVALID_FIELD` for a name that is not one, `NAME_TAKEN`, `OBJECT_EXISTS` for a key that another client
   * has, `UNAVAILABLE`.
   */
  add(client: NewClient): Promise<Client>
  /**
   * The putting of one key of a client in the place of another, which opens nothing from then on. Throws
   * `NOT_PERMITTED` when the client has no such key any more, `INVALID_FIELD` for a key that any client has.
   */
  replacement(id: string, old: CertificateKey, key: ClientKey): Promise<CommitPart>
  /**
   * Changes a client; `next` says what it then is, and may throw. Throws `OBJECT_NOT_FOUND` when there is no such client
   * (any more), `OBJECT_EXISTS` for a key that a client has, `CONFLICT`, `UNAVAILABLE`.
   */
  change(id: string, next: (client: Client) => Client): Promise<Client>
  /** Throws `OBJECT_NOT_FOUND` when there is no such client (any more). */
  remove(id: string): Promise<void>
  /** Has `task` called at once after any of them was changed or removed. */
  watch(task: () => void): void
}

export interface RegistryDeps {
  readonly store: Store
  readonly sealer: Sealer
  readonly clock: Clock
  readonly random: Pick<Random, 'identifier'>
}

/**
 * A name of a client: 1 to 64 letters, digits and `. _ - @`, beginning with none of `. -`. Nothing in it means
 * anything to a shell, a path, a pattern or a distinguished name. `ca` is refused because a client's files lie beside
 * the authority's.
 */
export function isClientName(name: string): boolean {
  return /^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$/.test(name) && name.toLowerCase() !== 'ca'
}

/** Reads every client. Throws `UNAVAILABLE` when a record is damaged. */
export async function openClientRegistry(deps: RegistryDeps): Promise<ClientRegistry> {
  const registry = new StoredClients(deps)
  await registry.load()
  return registry
}

class StoredClients implements ClientRegistry {
  readonly #deps: RegistryDeps
  readonly #byId = new Map<string, Held>()
  readonly #byKey = new Map<string, Identity>()
  /** Keys that a client has put another in the place of, and whose; the oldest first. */
  readonly #replaced = new Map<string, string>()
  readonly #watchers: (() => void)[] = []

  constructor(deps: RegistryDeps) {
    this.#deps = deps
  }

  readonly directory: ClientDirectory = {
    identify: (key) => this.#byKey.get(joinKey(key)),
    mayFinish: (key) => {
      const held = this.#byId.get(this.#replaced.get(joinKey(key)) ?? '')
      return held !== undefined && held.client.isSuspended !== true
    },
  }

  async load(): Promise<void> {
    const { store, sealer } = this.#deps
    for await (const held of readClients(store, sealer)) this.#hold(held)
  }

  list(): readonly Client[] {
    const clients = Array.from(this.#byId.values(), ({ client }) => client)
    return clients.sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  find(id: string): Client | undefined {
    return this.#byId.get(id)?.client
  }

  async add({ name, role, namespace, key }: NewClient): Promise<Client> {
    if (!isClientName(name)) throw new KmipFault('INVALID_FIELD', 'Not a name for a client')
    const { clock, random, store, sealer } = this.#deps
    const client: Client = {
      id: random.identifier(),
      name,
      role,
      namespace,
      keys: [key],
      added: Math.trunc(clock.now()),
    }
    const held: Held = { client, version: 1 }
    const outcome = await store.commit(this.#insertion(held, sealClient(sealer, client, 1)))
    if (outcome === 'conflict') throw await this.#refusal(name)
    this.#hold(held)
    return client
  }

  async replacement(id: string, old: CertificateKey, key: ClientKey): Promise<CommitPart> {
    const record = await this.#deps.store.get(clientRecordKey(id))
    const held = this.#byId.get(id)
    const isOld = (each: CertificateKey) => joinKey(each) === joinKey(old)
    if (record === undefined || held?.client.keys.some(isOld) !== true) {
      throw new KmipFault('NOT_PERMITTED', 'The client has no such key any more')
    }
    if (this.#byKey.has(joinKey(key))) {
      throw new KmipFault('INVALID_FIELD', 'A client has this key already')
    }
    const kept = held.client.keys.filter((each) => !isOld(each))
    const next: Held = {
      client: { ...held.client, keys: [...kept, key] },
      version: held.version + 1,
    }
    const { sealer } = this.#deps
    const indexOf = (each: CertificateKey) => certificateIndexKey(sealer, each)
    return {
      get changes() {
        return {
          checks: [
            { key: record.key, revision: record.revision },
            { key: indexOf(key), revision: 'absent' },
          ],
          puts: [
            { key: record.key, value: sealClient(sealer, next.client, next.version) },
            { key: indexOf(key), value: toUtf8.encode(id) },
          ],
          dels: [indexOf(old)],
        } as const
      },
      stored: () => {
        this.#noteReplaced(joinKey(old), id)
        this.#hold(next, held)
      },
    }
  }

  async change(id: string, next: (client: Client) => Client): Promise<Client> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const record = await this.#deps.store.get(clientRecordKey(id))
      const held = this.#byId.get(id)
      if (held === undefined || record === undefined) throw noSuchClient()
      const after: Held = { client: next(held.client), version: held.version + 1 }
      const commit = this.#changing(record, held, after)
      if ((await this.#deps.store.commit(commit)) !== 'conflict') {
        this.#hold(after, held)
        this.#tell()
        return after.client
      }
      if (await this.#isTaken(keysBeside(after.client, held.client))) throw keyTaken()
    }
    throw new KmipFault('CONFLICT', 'Others keep changing the client')
  }

  watch(task: () => void): void {
    this.#watchers.push(task)
  }

  async remove(id: string): Promise<void> {
    const held = this.#byId.get(id)
    const record = await this.#deps.store.get(clientRecordKey(id))
    if (held === undefined || record === undefined) throw noSuchClient()
    const outcome = await this.#deps.store.commit({
      checks: [{ key: record.key, revision: record.revision }],
      puts: [],
      dels: [
        record.key,
        ...clientIndexKeys(this.#deps.sealer, held.client),
        // Nobody could say any more whose they were.
        ruleKeyOf(this.#deps.sealer, toUtf8.encode(id)).key,
      ],
    })
    if (outcome === 'conflict') throw noSuchClient()
    this.#byId.delete(id)
    for (const key of held.client.keys) this.#byKey.delete(joinKey(key))
    this.#tell()
  }

  async #isTaken(keys: readonly ClientKey[]): Promise<boolean> {
    const { store, sealer } = this.#deps
    const found = await store.getMany(keys.map((key) => certificateIndexKey(sealer, key)))
    return found.some((entry) => entry !== undefined)
  }

  #tell(): void {
    for (const task of this.#watchers) task()
  }

  #noteReplaced(key: string, id: string): void {
    this.#replaced.set(key, id)
    const [oldest] = this.#replaced.keys()
    if (this.#replaced.size > MOST_REPLACED && oldest !== undefined) this.#replaced.delete(oldest)
  }

  #changing({ key, revision }: Entry, before: Held, { client, version }: Held): Commit {
    const { sealer } = this.#deps
    const indexOf = (each: CertificateKey) => certificateIndexKey(sealer, each)
    const fresh = keysBeside(client, before.client).map(indexOf)
    const id = toUtf8.encode(client.id)
    return {
      checks: [
        { key, revision },
        ...fresh.map((each) => ({ key: each, revision: 'absent' as const })),
      ],
      puts: [
        { key, value: sealClient(sealer, client, version) },
        ...fresh.map((each) => ({ key: each, value: id })),
      ],
      dels: keysBeside(before.client, client).map(indexOf),
    }
  }

  #insertion({ client }: Held, sealed: Uint8Array): Commit {
    const indexes = clientIndexKeys(this.#deps.sealer, client)
    const id = toUtf8.encode(client.id)
    const key = clientRecordKey(client.id)
    return {
      checks: [key, ...indexes].map((each) => ({ key: each, revision: 'absent' as const })),
      puts: [{ key, value: sealed }, ...indexes.map((each) => ({ key: each, value: id }))],
      dels: [],
    }
  }

  async #refusal(name: string): Promise<KmipFault> {
    const taken = await this.#deps.store.get(clientNameKey(this.#deps.sealer, name))
    return taken === undefined
      ? keyTaken()
      : new KmipFault('NAME_TAKEN', `There is a client of the name ${name} already`)
  }

  #hold(held: Held, before?: Held): void {
    const { id, name, role, namespace, keys, isSuspended = false } = held.client
    this.#byId.set(id, held)
    for (const key of before?.client.keys ?? []) this.#byKey.delete(joinKey(key))
    if (isSuspended) return
    for (const key of keys) {
      const { issuer, subject, object } = key
      const credential = object === undefined ? { issuer, subject } : { issuer, subject, object }
      this.#byKey.set(joinKey(key), { id, name, role, namespace, credential })
    }
  }
}

function keyTaken(): KmipFault {
  return new KmipFault('OBJECT_EXISTS', 'A client has this key already')
}

function noSuchClient(): KmipFault {
  return new KmipFault('OBJECT_NOT_FOUND', 'There is no such client')
}

const ATTEMPTS = 20
/** Far more than can be replaced while one answer is under way. */
const MOST_REPLACED = 1_000
const toUtf8 = new TextEncoder()
