import { attributeItem } from '../message/attribute-item.ts'
import type { AttributeFilter } from '../message/locate.ts'
import { referenceKey, type AttributeReference } from '../model/attribute-reference.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { ItemType, type Item, type ItemOf } from '../ttlv/item.ts'
import { Tag } from '../spec/tag.ts'

/** All that is asked of one attribute; two dates are a range. */
export interface Criterion {
  readonly reference: AttributeReference
  readonly items: readonly Item[]
}

/** The date that stands for "no such attribute" in a filter (KMIP 1.4 section 4.9). */
const UNDEFINED_DATE = 0x7fff_ffff_ffff_ffffn

/** Brings the filters of each attribute together. */
export function criteriaOf(filters: readonly AttributeFilter[]): readonly Criterion[] {
  const byKey = new Map<string, { reference: AttributeReference; items: Item[] }>()
  for (const { reference, item } of filters) {
    const key = referenceKey(reference)
    const criterion = byKey.get(key)
    if (criterion === undefined) byKey.set(key, { reference, items: [item] })
    else criterion.items.push(item)
  }
  return [...byKey.values()]
}

/** The two ends of a range of dates, earliest first; one date alone is both ends. */
export function dateRange(items: readonly Item[]): readonly [bigint, bigint] | undefined {
  const dates = items.flatMap((item) => (item.type === ItemType.DateTime ? [item.value] : []))
  const [first, second = first] = dates
  if (first === undefined || second === undefined || dates.length !== items.length) return undefined
  return first <= second ? [first, second] : [second, first]
}

export function asksForAbsence({ items }: Criterion): boolean {
  return (
    items.length === 1 && items[0]?.type === ItemType.DateTime && items[0].value === UNDEFINED_DATE
  )
}

/** Whether an object has everything that is asked for. */
export function matchesAll(object: ManagedObject, criteria: readonly Criterion[]): boolean {
  return criteria.every((criterion) => matches(object, criterion))
}

function matches({ attributes }: ManagedObject, criterion: Criterion): boolean {
  const { reference, items } = criterion
  const instances = attributes.instances(reference)
  if (asksForAbsence(criterion)) return instances.length === 0
  const held = instances.map(({ value }) => attributeItem({ reference, value }))
  const range = dateRange(items)
  if (range !== undefined) return held.some((item) => isWithin(item, range))
  return items.every((wanted) => held.some((item) => matchesItem(wanted, item)))
}

function isWithin(item: Item, [earliest, latest]: readonly [bigint, bigint]): boolean {
  return item.type === ItemType.DateTime && earliest <= item.value && item.value <= latest
}

/** Fields of a structure that a filter leaves out match anything; bits of a mask must all be there. */
function matchesItem(wanted: Item, held: Item): boolean {
  if (wanted.type === ItemType.Structure) {
    return held.type === ItemType.Structure && matchesFields(wanted.value, held.value)
  }
  if (wanted.type !== held.type) return false
  if (wanted.type === ItemType.Integer && vocabulary.isMask(held.tag)) {
    return (wanted.value & Number(held.value)) === wanted.value
  }
  if (isAmount(wanted) && isAmount(held)) return held.value >= wanted.value
  return isSameLeaf(wanted.value, held.value)
}

function matchesFields(wanted: readonly Item[], held: readonly Item[]): boolean {
  return wanted.every((field) =>
    held.some((other) => other.tag === field.tag && matchesItem(field, other)),
  )
}

/** Usage Limits match when there is as much or more (KMIP 1.4 section 4.9). */
function isAmount(item: Item): item is ItemOf<typeof ItemType.LongInteger> {
  const isLimit =
    item.tag === Tag.UsageLimitsTotal.number || item.tag === Tag.UsageLimitsCount.number
  return isLimit && item.type === ItemType.LongInteger
}

function isSameLeaf(wanted: Item['value'], held: Item['value']): boolean {
  if (!(wanted instanceof Uint8Array && held instanceof Uint8Array)) return wanted === held
  return wanted.length === held.length && wanted.every((byte, index) => byte === held[index])
}
