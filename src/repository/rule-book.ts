import { KmipFault } from '../fault/fault.ts'
import { decodeRules, encodeRules } from '../message/creation-rules.ts'
import { NO_RULES, type CreationRules } from '../model/creation-rules.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { Entry, Revision, StoreReader } from '../port/store.ts'
import type { CommitPart } from './commit-part.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** The rules of one client as they are stored. */
export interface StoredRules {
  readonly rules: CreationRules
  /** Counts the writes of the record; 0 while there is none. */
  readonly version: number
  readonly revision: Revision | 'absent'
}

const NONE: StoredRules = { rules: NO_RULES, version: 0, revision: 'absent' }

/** Bytes of the rules of one client: they stay in memory. */
const MOST_BYTES = 65_536

/** What each client has laid down for its new objects: one sealed record each, held in memory once it was asked for. */
export class RuleBook {
  readonly #store: Pick<StoreReader, 'get'>
  readonly #sealer: Sealer
  readonly #held = new Map<string, StoredRules>()
  #changes = 0

  constructor(store: Pick<StoreReader, 'get'>, sealer: Sealer) {
    this.#store = store
    this.#sealer = sealer
  }

  /** Throws `UNAVAILABLE` when the record was altered. */
  async read(owner: string): Promise<StoredRules> {
    const held = this.#held.get(owner)
    if (held !== undefined) return held
    const changes = this.#changes
    const entry = await this.#store.get(this.#keyOf(owner))
    const rules = entry === undefined ? NONE : this.#open(owner, entry)
    // What changed meanwhile is not what was read.
    if (changes === this.#changes) this.#held.set(owner, rules)
    return rules
  }

  /** The writing of rules in the place of those that were read. Throws `INVALID_FIELD` where they are too many. */
  replacement(owner: string, before: StoredRules, rules: CreationRules): CommitPart {
    const key = this.#keyOf(owner)
    const value = this.#seal(owner, rules, before.version + 1)
    return {
      changes: { checks: [{ key, revision: before.revision }], puts: [{ key, value }], dels: [] },
      stored: () => undefined,
    }
  }

  /** Has the rules read anew: those in memory are behind what is stored, or may be. */
  forget(owner: string): void {
    this.#changes += 1
    this.#held.delete(owner)
  }

  #seal(owner: string, rules: CreationRules, version: number): Uint8Array {
    const plaintext = encodeRules(rules)
    if (plaintext.length > MOST_BYTES) {
      throw new KmipFault('INVALID_FIELD', 'The defaults and constraints are too long')
    }
    const sealed = this.#sealer.seal(labelOf(owner, version), plaintext)
    return versioned(version, sealed)
  }

  #keyOf(owner: string): Uint8Array {
    return ruleKeyOf(this.#sealer, toUtf8.encode(owner)).key
  }

  #open(owner: string, { value, revision }: Entry): StoredRules {
    if (value.length <= VERSION_BYTES) throw damaged()
    const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
    const opened = this.#sealer.open(labelOf(owner, version), value.subarray(VERSION_BYTES))
    try {
      return { rules: opened.expose(decodeRules), version, revision }
    } catch (cause) {
      throw cause instanceof KmipFault ? damaged() : cause
    } finally {
      opened.destroy()
    }
  }
}

/** Where the rules of a client lie, and what of that says whose they are. */
export function ruleKeyOf(
  sealer: Sealer,
  owner: Uint8Array,
): { readonly key: Uint8Array; readonly blinded: Uint8Array } {
  const blinded = sealer.blind('rules', owner)
  return { key: Uint8Array.of(...RULES, ...blinded), blinded }
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The rules of a client cannot be read')
}

function labelOf(owner: string, version: number): RecordLabel {
  return { keyspace: 'rules', id: toUtf8.encode(owner), version, type: 0 }
}

const toUtf8 = new TextEncoder()
const RULES = toUtf8.encode('r/')
