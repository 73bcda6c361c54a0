import { KmipFault } from '../fault/fault.ts'
import type { Constraint, CreationRules, ObjectDefaults } from '../model/creation-rules.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { required } from '../schema/field.ts'
import { anyItem } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { defineTags, tag } from '../schema/tag.ts'
import { existsIn, type Version } from '../schema/version.ts'
import type { ObjectType } from '../spec/enum/object-type.ts'
import {
  ConstraintsStruct,
  type ObjectGroups,
  type Constraint as SentConstraint,
} from '../spec/structure/constraint.ts'
import {
  DefaultsInformationStruct,
  type ObjectDefaults as SentDefaults,
} from '../spec/structure/defaults-information.ts'
import { Tag } from '../spec/tag.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { STORED_LIMITS } from '../ttlv/limits.ts'
import { decodeXml, encodeXml } from '../ttlv/xml.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { attributes } from './v2/attribute.ts'

/** Defaults Information (KMIP 2.1 section 7.11), its Object Types one by one. */
export const defaultsInformation: Codec<readonly ObjectDefaults[]> = custom(
  ItemType.Structure,
  (version) => {
    const bound = compile(DefaultsInformationStruct, version)
    return {
      decode: (item) =>
        bound.decode(item).objectDefaults.flatMap((sent) => defaultsOf(sent, version)),
      encode: (tagNumber, defaults) => {
        // A version that has no word for groups would tell of these as if they were for all objects.
        const sayable = defaults.filter(
          ({ objectGroups }) => objectGroups.length === 0 || existsIn(Tag.ObjectGroups, version),
        )
        const objectDefaults = sayable.map((each) => sentDefaults(each, version))
        return bound.encode(tagNumber, { objectDefaults })
      },
    }
  },
)

/** Constraints (KMIP 2.1 section 7.7). */
export const constraints: Codec<readonly Constraint[]> = custom(ItemType.Structure, (version) => {
  const bound = compile(ConstraintsStruct, version)
  return {
    decode: (item) => bound.decode(item).constraint.map((sent) => constraintOf(sent, version)),
    encode: (tagNumber, list) =>
      bound.encode(tagNumber, { constraint: list.map((each) => sentConstraint(each, version)) }),
  }
})

function defaultsOf(sent: SentDefaults, version: Version): ObjectDefaults[] {
  const { objectType, objectTypes } = sent
  const types = typesOf(objectType, objectTypes?.objectType)
  const entries = entriesOf(sent.attributes, version)
  const objectGroups = groupsOf(sent.objectGroups)
  return types.map((each) => ({ objectType: each, objectGroups, entries }))
}

/** Either one Object Type is given or several (KMIP 2.1 section 7.22). */
function typesOf(
  one: ObjectType | undefined,
  several: readonly ObjectType[] | undefined,
): readonly ObjectType[] {
  if (one !== undefined && several === undefined) return [one]
  if (one === undefined && several !== undefined && several.length > 0) return several
  throw new KmipFault('INVALID_FIELD', 'Object Defaults are for one Object Type or for several')
}

function sentDefaults(
  { objectType, objectGroups, entries }: ObjectDefaults,
  version: Version,
): SentDefaults {
  const sent = { objectType, attributes: itemsOf(entries, version) }
  return objectGroups.length === 0 ? sent : { ...sent, objectGroups: { objectGroup: objectGroups } }
}

function constraintOf(sent: SentConstraint, version: Version): Constraint {
  return {
    objectTypes: sent.objectTypes?.objectType ?? [],
    objectGroups: groupsOf(sent.objectGroups),
    entries: entriesOf(sent.attributes ?? [], version),
  }
}

function sentConstraint({ entries, ...rest }: Constraint, version: Version): SentConstraint {
  const { objectTypes, objectGroups } = rest
  return {
    ...(objectTypes.length === 0 ? {} : { objectTypes: { objectType: objectTypes } }),
    ...(objectGroups.length === 0 ? {} : { objectGroups: { objectGroup: objectGroups } }),
    attributes: itemsOf(entries, version),
  }
}

function groupsOf(sent: ObjectGroups | undefined): readonly string[] {
  return sent?.objectGroup ?? []
}

function entriesOf(items: readonly Item[], version: Version): readonly AttributeEntry[] {
  const item = { tag: Tag.Attributes.number, type: ItemType.Structure, value: items } as const
  return compile(attributes, version).decode(item)
}

function itemsOf(entries: readonly AttributeEntry[], version: Version): readonly Item[] {
  const item = compile(attributes, version).encode(Tag.Attributes.number, entries)
  return item.type === ItemType.Structure ? item.value : []
}

/** Records are written in the version that has these structures. */
const RECORD_VERSION: Version = '2.1'

/** Records are ours; their tags lie in the range that the standard leaves to extensions. */
const RecordTag = defineTags({ Rules: tag(0x54_4b_10, anyItem) })

const RecordStruct = struct({
  defaults: required(Tag.DefaultsInformation, defaultsInformation),
  constraints: required(Tag.Constraints, constraints),
})

/**
 * Reads Defaults Information as the profile of KMIP for XML writes it, in the form of 2.1.
 *
 * @throws KmipFault `INVALID_FIELD` for what is something else, and what `decodeXml` and the codecs of attributes throw
 */
export function defaultsOfXml(text: string): readonly ObjectDefaults[] {
  const item = decodeXml(text, vocabulary, STORED_LIMITS)
  if (item.tag !== Tag.DefaultsInformation.number) {
    throw new KmipFault('INVALID_FIELD', 'This is no Defaults Information')
  }
  return compile(defaultsInformation, RECORD_VERSION).decode(item)
}

/** Writes Defaults Information so that {@link defaultsOfXml} reads it. */
export function xmlOfDefaults(defaults: readonly ObjectDefaults[]): string {
  const codec = compile(defaultsInformation, RECORD_VERSION)
  const item = codec.encode(Tag.DefaultsInformation.number, defaults)
  return new TextDecoder().decode(encodeXml(item, vocabulary))
}

/** The bytes of a client's rules. */
export function encodeRules(rules: CreationRules): Uint8Array {
  return encode(compile(RecordStruct, RECORD_VERSION).encode(RecordTag.Rules.number, rules))
}

/** The rules of a record's bytes. Throws a fault when they are no record. */
export function decodeRules(bytes: Uint8Array): CreationRules {
  return compile(RecordStruct, RECORD_VERSION).decode(decode(bytes, STORED_LIMITS))
}
