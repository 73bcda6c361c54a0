import { KmipFault } from '../fault/fault.ts'
import type { Item } from '../ttlv/item.ts'
import { compile, type Codec } from './codec.ts'
import type { TagRow } from './tag.ts'
import { existsIn, existsInMajor, type Lifetime, type Version } from './version.ts'

export type Presence = 'required' | 'optional' | 'repeated'

interface Bound<T> {
  /** The tags whose items belong to this field; the first names it in errors. */
  readonly tags: readonly { readonly number: number; readonly name: string }[]
  /** Whether answers in this version hold the field. */
  readonly written: boolean
  /** Appends the items of a value. */
  write(value: T, into: Item[]): void
}

/** A field of which at most one item may come. */
export interface SingleField<T> extends Bound<T> {
  readonly many: false
  /** The value of the item, or of its absence. */
  read(item: Item | undefined): T | undefined
}

/** A field of which any number of items may come. */
export interface ManyField<T> extends Bound<T> {
  readonly many: true
  read(items: readonly Item[]): T
}

/** A field made ready for one version: which items of the structure are its own, and how they become its value. */
export type BoundField<T> = SingleField<T> | ManyField<T>

/** One field of a structure. `bind` gives nothing for versions whose major number never had it. */
export interface Field<T, P extends Presence = Presence> {
  readonly presence: P
  bind(version: Version): BoundField<T> | undefined
}

/** What a field may say beside its tag. */
export interface FieldOptions extends Lifetime {}

type CodecOrOptions<T> = Codec<T> | FieldOptions

function isCodec<T>(value: CodecOrOptions<T> | undefined): value is Codec<T> {
  return value !== undefined && 'bind' in value
}

interface Described<T> {
  readonly codec: Codec<T>
  readonly life: Lifetime
}

function describe<T>(
  row: TagRow<unknown>,
  second: CodecOrOptions<T> | undefined,
  third: FieldOptions | undefined,
): Described<T> {
  if (isCodec(second)) return { codec: second, life: third ?? {} }
  return { codec: row.codec as Codec<T>, life: second ?? {} }
}

function single<T, P extends Presence>(
  presence: P,
  row: TagRow<unknown>,
  described: Described<T>,
): Field<T, P> {
  const { codec, life } = described
  return {
    presence,
    bind(version) {
      if (!existsInMajor(row, version) || !existsInMajor(life, version)) return undefined
      const bound = compile(codec, version)
      const encode = (value: T) => bound.encode(row.number, value)
      return {
        tags: [row],
        many: false,
        written: existsIn(row, version) && existsIn(life, version),
        read: (item) => (item === undefined ? undefined : bound.decode(item)),
        write:
          presence === 'required'
            ? (value, into) => into.push(encode(value))
            : (value, into) => {
                writeSayable(value, encode, into)
              },
      }
    },
  }
}

/** Appends the item of a value unless the version has no words for it. */
export function writeSayable<T>(value: T, encode: (value: T) => Item, into: Item[]): void {
  try {
    into.push(encode(value))
  } catch (error) {
    if (!(error instanceof KmipFault && error.code === 'NOT_IN_VERSION')) throw error
  }
}

/** Runs `decode`; a fault in it learns the name of the field it was in. */
export function within<T>(row: { readonly name: string }, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw error instanceof KmipFault ? error.within(row.name) : error
  }
}

/** A field that must be there. */
export function required<T>(row: TagRow<T>, options?: FieldOptions): Field<T, 'required'>
export function required<T>(
  row: TagRow<unknown>,
  codec: Codec<T>,
  options?: FieldOptions,
): Field<T, 'required'>
export function required<T>(
  row: TagRow<unknown>,
  second?: CodecOrOptions<T>,
  third?: FieldOptions,
): Field<T, 'required'> {
  return single('required', row, describe(row, second, third))
}

/** A field that may be there once. */
export function optional<T>(row: TagRow<T>, options?: FieldOptions): Field<T, 'optional'>
export function optional<T>(
  row: TagRow<unknown>,
  codec: Codec<T>,
  options?: FieldOptions,
): Field<T, 'optional'>
export function optional<T>(
  row: TagRow<unknown>,
  second?: CodecOrOptions<T>,
  third?: FieldOptions,
): Field<T, 'optional'> {
  return single('optional', row, describe(row, second, third))
}

/** A field that may be there any number of times; its value is the list, empty when there is none. */
export function repeated<T>(row: TagRow<T>, options?: FieldOptions): Field<readonly T[], 'repeated'>
export function repeated<T>(
  row: TagRow<unknown>,
  codec: Codec<T>,
  options?: FieldOptions,
): Field<readonly T[], 'repeated'>
export function repeated<T>(
  row: TagRow<unknown>,
  second?: CodecOrOptions<T>,
  third?: FieldOptions,
): Field<readonly T[], 'repeated'> {
  const { codec, life } = describe<T>(row, second, third)
  return {
    presence: 'repeated',
    bind(version) {
      if (!existsInMajor(row, version) || !existsInMajor(life, version)) return undefined
      const bound = compile(codec, version)
      const encode = (value: T) => bound.encode(row.number, value)
      return {
        tags: [row],
        many: true,
        written: existsIn(row, version) && existsIn(life, version),
        read: (items) =>
          items.map((item, index) =>
            within({ name: `${row.name}[${index}]` }, () => bound.decode(item)),
          ),
        write: (values, into) => {
          for (const value of values) writeSayable(value, encode, into)
        },
      }
    },
  }
}

/** A field that is not in the message: structures that a tag tells apart carry their kind in it. */
export function constant<const T>(value: T): Field<T, 'required'> {
  const bound: BoundField<T> = {
    tags: [],
    many: false,
    written: false,
    read: () => value,
    write: () => undefined,
  }
  return { presence: 'required', bind: () => bound }
}
