import { KmipFault } from '../fault/fault.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { AttributeSet } from '../model/attribute-set.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { optional, repeated, required, type BoundField, type Field } from '../schema/field.ts'
import { anyItem, integer, longInteger, text } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { defineTags, tag } from '../schema/tag.ts'
import { existsIn, type Version } from '../schema/version.ts'
import { Attribute } from '../spec/attribute.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Tag } from '../spec/tag.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { STORED_LIMITS } from '../ttlv/limits.ts'
import type { ObjectContent } from '../model/content.ts'
import { managedObject } from './managed-object.ts'
import { decodeAttribute, encodeAttribute } from './v2/attribute.ts'

/** Records are written in the newest version: its forms can say everything that those of the older ones can. */
const RECORD_VERSION: Version = '2.1'

/** Whose enumerations and attributes the newest version no longer has: Template, Transparent ECDSA Private Key. */
const RETIRED_VERSION: Version = '1.4'

/** Records are ours; their tags lie in the range that the standard leaves to extensions. */
const RecordTag = defineTags({
  Record: tag(0x54_4b_01, anyItem),
  Owner: tag(0x54_4b_02, text),
  Sequence: tag(0x54_4b_03, longInteger),
  Instance: tag(0x54_4b_04, anyItem),
  InstanceIndex: tag(0x54_4b_05, integer),
  Namespace: tag(0x54_4b_06, text),
})

/** An object with its place in the order of creation. */
export interface RecordedObject {
  readonly object: ManagedObject
  /** Grows with every object that is created. */
  readonly sequence: bigint
}

/** An attribute instance with its index, which Attributes of KMIP 2.x do not carry. */
const instance: Codec<AttributeEntry> = custom<AttributeEntry>(ItemType.Structure, (version) => {
  const asIndex = compile(integer, version)
  return {
    decode(item) {
      const [index, value] = item.type === ItemType.Structure ? item.value : []
      if (index === undefined || value === undefined) throw damaged()
      const entry = recalled((asked) => decodeAttribute(value, asked), version)
      return { reference: entry.reference, index: asIndex.decode(index), value: entry.value }
    },
    encode: (tagNumber, entry) => ({
      tag: tagNumber,
      type: ItemType.Structure,
      value: [
        asIndex.encode(RecordTag.InstanceIndex.number, entry.index ?? 0),
        encodeAttribute(entry, versionToKeep(entry, version)),
      ],
    }),
  }
})

/** Attributes that 2.x has given up have fields that it has given up too. */
function versionToKeep({ reference }: AttributeEntry, version: Version): Version {
  const isKnown = isVendorReference(reference) || existsIn(Attribute[reference.name], version)
  return isKnown ? version : RETIRED_VERSION
}

/** The object itself, or nothing once it is destroyed. */
const content: Field<ObjectContent, 'optional'> = {
  presence: 'optional',
  bind(version) {
    const bound = managedObject.bind(version)
    return {
      ...bound,
      read: (item: Item | undefined) =>
        recalled((asked) => managedObject.bind(asked).read(item), version),
    } satisfies BoundField<ObjectContent>
  },
}

const objectType: Codec<ObjectType> = custom(ItemType.Enumeration, (version) => ({
  decode: (item) => recalled((asked) => compile(Tag.ObjectType.codec, asked).decode(item), version),
  encode: (tagNumber, value) => compile(Tag.ObjectType.codec, version).encode(tagNumber, value),
}))

/** Reads in the record's version, or in that of KMIP 1.x where the value is one that 2.x has given up. */
function recalled<T>(read: (version: Version) => T, version: Version): T {
  try {
    return read(version)
  } catch (error) {
    if (error instanceof KmipFault) return read(RETIRED_VERSION)
    throw error
  }
}

const RecordStruct = struct({
  uniqueIdentifier: required(Tag.UniqueIdentifier, text),
  objectType: required(Tag.ObjectType, objectType),
  owner: required(RecordTag.Owner),
  // Absent in records from before there were namespaces, and of those who are in none.
  namespace: optional(RecordTag.Namespace),
  sequence: required(RecordTag.Sequence),
  attributes: repeated(RecordTag.Instance, instance),
  // Templates are of KMIP 1.x alone, so their content has no form in the newest version.
  template: repeated(RecordTag.Record, instance),
  keyValuePresent: optional(Tag.KeyValuePresent),
  content,
})

/** The bytes of an object's record. They hold key material: seal them, and zero them. */
export function encodeRecord({ object, sequence }: RecordedObject): Uint8Array {
  const { attributes, content: held, namespace, ...rest } = object
  const isTemplate = held !== undefined && 'attributes' in held
  const item = compile(RecordStruct, RECORD_VERSION).encode(RecordTag.Record.number, {
    ...rest,
    ...(namespace === undefined ? {} : { namespace }),
    sequence,
    attributes: [...attributes.entries()],
    template: isTemplate ? held.attributes : [],
    ...(held === undefined || isTemplate ? {} : { content: held }),
    keyValuePresent: held !== undefined,
  })
  return encode(item)
}

/** The object of a record's bytes. Throws `UNAVAILABLE` when they are no record. */
export function decodeRecord(bytes: Uint8Array): RecordedObject {
  const item: Item = decode(bytes, STORED_LIMITS)
  const {
    attributes,
    template,
    content: held,
    sequence,
    keyValuePresent,
    ...rest
  } = compile(RecordStruct, RECORD_VERSION).decode(item)
  return {
    sequence,
    object: {
      ...rest,
      attributes: AttributeSet.from(attributes),
      // Only a template is present without content of its own: see encodeRecord.
      content: held ?? (keyValuePresent === true ? templateOf(template) : undefined),
    },
  }
}

function templateOf(attributes: readonly AttributeEntry[]): ObjectContent {
  return { objectType: ObjectType.Template, attributes }
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'A stored object cannot be read')
}
