import { KmipFault } from '../fault/fault.ts'
import { hexOfTag, ItemType, type Item } from '../ttlv/item.ts'
import type { BoundCodec, Codec } from './codec.ts'
import type { BoundField, Field, Presence } from './field.ts'
import { wrongType } from './primitive.ts'
import { isNewestOfMajor, type Version } from './version.ts'

export type Fields = Readonly<Record<string, Field<unknown>>>

type KeysOf<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]['presence'] extends P ? K : never
}[keyof F]
type FieldValue<X> = X extends Field<infer T> ? T : never
type Flat<T> = { [K in keyof T]: T[K] }

/** The values of a structure with these fields. */
export type StructValue<F extends Fields> = Flat<
  { readonly [K in KeysOf<F, 'required' | 'repeated'>]: FieldValue<F[K]> } & {
    readonly [K in KeysOf<F, 'optional'>]?: FieldValue<F[K]>
  }
>

/** A structure: a codec that also shows its fields, to documentation and to generators of test data. */
export interface StructCodec<F extends Fields> extends Codec<StructValue<F>> {
  readonly fields: F
}

interface NamedField {
  readonly key: string
  readonly presence: Presence
  readonly bound: BoundField<unknown>
  /** Nothing is to be done when no item of the field is there. */
  readonly isSkipped: boolean
}

/** What came for a field: one item, a list of them, or nothing. */
type Slot = Item | Item[] | undefined

const NONE: readonly Item[] = []

function bindFields(fields: Fields, version: Version): NamedField[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const bound = field.bind(version)
    if (bound === undefined) return []
    const isSkipped = field.presence === 'optional' && !bound.many
    return [{ key, presence: field.presence, bound, isSkipped }]
  })
}

function nameOf({ key, bound }: NamedField): string {
  return bound.tags[0]?.name ?? key
}

/** A structure made ready for one version. */
class BoundStruct implements BoundCodec<Record<string, unknown>> {
  readonly #fields: readonly NamedField[]
  readonly #written: readonly NamedField[]
  /** Where the field of a tag stands among the fields. */
  readonly #owners: ReadonlyMap<number, number>
  readonly #isStrict: boolean

  constructor(fields: Fields, version: Version) {
    this.#fields = bindFields(fields, version)
    this.#written = this.#fields.filter(({ bound }) => bound.written)
    this.#owners = new Map(
      this.#fields.flatMap(({ bound }, at) => bound.tags.map(({ number }) => [number, at])),
    )
    // KMIP 1.4 section 11.1: fields that are not known are ignored unless both minor versions are the same.
    this.#isStrict = isNewestOfMajor(version)
  }

  decode(item: Item): Record<string, unknown> {
    if (item.type !== ItemType.Structure) throw wrongType()
    const slots = this.#sort(item.value)
    const value: Record<string, unknown> = {}
    for (let at = 0; at < slots.length; at += 1) {
      const field = this.#fields[at]
      const slot = slots[at]
      if (field === undefined || (slot === undefined && field.isSkipped)) continue
      const read = readSlot(field, slot)
      if (read !== undefined) value[field.key] = read
      else if (field.presence === 'required') {
        throw new KmipFault('MISSING_FIELD', `${nameOf(field)} is missing`)
      }
    }
    return value
  }

  encode(tag: number, value: Record<string, unknown>): Item {
    const items: Item[] = []
    for (const { key, bound } of this.#written) {
      const field = value[key]
      if (field !== undefined) bound.write(field, items)
    }
    return { tag, type: ItemType.Structure, value: items }
  }

  /**
   * Sorts items to their fields, whatever their order. Clients are known to send header fields in another order than
   * the standard's, and order carries no meaning between fields.
   */
  #sort(items: readonly Item[]): readonly Slot[] {
    const slots = new Array<Slot>(this.#fields.length)
    for (const item of items) {
      const at = this.#owners.get(item.tag)
      if (at !== undefined) this.#place(item, at, slots)
      else if (this.#isStrict) {
        throw new KmipFault(
          'UNKNOWN_FIELD',
          `A structure holds the unknown field ${hexOfTag(item.tag)}`,
        )
      }
    }
    return slots
  }

  #place(item: Item, at: number, slots: Slot[]): void {
    const slot = slots[at]
    const field = this.#fields[at]
    if (Array.isArray(slot)) slot.push(item)
    else if (field?.bound.many === true) slots[at] = [item]
    else if (slot === undefined) slots[at] = item
    else if (field !== undefined) {
      throw new KmipFault('REPEATED_FIELD', `${nameOf(field)} comes more than once`)
    }
  }
}

function readSlot({ bound }: NamedField, slot: Slot): unknown {
  if (bound.many) return bound.read(Array.isArray(slot) ? slot : NONE)
  const item = Array.isArray(slot) ? slot[0] : slot
  const [name, ...others] = bound.tags
  // Of several tags, the field itself says which it was.
  if (name === undefined || others.length > 0) return bound.read(item)
  try {
    return bound.read(item)
  } catch (error) {
    throw error instanceof KmipFault ? error.within(name.name) : error
  }
}

/** Describes a structure of the standard by its fields, in the standard's order. */
export function struct<const F extends Fields>(fields: F): StructCodec<F> {
  return {
    fields,
    itemType: ItemType.Structure,
    bind: (version) => new BoundStruct(fields, version) as BoundCodec<StructValue<F>>,
  }
}
