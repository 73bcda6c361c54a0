import type { AttributeEntry } from '../model/attribute-set.ts'
import type { KeyBlock, KeyValue } from '../model/key-block.ts'
import { KmipFault } from '../fault/fault.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { optional, required } from '../schema/field.ts'
import { notInVersion, wrongType } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { KeyWrappingDataStruct } from '../spec/structure/key-wrapping-data.ts'
import { Tag } from '../spec/tag.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { STORED_LIMITS } from '../ttlv/limits.ts'
import { attributesOfObject } from './attributes.ts'

function decodeMaterial(item: Item | undefined): Pick<KeyValue, 'form' | 'material'> {
  if (item === undefined) throw new KmipFault('MISSING_FIELD', 'Key Material is missing')
  if (item.type === ItemType.ByteString) {
    return { form: 'bytes', material: Secret.copyOf(item.value) }
  }
  if (item.type !== ItemType.Structure) throw wrongType()
  return { form: 'structure', material: Secret.take(encode(item)) }
}

function encodeMaterial(tag: number, { form, material }: KeyValue): Item {
  return material.expose((bytes): Item => {
    return form === 'structure'
      ? decode(bytes, STORED_LIMITS)
      : { tag, type: ItemType.ByteString, value: bytes }
  })
}

const isMaterial = (item: Item): boolean => item.tag === Tag.KeyMaterial.number

const AttributesInKeyValue = struct({ attributes: attributesOfObject })

function decodeAttributes(items: readonly Item[], version: Version): readonly AttributeEntry[] {
  if (items.length === 0) return []
  const holder: Item = { tag: Tag.KeyValue.number, type: ItemType.Structure, value: items }
  return compile(AttributesInKeyValue, version).decode(holder).attributes
}

/**
 * KMIP 1.4 section 2.1.4, KMIP 2.1 section 3.2. Attributes inside a Key Value are read and never written: clients are
 * known that refuse a key which comes with any.
 */
const keyValue: Codec<KeyValue> = custom(undefined, (version) => ({
  decode(item) {
    if (item.type === ItemType.ByteString) {
      return { form: 'wrapped', material: Secret.copyOf(item.value), attributes: [] }
    }
    if (item.type !== ItemType.Structure) throw wrongType()
    const material = decodeMaterial(item.value.find(isMaterial))
    const others = item.value.filter((child) => !isMaterial(child))
    return { ...material, attributes: decodeAttributes(others, version) }
  },
  encode(tag, value) {
    if (value.form === 'wrapped') {
      return value.material.expose((bytes): Item => ({
        tag,
        type: ItemType.ByteString,
        value: bytes,
      }))
    }
    return { tag, type: ItemType.Structure, value: [encodeMaterial(Tag.KeyMaterial.number, value)] }
  },
}))

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
export const KeyBlockStruct: Codec<KeyBlock> = whole(keyBlockFields())

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
