import { KmipFault } from '../fault/fault.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
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

const NONE: readonly Item[] = []

function bindFields(fields: Fields, version: Version): NamedField[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const bound = field.bind(version)
    if (bound === undefined) return []
    const isSkipped = field.presence === 'optional' && !bound.many
    return [{ key, presence: field.presence, bound, isSkipped }]
  })
}

/**
 * Sorts items to their fields, whatever their order. Clients are known to send header fields in another order than
 * the standard's, and order carries no meaning between fields.
 */
function sortItems(
  items: readonly Item[],
  owners: ReadonlyMap<number, number>,
  count: number,
  strict: boolean,
): readonly (readonly Item[] | undefined)[] {
  // Most fields of most structures are absent: a list is made only for those that are there.
  const slots = new Array<Item[] | undefined>(count).fill(undefined)
  for (const item of items) {
    const owner = owners.get(item.tag)
    if (owner !== undefined) (slots[owner] ??= []).push(item)
    else if (strict) {
      const tag = item.tag.toString(16).padStart(6, '0')
      throw new KmipFault('UNKNOWN_FIELD', `A structure holds the unknown field 0x${tag}`)
    }
  }
  return slots
}

function readField(
  { key, presence, bound }: NamedField,
  items: readonly Item[],
  into: Record<string, unknown>,
): void {
  const name = bound.tags[0]?.name ?? key
  if (items.length > 1 && !bound.many) {
    throw new KmipFault('REPEATED_FIELD', `${name} comes more than once`)
  }
  const value = bound.read(items)
  if (value !== undefined) into[key] = value
  else if (presence === 'required') throw new KmipFault('MISSING_FIELD', `${name} is missing`)
}

/** Makes a structure for one version ready to read and write. */
function bindStruct(fields: Fields, version: Version): BoundCodec<Record<string, unknown>> {
  const named = bindFields(fields, version)
  const owners = new Map(
    named.flatMap(({ bound }, index) => bound.tags.map(({ number }) => [number, index])),
  )
  const written = named.filter(({ bound }) => bound.written)
  // KMIP 1.4 section 11.1: fields that are not known are ignored unless both minor versions are the same.
  const strict = isNewestOfMajor(version)
  return {
    decode(item) {
      if (item.type !== ItemType.Structure) throw wrongType()
      const slots = sortItems(item.value, owners, named.length, strict)
      const value: Record<string, unknown> = {}
      for (let index = 0; index < named.length; index += 1) {
        const field = named[index]
        const own = slots[index]
        if (field === undefined || (own === undefined && field.isSkipped)) continue
        readField(field, own ?? NONE, value)
      }
      return value
    },
    encode(tag, value) {
      const items: Item[] = []
      for (const { key, bound } of written) {
        const field = value[key]
        if (field === undefined) continue
        for (const item of bound.write(field)) items.push(item)
      }
      return { tag, type: ItemType.Structure, value: items }
    },
  }
}

/** Describes a structure of the standard by its fields, in the standard's order. */
export function struct<const F extends Fields>(fields: F): StructCodec<F> {
  return {
    fields,
    itemType: ItemType.Structure,
    bind: (version) => bindStruct(fields, version) as BoundCodec<StructValue<F>>,
  }
}
