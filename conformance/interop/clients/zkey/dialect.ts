import { enumeration, integer, structure, text, type AnyTag, type TagName } from '../wire/bytes.ts'
import { attribute } from '../wire/message.ts'
import type { Field } from '../wire/field.ts'

/** An attribute of the standard, or a text of zkey's own. */
export type Entry =
  | {
      readonly title: string
      readonly tag: TagName
      readonly write: (tag: AnyTag) => Uint8Array
    }
  | { readonly own: string; readonly value: string }

/** What is written and read otherwise in 1.x and 2.x. */
export interface Dialect {
  /** Attributes of a new object, or filters. */
  template(entries: readonly Entry[]): Buffer
  filters(entries: readonly Entry[]): readonly Uint8Array[]
  added(entry: Entry): Buffer
  /** What names one of zkey's own attributes, to delete it. */
  reference(own: string): readonly Uint8Array[]
  /** What is in a payload of Get Attributes, by the titles of 1.x; zkey's own by their own names. */
  read(payload: Field): ReadonlyMap<string, Field>
}

export const v1: Dialect = {
  template: (entries) => structure('TemplateAttribute', ...entries.map(attributeOf)),
  filters: (entries) => entries.map(attributeOf),
  added: attributeOf,
  reference: (own) => [text('AttributeName', `x-${own}`)],
  read: (payload) =>
    new Map(
      payload
        .all('Attribute')
        .map((each) => [
          each.at('AttributeName').text().replace(/^x-/u, ''),
          each.at('AttributeValue'),
        ]),
    ),
}

export const v2: Dialect = {
  template: (entries) => structure('Attributes', ...entries.map(itemOf)),
  filters: (entries) => [structure('Attributes', ...entries.map(itemOf))],
  added: (entry) => structure('NewAttribute', itemOf(entry)),
  reference: (own) => [
    structure('AttributeReference', text('VendorIdentification', 'x'), text('AttributeName', own)),
  ],
  read: (payload) =>
    new Map(
      payload
        .at('Attributes')
        .children.map((each) =>
          each.name === 'Attribute'
            ? [each.at('AttributeName').text(), each.at('AttributeValue')]
            : [each.name.replace(/(?<=[a-z])(?=[A-Z])/gu, ' '), each],
        ),
    ),
}

function attributeOf(entry: Entry): Buffer {
  return 'own' in entry
    ? attribute(`x-${entry.own}`, (tag) => text(tag, entry.value))
    : attribute(entry.title, entry.write)
}

function itemOf(entry: Entry): Uint8Array {
  if (!('own' in entry)) return entry.write(entry.tag)
  return structure(
    'Attribute',
    text('VendorIdentification', 'x'),
    text('AttributeName', entry.own),
    text('AttributeValue', entry.value),
  )
}

export function member(title: string, value: number): Entry {
  return { title, tag: tagOf(title), write: (tag) => enumeration(tag, value) }
}

export function number(title: string, value: number): Entry {
  return { title, tag: tagOf(title), write: (tag) => integer(tag, value) }
}

/** The tags of the attributes that it uses. */
function tagOf(title: string): TagName {
  const tag = TAGS[title]
  if (tag === undefined) throw new RangeError(title)
  return tag
}

const TAGS: Readonly<Record<string, TagName>> = {
  State: 'State',
  'Object Type': 'ObjectType',
  'Cryptographic Algorithm': 'CryptographicAlgorithm',
  'Cryptographic Length': 'CryptographicLength',
  'Cryptographic Usage Mask': 'CryptographicUsageMask',
}
