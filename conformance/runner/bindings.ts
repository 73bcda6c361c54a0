/** What the names of a conversation stand for. */
export class Bindings {
  /** Seconds since the epoch when the conversation began: what `$NOW` means throughout it. */
  readonly now: number
  readonly #values: Map<string, string>
  /** Dates that requests gave an attribute, by attribute and the way the file spells them. */
  readonly #dates: Map<string, string>
  /** Names of objects whose material the server chose. */
  readonly #generated: Set<string>
  readonly #publicKeys: Set<string>
  /** The latest output of cryptography, by the name that files write for its field. */
  readonly #outputs: Map<string, string>
  /** All output of cryptography so far. */
  readonly #given: Set<string>

  constructor(now: number, from?: Bindings) {
    this.now = now
    this.#values = new Map<string, string>(from === undefined ? [] : from.#values)
    this.#dates = new Map<string, string>(from === undefined ? [] : from.#dates)
    this.#generated = new Set<string>(from === undefined ? [] : from.#generated)
    this.#publicKeys = new Set<string>(from === undefined ? [] : from.#publicKeys)
    this.#outputs = new Map<string, string>(from === undefined ? [] : from.#outputs)
    this.#given = new Set<string>(from === undefined ? [] : from.#given)
  }

  /** The same bindings, for a trial that must leave no trace. */
  copy(): Bindings {
    return new Bindings(this.now, this)
  }

  /** The bindings of the next file of a chain: its names mean the same objects, but time has moved on. */
  at(now: number): Bindings {
    return new Bindings(now, this)
  }

  valueOf(name: string): string | undefined {
    return this.#values.get(name)
  }

  bind(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** The other name of the same family, as in `$UNIQUE_IDENTIFIER_`, that stands for this value. */
  ownerOf(name: string, value: string): string | undefined {
    const family = familyOf(name)
    for (const [other, bound] of this.#values) {
      if (other !== name && familyOf(other) === family && bound === value) return other
    }
    return undefined
  }

  /** Remembers that a request gave an attribute this date. */
  sendDate(attribute: string, spelling: string, value: string): void {
    this.#dates.set(`${attribute} ${spelling}`, value)
  }

  /** The date that the last request with this attribute and spelling gave it. */
  sentDate(attribute: string, spelling: string): string | undefined {
    return this.#dates.get(`${attribute} ${spelling}`)
  }

  /** Remembers that the server chose the material of an object. */
  addGenerated(uniqueIdentifier: string): void {
    this.#generated.add(uniqueIdentifier)
  }

  isGenerated(uniqueIdentifier: string): boolean {
    return this.#generated.has(uniqueIdentifier)
  }

  addPublicKey(uniqueIdentifier: string): void {
    this.#publicKeys.add(uniqueIdentifier)
  }

  isPublicKey(uniqueIdentifier: string): boolean {
    return this.#publicKeys.has(uniqueIdentifier)
  }

  giveOutput(family: string, value: string): void {
    this.#outputs.set(family, value)
    this.#given.add(value)
  }

  /** Whether the server gave this value as the output of cryptography. */
  hasGiven(value: string): boolean {
    return this.#given.has(value)
  }

  /** What a name stands for that no answer shows: the latest output of its field, from now on. */
  bindOutput(name: string): string | undefined {
    const value = this.#outputs.get(familyOf(name))
    if (value !== undefined) this.bind(name, value)
    return value
  }
}

function familyOf(name: string): string {
  return name.replace(/_?\d*$/u, '')
}
