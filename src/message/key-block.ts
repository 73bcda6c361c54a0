import type { KeyBlock } from '../model/key-block.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { optional, required } from '../schema/field.ts'
import { notInVersion } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { KeyWrappingDataStruct } from '../spec/structure/key-wrapping-data.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import { curveFormatIn } from './curve-format.ts'
import { keyValue } from './key-value.ts'

/** A structure that is written whole or not at all: a key without what it is would be taken for another. */
function whole<T extends object>(codec: Codec<T>): Codec<T> {
  return custom(ItemType.Structure, (version) => {
    const bound = compile(codec, version)
    return {
      decode: (item) => bound.decode(item),
      encode(tag, value) {
        const item = bound.encode(tag, value)
        const written = item.type === ItemType.Structure ? item.value.length : 0
        const held = Object.values(value).filter((field) => field !== undefined).length
        if (written < held) throw notInVersion()
        return item
      },
    }
  })
}

/** KMIP 1.4 section 2.1.3, KMIP 2.1 section 3.1. */
export const KeyBlockStruct: Codec<KeyBlock> = custom(ItemType.Structure, (version) => {
  const bound = compile(wholeKeyBlock, version)
  return {
    decode: (item) => bound.decode(item),
    encode: (tag, block) => bound.encode(tag, curveFormatIn(block, version)),
  }
})

const wholeKeyBlock: Codec<KeyBlock> = whole(keyBlockFields())

function keyBlockFields(): Codec<KeyBlock> {
  return struct({
    keyFormatType: required(Tag.KeyFormatType),
    keyCompressionType: optional(Tag.KeyCompressionType),
    keyValue: optional(Tag.KeyValue, keyValue),
    cryptographicAlgorithm: optional(Tag.CryptographicAlgorithm),
    cryptographicLength: optional(Tag.CryptographicLength),
    keyWrappingData: optional(Tag.KeyWrappingData, KeyWrappingDataStruct),
  })
}
