import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { AdjustmentType } from '../spec/enum/adjustment-type.ts'
import { Attribute } from '../spec/attribute.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { addAttribute, modifyAttribute, type AttributeChange } from './attribute-change.ts'
import { isVendorReference, type AttributeReference } from './attribute-reference.ts'
import { vendorItem } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/** By how much a value is moved, and which way (KMIP 2.1 section 11.1). */
export interface Adjustment {
  readonly reference: AttributeReference
  readonly adjustmentType: AdjustmentType
  /** Absent: 1. */
  readonly adjustmentValue?: Item
}

/** The types whose values can be adjusted, with the least and the greatest value of each. */
const RANGES: ReadonlyMap<number, readonly [bigint, bigint]> = new Map([
  [ItemType.Integer, [-(2n ** 31n), 2n ** 31n - 1n]],
  [ItemType.LongInteger, [-(2n ** 63n), 2n ** 63n - 1n]],
  [ItemType.Interval, [0n, 2n ** 32n - 1n]],
  [ItemType.DateTime, [-8_640_000_000_000n, 8_640_000_000_000n]],
  [ItemType.DateTimeExtended, [-(2n ** 63n), 2n ** 63n - 1n]],
])

/**
 * Moves the value of an attribute by an amount (KMIP 2.1 section 6.1.3). Throws `ATTRIBUTE_MULTI_VALUED`,
 * `INVALID_DATA_TYPE` for what cannot be counted, `NUMERIC_RANGE`, and what adding and modifying throw.
 */
export function adjustAttribute(
  object: ManagedObject,
  adjustment: Adjustment,
  now: DateTime,
): AttributeChange {
  const { reference } = adjustment
  const [instance, ...others] = object.attributes.instances(reference)
  if (others.length > 0)
    throw new KmipFault('ATTRIBUTE_MULTI_VALUED', 'The attribute has several values')
  const before = instance?.value
  const value = isVendorReference(reference)
    ? adjustItem(before, adjustment)
    : adjustValue(before, Attribute[reference.name].codec.itemType, adjustment)
  return instance === undefined
    ? addAttribute(object, { reference, value }, now)
    : modifyAttribute(object, { reference, value }, { by: 'index', index: instance.index }, now)
}

/** A vendor attribute is an item; where there is none yet, the amount tells its type. */
function adjustItem(before: unknown, adjustment: Adjustment): Item {
  const item = before === undefined ? undefined : vendorItem(before)
  const type = item?.type ?? adjustment.adjustmentValue?.type
  if (type === ItemType.Boolean) {
    return { tag: ATTRIBUTE_VALUE, type, value: negated(item?.value, adjustment) }
  }
  const moved = moveCount(item?.value, type, adjustment)
  return countItem(type, moved)
}

const ATTRIBUTE_VALUE = Tag.AttributeValue.number

function countItem(type: ItemType | undefined, value: bigint): Item {
  if (type === ItemType.Integer || type === ItemType.Interval) {
    return { tag: ATTRIBUTE_VALUE, type, value: Number(value) }
  }
  if (
    type === ItemType.LongInteger ||
    type === ItemType.DateTime ||
    type === ItemType.DateTimeExtended
  ) {
    return { tag: ATTRIBUTE_VALUE, type, value }
  }
  throw wrongDataType()
}

/** The value of a standard attribute: dates and intervals are numbers, long integers are not. */
function adjustValue(
  before: unknown,
  type: ItemType | undefined,
  adjustment: Adjustment,
): boolean | number | bigint {
  if (type === ItemType.Boolean) return negated(before, adjustment)
  const moved = moveCount(before, type, adjustment)
  return type === ItemType.LongInteger || type === ItemType.DateTimeExtended ? moved : Number(moved)
}

function negated(before: unknown, { adjustmentType }: Adjustment): boolean {
  if (adjustmentType !== AdjustmentType.Negate) throw wrongDataType()
  return before !== true
}

function moveCount(before: unknown, type: ItemType | undefined, adjustment: Adjustment): bigint {
  const range = type === undefined ? undefined : RANGES.get(type)
  if (range === undefined) throw wrongDataType()
  const start = asCount(before ?? 0)
  const moved = start + changeOf(start, type, adjustment)
  if (moved >= range[0] && moved <= range[1]) return moved
  throw new KmipFault('NUMERIC_RANGE', 'The adjusted value is out of range')
}

function changeOf(start: bigint, type: ItemType | undefined, adjustment: Adjustment): bigint {
  const { adjustmentType } = adjustment
  if (adjustmentType === AdjustmentType.Increment) return amountOf(adjustment, type)
  if (adjustmentType === AdjustmentType.Decrement) return -amountOf(adjustment, type)
  if (type === ItemType.Integer || type === ItemType.LongInteger) return -2n * start
  throw wrongDataType()
}

function amountOf({ adjustmentValue }: Adjustment, type: ItemType | undefined): bigint {
  if (adjustmentValue === undefined) return 1n
  const isSameType = adjustmentValue.type === type
  const isSpan =
    adjustmentValue.type === ItemType.Interval || adjustmentValue.type === ItemType.Integer
  if (!isSameType && !isSpan) throw wrongDataType()
  return asCount(adjustmentValue.value)
}

function asCount(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(value)
  throw wrongDataType()
}

function wrongDataType(): KmipFault {
  return new KmipFault('INVALID_DATA_TYPE', 'The attribute cannot be adjusted in this way')
}
