import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { CertificateKey, ClientDirectory } from '../port/client-directory.ts'
import type { Clock } from '../port/clock.ts'
import type { Random } from '../port/random.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Entry, Store } from '../port/store.ts'
import type { CommitPart } from './commit-part.ts'
import { changeOf, insertionOf, removalOf } from './client-commit.ts'
import {
  certificateIndexKey,
  clientNameKey,
  clientRecordKey,
  joinKey,
  keysBeside,
} from './client-keys.ts'
import { readClients, type Held } from './client-scan.ts'
import { openClient, type Client, type ClientKey } from './client-record.ts'

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
  /** By its name. */
  named(name: string): Client | undefined
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
  /** Throws `OBJECT_NOT_FOUND` when there is no such client (any more), `CONFLICT`, `UNAVAILABLE`. */
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
  readonly #byName = new Map<string, string>()
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

  named(name: string): Client | undefined {
    return this.find(this.#byName.get(name) ?? '')
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
    const outcome = await store.commit(insertionOf(sealer, held))
    if (outcome === 'conflict') throw await this.#refusal(name)
    this.#hold(held)
    return client
  }

  async replacement(id: string, old: CertificateKey, key: ClientKey): Promise<CommitPart> {
    const found = await this.#stored(id)
    const isOld = (each: CertificateKey) => joinKey(each) === joinKey(old)
    if (found?.held.client.keys.some(isOld) !== true) {
      throw new KmipFault('NOT_PERMITTED', 'The client has no such key any more')
    }
    if (this.#byKey.has(joinKey(key))) {
      throw new KmipFault('INVALID_FIELD', 'A client has this key already')
    }
    const { record, held } = found
    const kept = held.client.keys.filter((each) => !isOld(each))
    const next: Held = {
      client: { ...held.client, keys: [...kept, key] },
      version: held.version + 1,
    }
    const { sealer } = this.#deps
    return {
      get changes() {
        return changeOf(sealer, record, held.client, next)
      },
      stored: () => {
        // Whoever was removed since stays so.
        if (!this.#byId.has(id)) return
        this.#noteReplaced(joinKey(old), id)
        this.#hold(next)
      },
    }
  }

  async change(id: string, next: (client: Client) => Client): Promise<Client> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.#stored(id)
      if (found === undefined) throw noSuchClient()
      const { record, held } = found
      const after: Held = { client: next(held.client), version: held.version + 1 }
      const { store, sealer } = this.#deps
      const commit = changeOf(sealer, record, held.client, after)
      if ((await store.commit(commit)) !== 'conflict') {
        this.#hold(after)
        this.#tell()
        return after.client
      }
      if (await this.#isTaken(keysBeside(after.client, held.client))) throw keyTaken()
    }
    throw contended()
  }

  watch(task: () => void): void {
    this.#watchers.push(task)
  }

  async remove(id: string): Promise<void> {
    const { store, sealer } = this.#deps
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.#stored(id)
      if (found === undefined) throw noSuchClient()
      const { record, held } = found
      const outcome = await store.commit(removalOf(sealer, record, held.client))
      if (outcome !== 'conflict') {
        this.#letGo(id)
        this.#tell()
        return
      }
    }
    throw contended()
  }

  /** A client as it lies in the store: what has become of it may not have been told of here yet. */
  async #stored(id: string): Promise<{ record: Entry; held: Held } | undefined> {
    const { store, sealer } = this.#deps
    const record = await store.get(clientRecordKey(id))
    return record && { record, held: openClient(sealer, id, record.value) }
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

  async #refusal(name: string): Promise<KmipFault> {
    const taken = await this.#deps.store.get(clientNameKey(this.#deps.sealer, name))
    return taken === undefined
      ? keyTaken()
      : new KmipFault('NAME_TAKEN', `There is a client of the name ${name} already`)
  }

  #letGo(id: string): void {
    const { name = '', keys = [] } = this.#byId.get(id)?.client ?? {}
    for (const key of keys) this.#byKey.delete(joinKey(key))
    this.#byId.delete(id)
    // Another client may have the name by now.
    if (this.#byName.get(name) === id) this.#byName.delete(name)
  }

  /** Changes may be told of in another order than they were made in: the latest counts. */
  #hold(held: Held): void {
    const { id, name, role, namespace, keys, isSuspended = false } = held.client
    const before = this.#byId.get(id)
    if (before !== undefined && before.version >= held.version) return
    this.#letGo(id)
    this.#byId.set(id, held)
    this.#byName.set(name, id)
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

function contended(): KmipFault {
  return new KmipFault('CONFLICT', 'Others keep changing the client')
}

function noSuchClient(): KmipFault {
  return new KmipFault('OBJECT_NOT_FOUND', 'There is no such client')
}

const ATTEMPTS = 20
/** Far more than can be replaced while one answer is under way. */
const MOST_REPLACED = 1_000
