import type { Item, ItemType } from '../ttlv/item.ts'
import { rankOf, type Version } from './version.ts'

/** A codec made ready for one version of the protocol. */
export interface BoundCodec<T> {
  /** The value of an item; throws a `KmipFault` when it has none of the right kind. */
  decode(item: Item): T
  /** The item of a value. */
  encode(tag: number, value: T): Item
}

/**
 * How the value of one kind of item and a TypeScript value become one another. A codec is a plain value: structures
 * are built from smaller codecs and the type of their values is inferred from them.
 */
export interface Codec<T> {
  /** The wire type; undefined where several may come. */
  readonly itemType: ItemType | undefined
  bind(version: Version): BoundCodec<T>
}

/** The type of the values of a codec. */
export type Infer<C> = C extends Codec<infer T> ? T : never

type Bindings = (BoundCodec<unknown> | undefined)[]

const bindings = new WeakMap<Codec<unknown>, Bindings>()

/** Binds a codec to a version, once for each pair. */
export function compile<T>(codec: Codec<T>, version: Version): BoundCodec<T> {
  let perVersion = bindings.get(codec)
  if (perVersion === undefined) {
    perVersion = []
    bindings.set(codec, perVersion)
  }
  const rank = rankOf(version)
  let bound = perVersion[rank]
  if (bound === undefined) {
    bound = codec.bind(version)
    perVersion[rank] = bound
  }
  return bound as BoundCodec<T>
}
