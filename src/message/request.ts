import { KmipFault } from '../fault/fault.ts'
import { compile } from '../schema/codec.ts'
import { repeated, required } from '../schema/field.ts'
import { anyItem } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { RequestBatchItemStruct, type RequestBatchItem } from './batch-item.ts'
import { RequestHeaderStruct, type RequestHeader } from './header.ts'
import { ProtocolVersionStruct, type ProtocolVersion } from './protocol-version.ts'

/** A request whose header is understood; its batch items are still as they came, so that each can fail alone. */
export interface RequestMessage {
  readonly version: Version
  readonly header: RequestHeader
  readonly batchItems: readonly Item[]
}

const RequestMessageStruct = struct({
  header: required(Tag.RequestHeader, anyItem),
  batchItems: repeated(Tag.BatchItem, anyItem),
})

function childOf(item: Item | undefined, tag: number): Item | undefined {
  return item?.type === ItemType.Structure
    ? item.value.find((child) => child.tag === tag)
    : undefined
}

/** The version a message says it is in; undefined when that much cannot be read. */
export function announcedVersion(message: Item): ProtocolVersion | undefined {
  const header = childOf(message, Tag.RequestHeader.number)
  const announced = childOf(header, Tag.ProtocolVersion.number)
  if (message.tag !== Tag.RequestMessage.number || announced === undefined) return undefined
  try {
    return compile(ProtocolVersionStruct, '1.0').decode(announced)
  } catch (error) {
    if (error instanceof KmipFault) return undefined
    throw error
  }
}

/**
 * Reads a request message as far as its header. Throws `MALFORMED_MESSAGE` and its kin; `INVALID_MESSAGE` when the
 * Batch Count does not tell the number of batch items.
 */
export function readRequest(message: Item, version: Version): RequestMessage {
  const { header, batchItems } = compile(RequestMessageStruct, version).decode(message)
  const decoded = compile(RequestHeaderStruct, version).decode(header)
  if (decoded.batchCount !== batchItems.length || batchItems.length === 0) {
    throw new KmipFault('INVALID_MESSAGE', 'Batch Count is not the number of batch items')
  }
  return { version, header: decoded, batchItems }
}

/** Reads one batch item; its payload is left to the operation. */
export function readBatchItem(item: Item, version: Version): RequestBatchItem {
  return compile(RequestBatchItemStruct, version).decode(item)
}
