import { compile } from '../schema/codec.ts'
import { repeated, required } from '../schema/field.ts'
import type { DateTime } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Tag } from '../spec/tag.ts'
import type { Item } from '../ttlv/item.ts'
import { ResponseBatchItemStruct, type ResponseBatchItem } from './batch-item.ts'
import { ResponseHeaderStruct, type ResponseHeader } from './header.ts'
import { protocolVersionOf } from './protocol-version.ts'

/** An answer before it is written in its version. */
export interface ResponseMessage {
  readonly version: Version
  readonly timeStamp: DateTime
  readonly serverCorrelationValue?: string | undefined
  readonly batchItems: readonly ResponseBatchItem[]
}

const ResponseMessageStruct = struct({
  header: required(Tag.ResponseHeader, ResponseHeaderStruct),
  batchItems: repeated(Tag.BatchItem, ResponseBatchItemStruct),
})

/** The items of an answer; what its version does not have is left out. */
export function writeResponse(message: ResponseMessage): Item {
  const { version, batchItems } = message
  return compile(ResponseMessageStruct, version).encode(Tag.ResponseMessage.number, {
    header: headerOf(message),
    batchItems,
  })
}

function headerOf(message: ResponseMessage): ResponseHeader {
  const { version, timeStamp, serverCorrelationValue, batchItems } = message
  const protocolVersion = protocolVersionOf(version)
  const batchCount = batchItems.length
  return serverCorrelationValue === undefined
    ? { protocolVersion, timeStamp, batchCount }
    : { protocolVersion, timeStamp, serverCorrelationValue, batchCount }
}
