import { KmipFault } from '../fault/fault.ts'
import { xmlOfDefaults } from '../message/creation-rules.ts'
import type { Clock } from '../port/clock.ts'
import type { KeyLines } from '../port/key-lines.ts'
import type { Random } from '../port/random.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Check, Store } from '../port/store.ts'
import { behind } from './entry-kind.ts'
import type { Limits } from './limits.ts'
import { namespaceKey, openNamespace, sealNamespace, type Namespace } from './namespace-record.ts'

/** What officers lay down for a namespace. */
export type NamespaceTerms = Partial<Pick<Namespace, 'limits' | 'defaults'>>

/** Of the defaults of one namespace, in characters: they stay in memory, and in its record. */
const LONGEST_DEFAULTS = 262_144

/** The namespaces of one store: durable in it, and held in memory. */
export interface NamespaceRegistry {
  /** In the order of their names. */
  list(): readonly Namespace[]
  /** By its identifier. */
  get(id: string): Namespace | undefined
  /** By its name. Throws `OBJECT_NOT_FOUND`. */
  named(name: string): Namespace
  /** Throws `INVALID_FIELD` for a name that is not one, `NAME_TAKEN`, `UNAVAILABLE` also where no keys are left. */
  add(name: string, limits?: Limits): Promise<Namespace>
  /**
   * Changes what is laid down for a namespace. Throws `OBJECT_NOT_FOUND`, `INVALID_FIELD` for defaults that are too
   * long, `UNAVAILABLE`.
   */
  change(name: string, next: NamespaceTerms): Promise<Namespace>
  /**
   * Removes a namespace with its keys: nothing that was sealed in it can ever be opened again.
   *
   * @param empty - throws where anything of it must stay; it is called when nobody is put into it any more
   * @throws KmipFault `OBJECT_NOT_FOUND`, `UNAVAILABLE`, and what `empty` throws: then it is what it was
   */
  remove(name: string, empty: (namespace: Namespace) => Promise<void>): Promise<void>
}

export interface NamespaceDeps {
  readonly store: Store
  readonly sealer: Sealer
  readonly keys: Pick<KeyLines, 'begin' | 'end'>
  readonly clock: Clock
  readonly random: Pick<Random, 'identifier'>
}

/**
 * A name of a namespace: 1 to 64 letters, digits and `. _ - @`, beginning with none of `. -`. `default` is the name of
 * the keys of those who are in none.
 */
export function isNamespaceName(name: string): boolean {
  return /^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$/.test(name) && name.toLowerCase() !== 'default'
}

/** Reads every namespace. Throws `UNAVAILABLE` when a record is damaged. */
export async function openNamespaceRegistry(deps: NamespaceDeps): Promise<NamespaceRegistry> {
  const registry = new StoredNamespaces(deps)
  await registry.load()
  return registry
}

/** A namespace as it lies in the store. */
interface Held {
  readonly namespace: Namespace
  /** Counts the writes of its record, first 1. */
  readonly version: number
}

class StoredNamespaces implements NamespaceRegistry {
  readonly #deps: NamespaceDeps
  readonly #byId = new Map<string, Held>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: NamespaceDeps) {
    this.#deps = deps
  }

  async load(): Promise<void> {
    const { store, sealer } = this.#deps
    const to = behind(RECORDS)
    for (let from = RECORDS; ;) {
      const entries = await store.scan({ from, to }, { limit: PAGE })
      for (const entry of entries) {
        const held = openNamespace(sealer, entry)
        this.#byId.set(held.namespace.id, held)
      }
      const last = entries.at(-1)
      if (last === undefined || entries.length < PAGE) return
      from = Uint8Array.of(...last.key, 0)
    }
  }

  list(): readonly Namespace[] {
    const all = Array.from(this.#byId.values(), ({ namespace }) => namespace)
    return all.sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  get(id: string): Namespace | undefined {
    return this.#byId.get(id)?.namespace
  }

  named(name: string): Namespace {
    return this.#named(name).namespace
  }

  async add(name: string, limits: Limits = {}): Promise<Namespace> {
    if (!isNamespaceName(name)) {
      throw new KmipFault('INVALID_FIELD', 'Not a name for a namespace')
    }
    return this.#inTurn(async () => {
      const { clock, random, keys } = this.#deps
      if (this.list().some((each) => each.name === name)) {
        throw new KmipFault('NAME_TAKEN', `There is a namespace of the name ${name} already`)
      }
      const namespace = {
        id: random.identifier(),
        name,
        added: Math.trunc(clock.now()),
        limits,
        defaults: [],
      }
      await keys.begin(namespace.id)
      try {
        await this.#write({ namespace, version: 0 }, namespace)
      } catch (error) {
        await keys.end(namespace.id)
        throw error
      }
      return namespace
    })
  }

  async change(name: string, terms: NamespaceTerms): Promise<Namespace> {
    const { defaults = [] } = terms
    if (xmlOfDefaults(defaults).length > LONGEST_DEFAULTS) {
      throw new KmipFault('INVALID_FIELD', 'The defaults are too long')
    }
    return this.#inTurn(async () => {
      const held = this.#named(name)
      const next = { ...held.namespace, ...terms }
      await this.#write(held, next)
      return next
    })
  }

  async remove(name: string, empty: (namespace: Namespace) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const { isEnding = false, ...before } = this.#named(name).namespace
      const ending = { ...before, isEnding: true }
      if (!isEnding) await this.#write(this.#named(name), ending)
      try {
        await empty(ending)
      } catch (error) {
        await this.#write(this.#named(name), before)
        throw error
      }
      // The keys first: what is left when this is interrupted is done by removing it once more.
      await this.#deps.keys.end(before.id)
      await this.#delete(before)
    })
  }

  #named(name: string): Held {
    for (const held of this.#byId.values()) if (held.namespace.name === name) return held
    throw new KmipFault('OBJECT_NOT_FOUND', `There is no namespace ${name}`)
  }

  async #write({ version: before }: Held, namespace: Namespace): Promise<void> {
    const { store, sealer } = this.#deps
    const version = before + 1
    const key = namespaceKey(sealer, namespace.name)
    const puts = [{ key, value: sealNamespace(sealer, namespace, version) }]
    const outcome = await store.commit({ checks: await this.#checks(key), puts, dels: [] })
    if (outcome === 'conflict') throw conflict()
    this.#byId.set(namespace.id, { namespace, version })
  }

  async #delete({ id, name }: Namespace): Promise<void> {
    const { store, sealer } = this.#deps
    const key = namespaceKey(sealer, name)
    const checks = await this.#checks(key)
    if ((await store.commit({ checks, puts: [], dels: [key] })) === 'conflict') throw conflict()
    this.#byId.delete(id)
  }

  /** A key-encryption key may be replaced meanwhile, which moves the record and changes nothing else. */
  async #checks(key: Uint8Array): Promise<readonly Check[]> {
    const entry = await this.#deps.store.get(key)
    return [{ key, revision: entry?.revision ?? 'absent' }]
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

function conflict(): KmipFault {
  return new KmipFault('CONFLICT', 'The namespace was changed by someone else')
}

const toUtf8 = new TextEncoder()
/** Namespace records: `namespace-record.ts` says what lies under them. */
const RECORDS = toUtf8.encode('t/')
const PAGE = 1_000
