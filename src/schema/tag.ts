import type { Codec } from './codec.ts'
import type { Lifetime, Version } from './version.ts'

/** One row of the tag table: a field of a structure names only its tag, the row says the rest. */
export interface TagRow<T> extends Lifetime {
  /** Normalised name, as in `CryptographicLength`. */
  readonly name: string
  /** Three bytes, as in 0x42002a. */
  readonly number: number
  readonly codec: Codec<T>
}

/** A row before it has its name. */
export type NamelessTagRow<T> = Omit<TagRow<T>, 'name'>

/** Describes a tag: its number, what its value is, and the versions that have it. */
export function tag<T>(
  number: number,
  codec: Codec<T>,
  since: Version = '1.0',
  until?: Version,
): NamelessTagRow<T> {
  return until === undefined ? { number, codec, since } : { number, codec, since, until }
}

/** Gives each row the name of its key. */
export function defineTags<R extends Readonly<Record<string, NamelessTagRow<unknown>>>>(
  rows: R,
): { readonly [K in keyof R]: R[K] extends NamelessTagRow<infer T> ? TagRow<T> : never } {
  const named = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, Object.freeze({ name, ...row })]),
  )
  return Object.freeze(named) as {
    [K in keyof R]: R[K] extends NamelessTagRow<infer T> ? TagRow<T> : never
  }
}
