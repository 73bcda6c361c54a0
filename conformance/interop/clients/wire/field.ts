import { Tag } from '../../../../src/spec/tag.ts'
import { TYPE, tagNumber, type AnyTag } from './bytes.ts'

/** What a client makes of an answer that it cannot read. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError'
}

/** One item of an answer, read without the server's decoder. */
export class Field {
  readonly tag: number
  readonly type: number
  readonly #value: Buffer
  #children: readonly Field[] | undefined

  constructor(tag: number, type: number, value: Buffer) {
    this.tag = tag
    this.type = type
    this.#value = value
  }

  /** The name of its tag, for people. */
  get name(): string {
    return NAMES.get(this.tag) ?? `0x${this.tag.toString(16)}`
  }

  /** The fields of a structure. */
  get children(): readonly Field[] {
    this.#expect(TYPE.structure)
    this.#children ??= fieldsOf(this.#value)
    return this.#children
  }

  all(tag: AnyTag): readonly Field[] {
    return this.children.filter((child) => child.tag === tagNumber(tag))
  }

  /** The first field of that tag, wherever it is, or undefined. */
  maybe(tag: AnyTag): Field | undefined {
    return this.children.find((child) => child.tag === tagNumber(tag))
  }

  /** The field at the end of a path of tags. */
  at(...path: readonly AnyTag[]): Field {
    return path.reduce<Field>((field, tag) => {
      const child = field.maybe(tag)
      if (child === undefined) throw new ReaderError(`no ${String(tag)} in ${field.name}`)
      return child
    }, this)
  }

  text(): string {
    this.#expect(TYPE.text)
    return this.#value.toString('utf8')
  }

  bytes(): Buffer {
    this.#expect(TYPE.bytes)
    return this.#value
  }

  /** The bytes of what may be a structure instead. */
  maybeBytes(): Buffer | undefined {
    return this.type === TYPE.bytes ? this.#value : undefined
  }

  /** An integer, enumeration or interval. */
  number(): number {
    if (this.type === TYPE.integer) return this.#value.readInt32BE()
    if (this.type !== TYPE.interval) this.#expect(TYPE.enumeration)
    return this.#value.readUInt32BE()
  }

  boolean(): boolean {
    this.#expect(TYPE.boolean)
    return this.#value.readBigUInt64BE() === 1n
  }

  /** A time, in seconds since 1970. */
  seconds(): number {
    this.#expect(TYPE.dateTime)
    return Number(this.#value.readBigInt64BE())
  }

  #expect(type: number): void {
    if (this.type !== type) throw new ReaderError(`${this.name} has type ${this.type}, not ${type}`)
  }
}

const NAMES = new Map<number, string>(
  Object.entries(Tag).map(([name, { number }]) => [number, name]),
)

/** The items that lie one after the other. */
export function fieldsOf(buffer: Buffer): readonly Field[] {
  const fields: Field[] = []
  let rest = buffer
  while (rest.length > 0) {
    if (rest.length < 8) throw new ReaderError(`${rest.length} bytes left over`)
    const length = rest.readUInt32BE(4)
    const end = 8 + Math.ceil(length / 8) * 8
    if (end > rest.length) throw new ReaderError('an item is longer than what holds it')
    fields.push(new Field(rest.readUIntBE(0, 3), rest.readUInt8(3), rest.subarray(8, 8 + length)))
    rest = rest.subarray(end)
  }
  return fields
}

/** A whole message. */
export function messageOf(buffer: Buffer): Field {
  const [message, ...more] = fieldsOf(buffer)
  if (message === undefined || more.length > 0) throw new ReaderError('not one message')
  return message
}

/** Reads the fields of a structure one after the other, as clients do that know but one order. */
export class Positions {
  readonly #structure: Field
  #next = 0

  constructor(structure: Field) {
    this.#structure = structure
  }

  /** The next field, which must be this. */
  take(tag: AnyTag): Field {
    const field = this.maybe(tag)
    if (field === undefined) {
      throw new ReaderError(`${this.#peek()?.name ?? 'nothing'} where ${String(tag)} must be`)
    }
    return field
  }

  /** The next field, if it is this. */
  maybe(tag: AnyTag): Field | undefined {
    const field = this.#peek()
    if (field?.tag !== tagNumber(tag)) return undefined
    this.#next += 1
    return field
  }

  /** The next fields, as long as they are this. */
  many(tag: AnyTag): readonly Field[] {
    const fields: Field[] = []
    for (let field = this.maybe(tag); field !== undefined; field = this.maybe(tag)) {
      fields.push(field)
    }
    return fields
  }

  /** There must be no more. */
  end(): void {
    const left = this.#peek()
    if (left !== undefined)
      throw new ReaderError(`${left.name} is left over in ${this.#structure.name}`)
  }

  #peek(): Field | undefined {
    return this.#structure.children[this.#next]
  }
}
