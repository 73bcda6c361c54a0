import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { integer } from '../schema/primitive.ts'
import { ItemType } from '../ttlv/item.ts'

/** An Integer that one widespread client encodes as an Enumeration; written as the Integer it is. */
export const lenientInteger: Codec<number> = custom(undefined, (version) => {
  const bound = compile(integer, version)
  return {
    decode: (item) => (item.type === ItemType.Enumeration ? item.value : bound.decode(item)),
    encode: (tag, value) => bound.encode(tag, value),
  }
})
