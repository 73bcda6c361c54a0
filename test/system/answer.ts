import { decode } from '../../src/ttlv/decode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

const RESPONSE_MESSAGE = 0x42007b
const VERSION_PATH = [0x42007a, 0x420069]
const REQUEST_VERSION_PATH = [0x420077, 0x420069]
export const TAGS = {
  major: 0x42006a,
  minor: 0x42006b,
  batchCount: 0x42000d,
  batchItem: 0x42000f,
  operation: 0x42005c,
  batchItemId: 0x420093,
  status: 0x42007f,
  reason: 0x42007e,
  message: 0x42007d,
  payload: 0x42007c,
  uniqueIdentifier: 0x420094,
} as const

/** One batch item of an answer. */
export interface AnswerItem {
  readonly operation: number | undefined
  readonly batchItemId: string | undefined
  /** 0 success, 1 failed, 2 pending, 3 undone. */
  readonly status: number | undefined
  readonly reason: number | undefined
  readonly message: string | undefined
  readonly payload: Item | undefined
}

/** An answer as a client would read it, without the server's own schemas. */
export interface Answer {
  /** Length of the whole message. */
  readonly bytes: number
  readonly version: string
  readonly batchCount: number
  readonly items: readonly AnswerItem[]
}

/** Throws when the bytes are no Response Message with a header. */
export function readAnswer(bytes: Uint8Array): Answer {
  const message = decode(bytes)
  if (message.tag !== RESPONSE_MESSAGE) throw new TypeError('not a Response Message')
  const header = childOf(message, VERSION_PATH[0] ?? 0)
  return {
    bytes: bytes.length,
    version: versionText(at(message, VERSION_PATH)),
    batchCount: numberOf(childOf(header, TAGS.batchCount)) ?? NaN,
    items: childrenOf(message)
      .filter(({ tag }) => tag === TAGS.batchItem)
      .map(readItem),
  }
}

/** The version that a request announces, as in `1.4`. */
export function versionOfRequest(message: Item): string {
  return versionText(at(message, REQUEST_VERSION_PATH))
}

export function readItem(item: Item): AnswerItem {
  const id = childOf(item, TAGS.batchItemId)
  const operation = childOf(item, TAGS.operation)
  return {
    operation: operation?.type === ItemType.Enumeration ? operation.value : undefined,
    batchItemId:
      id?.type === ItemType.ByteString ? Buffer.from(id.value).toString('hex') : undefined,
    status: numberOf(childOf(item, TAGS.status)),
    reason: numberOf(childOf(item, TAGS.reason)),
    message: textOf(childOf(item, TAGS.message)),
    payload: childOf(item, TAGS.payload),
  }
}

export function childrenOf(item: Item | undefined): readonly Item[] {
  return item?.type === ItemType.Structure ? item.value : []
}

export function childOf(item: Item | undefined, tag: number): Item | undefined {
  return childrenOf(item).find((child) => child.tag === tag)
}

/** The item that a path of tags leads to. */
export function at(item: Item | undefined, path: readonly number[]): Item | undefined {
  return path.reduce(childOf, item)
}

export function numberOf(item: Item | undefined): number | undefined {
  return typeof item?.value === 'number' ? item.value : undefined
}

export function textOf(item: Item | undefined): string | undefined {
  return item?.type === ItemType.TextString ? Buffer.from(item.value).toString() : undefined
}

/** Texts of every child with the tag. */
export function textsOf(item: Item | undefined, tag: number): string[] {
  return childrenOf(item)
    .filter((child) => child.tag === tag)
    .map((child) => textOf(child) ?? '')
}

function versionText(item: Item | undefined): string {
  return `${numberOf(childOf(item, TAGS.major))}.${numberOf(childOf(item, TAGS.minor))}`
}
