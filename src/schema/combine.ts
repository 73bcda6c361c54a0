import type { ItemType } from '../ttlv/item.ts'
import { compile, type BoundCodec, type Codec } from './codec.ts'
import { majorOf, type Major } from './version.ts'

/** One value, two shapes: the codec of the request's major version is the one that is used. */
export function byMajor<T>(codecs: Readonly<Record<Major, Codec<T>>>): Codec<T> {
  return {
    itemType: codecs[1].itemType === codecs[2].itemType ? codecs[1].itemType : undefined,
    bind: (version) => compile(codecs[majorOf(version)], version),
  }
}

/** A codec for `T` made from one for `U`: both directions or neither. */
export function mapped<T, U>(
  codec: Codec<U>,
  convert: { readonly decode: (value: U) => T; readonly encode: (value: T) => U },
): Codec<T> {
  return {
    itemType: codec.itemType,
    bind(version) {
      const bound: BoundCodec<U> = compile(codec, version)
      return {
        decode: (item) => convert.decode(bound.decode(item)),
        encode: (tag, value) => bound.encode(tag, convert.encode(value)),
      }
    },
  }
}

/** A codec with the working parts given for each version; for shapes that no combination describes. */
export function custom<T>(itemType: ItemType | undefined, bind: Codec<T>['bind']): Codec<T> {
  return { itemType, bind }
}
