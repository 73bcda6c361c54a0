import type { Codec } from '../schema/codec.ts'
import { membersOf, type AnyMembers, type MemberTable } from '../schema/enumeration.ts'
import { secretBigInteger, secretBytes, secretText } from '../schema/primitive.ts'
import type { TagRow } from '../schema/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import type { Vocabulary } from '../ttlv/vocabulary.ts'
import { MEMBER_ALIASES } from './alias.ts'
import { attributeByTitle } from './attribute.ts'
import { ENUMERATIONS, HashingAlgorithm, UniqueIdentifier } from './enum/index.ts'
import { ItemType as ItemTypeMembers } from './enum/item-type.ts'
import { MASKS } from './mask/index.ts'
import { Tag } from './tag.ts'

/** Names of the standard's tags, enumerations and bits, both ways, for XML, JSON and text. */
export const vocabulary: Vocabulary = {
  tagName: (tag) => tagsByNumber.get(tag)?.name,
  tagNumber: (name) => tagsByName.get(name)?.number,
  meaningOf,
  enumerationName: (tag, value) =>
    TAGS_OF_TAGS.has(tag) ? tagsByNumber.get(value)?.name : enumerations.get(tag)?.nameOf(value),
  enumerationValue: (tag, name) =>
    TAGS_OF_TAGS.has(tag) ? tagsByName.get(name)?.number : valueOf(enumerations.get(tag), name),
  isMask: (tag) => masks.has(tag),
  bitName: (tag, bit) => masks.get(tag)?.nameOf(bit),
  bitValue: (tag, name) => valueOf(masks.get(tag), name),
  isSecret: (tag) => SECRETS.has(tag),
}

/**
 * The value of an attribute of KMIP 1.x is read by its name. In 2.x only vendor attributes have an Attribute Value, and
 * theirs means nothing to us even where the vendor chose a name of the standard.
 */
function meaningOf(tag: number, before: readonly Item[]): number {
  // An Attribute has two fields before its value; anything longer is no Attribute and not worth searching.
  if (tag !== Tag.AttributeValue.number || before.length > 2) return tag
  if (before.some((item) => item.tag === Tag.VendorIdentification.number)) return tag
  const name = before.findLast((item) => item.tag === Tag.AttributeName.number)
  if (name?.type !== ItemType.TextString) return tag
  return attributeByTitle(utf8.decode(name.value))?.tag.number ?? tag
}

function valueOf(members: MemberTable | undefined, name: string): number | undefined {
  if (members === undefined) return undefined
  const aliases = MEMBER_ALIASES[members.name]
  const alias = aliases !== undefined && Object.hasOwn(aliases, name) ? aliases[name] : undefined
  return members.valueOf(alias ?? name)
}

/** Tables of members by the number of the tag that has the same name. */
function byTagNumber(tables: Readonly<Record<string, AnyMembers>>): [number, MemberTable][] {
  return Object.entries(tables).flatMap(([name, members]) => {
    const row = tagsByName.get(name)
    return row === undefined ? [] : [[row.number, membersOf(members)]]
  })
}

const utf8 = new TextDecoder()

const rows: readonly TagRow<unknown>[] = Object.values(Tag)
const tagsByNumber = new Map(rows.map((row) => [row.number, row]))
const tagsByName = new Map(rows.map((row) => [row.name, row]))

/** Tags whose enumeration is the tags themselves (KMIP 2.1 sections 5.5, 11.56). */
const TAGS_OF_TAGS = new Set([Tag.AttributeReference.number, Tag.Tag.number])

const identifiers = membersOf(UniqueIdentifier)
const enumerations = new Map([
  ...byTagNumber(ENUMERATIONS),
  // Tags that share the enumeration of another.
  [Tag.MaskGeneratorHashingAlgorithm.number, membersOf(HashingAlgorithm)],
  [Tag.ExtensionType.number, membersOf(ItemTypeMembers)],
  [Tag.LinkedObjectIdentifier.number, identifiers],
  [Tag.PrivateKeyUniqueIdentifier.number, identifiers],
  [Tag.PublicKeyUniqueIdentifier.number, identifiers],
  [Tag.ReplacedUniqueIdentifier.number, identifiers],
  [Tag.CertificateRequestUniqueIdentifier.number, identifiers],
])
const masks = new Map(byTagNumber(MASKS))

const SECRET_CODECS: ReadonlySet<Codec<unknown>> = new Set([
  secretBigInteger,
  secretBytes,
  secretText,
])

/** What has a secret codec, and what may hold a secret though its own codec cannot tell. */
const SECRETS = new Set([
  ...rows.filter(({ codec }) => SECRET_CODECS.has(codec)).map(({ number }) => number),
  Tag.CredentialValue.number,
  Tag.KeyValue.number,
  Tag.P.number,
  Tag.Q.number,
  Tag.VendorExtension.number,
])
