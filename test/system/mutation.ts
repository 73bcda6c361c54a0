import type { Dice } from './dice.ts'
import { copyRaw, itemsOf, parseRaw, writeRaw, type RawItem } from './raw-item.ts'

const STRUCTURE = 1
const REQUEST_HEADER = 0x420077
const BATCH_COUNT = 0x42000d
const BATCH_ITEM = 0x42000f
const VERSION_MAJOR = 0x42006a
const VERSION_MINOR = 0x42006b

/** Numbers at which lengths, counts and enumerations have been known to break. */
const EDGES = [0, 1, 2, 7, 8, 9, 31, 32, 255, 65_535, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

/** More items than any message may have, and few enough to be made. */
const MOST_ITEMS = 20_000

/** Changes a tree in one way. */
type TreeMutation = (root: RawItem, dice: Dice, others: readonly Uint8Array[]) => void
/** Changes bytes in one way. */
type ByteMutation = (bytes: Buffer, dice: Dice, others: readonly Uint8Array[]) => Buffer

/** Makes one message out of another: one to three changes of its structure, of its bytes, or of both. */
export function mutate(seed: Uint8Array, others: readonly Uint8Array[], dice: Dice): Uint8Array {
  let bytes: Buffer
  if (dice.oneIn(6)) bytes = Buffer.from(seed)
  else {
    const root = copyRaw(parseRaw(seed))
    for (let count = changes(dice); count > 0; count -= 1) {
      dice.pick(TREE_MUTATIONS)(root, dice, others)
    }
    bytes = writeRaw(root)
    if (!dice.oneIn(8)) return bytes
  }
  for (let count = changes(dice); count > 0; count -= 1) {
    bytes = dice.pick(BYTE_MUTATIONS)(bytes, dice, others)
  }
  return bytes
}

/** Mostly one: what comes after a message has been broken is hardly looked at. */
function changes(dice: Dice): number {
  return dice.oneIn(3) ? 2 + dice.below(2) : 1
}

function anyItem(root: RawItem, dice: Dice) {
  return dice.pick(itemsOf(root))
}

function leafOf(root: RawItem, dice: Dice): { value: Uint8Array; type: number } | undefined {
  const leaves = itemsOf(root).filter(({ item }) => !Array.isArray(item.value))
  if (leaves.length === 0) return undefined
  const { item } = dice.pick(leaves)
  return item as { value: Uint8Array; type: number }
}

function setNumber(item: RawItem | undefined, number: number): void {
  if (item === undefined || Array.isArray(item.value) || item.value.length < 4) return
  Buffer.from(item.value.buffer, item.value.byteOffset).writeUInt32BE(number >>> 0, 0)
}

function itemOf(root: RawItem, tag: number): RawItem | undefined {
  return itemsOf(root).find(({ item }) => item.tag === tag)?.item
}

function removeItem(root: RawItem, dice: Dice): void {
  const { item, among } = anyItem(root, dice)
  const at = among.indexOf(item)
  if (at >= 0) among.splice(at, 1)
}

function repeatItem(root: RawItem, dice: Dice): void {
  const { item, among } = anyItem(root, dice)
  const most = Math.ceil(MOST_ITEMS / itemsOf(item).length)
  const copies = Math.min(most, dice.oneIn(20) ? 200 : 1 + dice.below(3))
  for (let count = 0; count < copies; count += 1) among.push(copyRaw(item))
}

function reorder(root: RawItem, dice: Dice): void {
  const { among } = anyItem(root, dice)
  for (let at = among.length - 1; at > 0; at -= 1) {
    const other = dice.below(at + 1)
    const [one, two] = [among[at], among[other]]
    if (one === undefined || two === undefined) return
    among[at] = two
    among[other] = one
  }
}

function swapTags(root: RawItem, dice: Dice): void {
  const one = anyItem(root, dice).item
  const two = anyItem(root, dice).item
  ;[one.tag, two.tag] = [two.tag, one.tag]
}

function strangeTag(root: RawItem, dice: Dice): void {
  const { item } = anyItem(root, dice)
  item.tag = dice.pick([
    0x420000 + dice.below(0x200),
    0x540000 + dice.below(0x1_0000),
    dice.below(0x100_0000),
  ])
}

function strangeType(root: RawItem, dice: Dice): void {
  anyItem(root, dice).item.type = dice.below(14)
}

/** Another type whose values have the same length, so that the item stays well formed. */
function kindredType(root: RawItem, dice: Dice): void {
  const leaf = leafOf(root, dice)
  if (leaf === undefined) return
  if (leaf.value.length === 4) leaf.type = dice.pick([2, 5, 10])
  else if (leaf.value.length % 8 === 0) leaf.type = dice.pick([3, 4, 6, 7, 8, 9, 11])
  else leaf.type = dice.pick([7, 8])
}

function lieOfLength(root: RawItem, dice: Dice): void {
  const { item } = anyItem(root, dice)
  const truth = writeRaw(item).length - 8
  item.claimed = dice.oneIn(2) ? dice.pick(EDGES) : Math.max(0, truth + dice.below(33) - 16)
}

function strangeNumber(root: RawItem, dice: Dice): void {
  const leaf = leafOf(root, dice)
  if (leaf === undefined) return
  const edge = dice.pick(EDGES)
  setNumber({ tag: 0, ...leaf }, dice.oneIn(4) ? dice.below(2 ** 32) : edge)
}

function strangeValue(root: RawItem, dice: Dice): void {
  const leaf = leafOf(root, dice)
  if (leaf === undefined) return
  const length = dice.oneIn(10) ? dice.below(5000) : dice.below(48)
  leaf.value = Uint8Array.from({ length }, () => (dice.oneIn(2) ? dice.below(256) : 0x41))
}

function lieOfBatch(root: RawItem, dice: Dice): void {
  setNumber(itemOf(root, BATCH_COUNT), dice.oneIn(3) ? dice.pick(EDGES) : dice.below(5))
}

function otherVersion(root: RawItem, dice: Dice): void {
  const version = [
    [1, dice.below(5)],
    [2, dice.below(2)],
    [dice.below(4), dice.below(8)],
    [dice.pick(EDGES), dice.pick(EDGES)],
  ]
  const [major = 1, minor = 0] = dice.pick(version)
  setNumber(itemOf(root, VERSION_MAJOR), major)
  setNumber(itemOf(root, VERSION_MINOR), minor)
}

/** A structure inside a structure, so deep; sometimes with as many siblings as a message can hold. */
function bomb(root: RawItem, dice: Dice): void {
  const { item } = anyItem(root, dice)
  const wide = dice.oneIn(20)
  const depth = wide ? 2 : 1 + dice.below(60)
  let inner: RawItem = { tag: item.tag, type: STRUCTURE, value: [] }
  for (let level = 0; level < depth; level += 1) {
    const child = inner
    // Each a copy of its own: a change to one that is shared would come back thousands of times.
    const value = wide ? Array.from({ length: 120 }, () => copyRaw(child)) : [child]
    inner = { tag: item.tag, type: STRUCTURE, value }
  }
  item.type = STRUCTURE
  item.value = [inner]
  delete item.claimed
}

/** A part of another message where one was, or beside it. */
function graft(root: RawItem, dice: Dice, others: readonly Uint8Array[]): void {
  const { item, among } = anyItem(root, dice)
  const foreign = copyRaw(anyItem(parseRaw(dice.pick(others)), dice).item)
  if (dice.oneIn(2)) among.push(foreign)
  else Object.assign(item, foreign)
}

/** The batch items of two messages in one, under a Batch Count that is right. */
function joinBatches(root: RawItem, dice: Dice, others: readonly Uint8Array[]): void {
  const { value } = root
  if (!Array.isArray(value)) return
  const foreign = itemsOf(parseRaw(dice.pick(others))).filter(({ item }) => item.tag === BATCH_ITEM)
  value.push(...foreign.map(({ item }) => copyRaw(item)))
  const count = value.filter(({ tag }) => tag === BATCH_ITEM).length
  setNumber(itemOf(root, BATCH_COUNT), count)
  const header = value.find(({ tag }) => tag === REQUEST_HEADER)
  if (header === undefined || !Array.isArray(header.value)) return
  const option = 0x42000e
  const choice = Uint8Array.of(0, 0, 0, 1 + dice.below(3))
  header.value = header.value.filter(({ tag }) => tag !== option)
  header.value.splice(-1, 0, { tag: option, type: 5, value: choice })
}

const TREE_MUTATIONS: readonly TreeMutation[] = [
  removeItem,
  repeatItem,
  reorder,
  swapTags,
  strangeTag,
  strangeType,
  kindredType,
  lieOfLength,
  strangeNumber,
  strangeNumber,
  strangeValue,
  lieOfBatch,
  otherVersion,
  bomb,
  graft,
  joinBatches,
  joinBatches,
]

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  (bytes, dice) => {
    const at = dice.below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8))
    return bytes
  },
  (bytes, dice) => {
    bytes[dice.below(bytes.length)] = dice.below(256)
    return bytes
  },
  (bytes, dice) => bytes.subarray(0, 1 + dice.below(bytes.length)),
  (bytes, dice, others) => {
    const other = dice.pick(others)
    const front = bytes.subarray(0, 1 + dice.below(bytes.length))
    return Buffer.concat([front, other.subarray(dice.below(other.length))])
  },
  (bytes, dice) => {
    const words = Math.floor(bytes.length / 8)
    if (words === 0) return bytes
    const from = 8 * dice.below(words)
    const word = bytes.subarray(from, from + 8 * (1 + dice.below(4)))
    const at = 8 * dice.below(words)
    return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at)])
  },
  (bytes, dice) => {
    if (bytes.length >= 8)
      bytes.writeUInt32BE(dice.pick(EDGES), 8 * dice.below(bytes.length >> 3) + 4)
    return bytes
  },
]
