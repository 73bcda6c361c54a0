import { KmipFault } from '../fault/fault.ts'
import type { ResponseBatchItem } from '../message/batch-item.ts'
import { reasonOf } from '../message/reason.ts'
import { writeResponse, type ResponseMessage } from '../message/response.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { encodedLength, encodeInto } from '../ttlv/encode.ts'
import { writeText, type Encoding, type TextEncoding } from './format.ts'
import type { Reply } from './handler.ts'

/**
 * Encodes an answer of at most so many bytes. Where it is longer, its largest payloads give way to Response Too Large,
 * one after another, until it fits: what is small, such as the identifier of a new key, still arrives.
 *
 * What counts is the length in TTLV, whatever the encoding: the cases MSGENC-XML and MSGENC-JSON have the same sizes as
 * MSGENC-HTTPS, and answers that no text of theirs would fit in.
 *
 * @param drop - is told of each batch item whose payload has given way
 */
export function writeReply(
  message: ResponseMessage,
  mostBytes: number,
  encoding: Encoding,
  drop?: (index: number) => void,
): Reply {
  let fitting = message
  let item = writeResponse(fitting)
  let length = encodedLength(item)
  while (length > mostBytes) {
    const at = largestItem(fitting)
    if (at === undefined) break
    drop?.(at)
    fitting = without(at, fitting, LARGE)
    item = writeResponse(fitting)
    length = encodedLength(item)
  }
  if (encoding !== 'ttlv') {
    const text = writeText(item, encoding) ?? writeFitting(fitting, encoding, drop)
    return { bytes: text, close: false }
  }
  const bytes = room(length)
  encodeInto(item, bytes, 0)
  return { bytes, close: false }
}

/** Text that came in another encoding may have characters that XML does not: the payloads that have some give way. */
function writeFitting(
  message: ResponseMessage,
  encoding: TextEncoding,
  drop?: (index: number) => void,
): Uint8Array {
  let fitting = message
  message.batchItems.forEach(({ payload }, at) => {
    if (payload === undefined || writeText(payload, encoding) !== undefined) return
    drop?.(at)
    fitting = without(at, fitting, UNWRITABLE)
  })
  return writeText(writeResponse(fitting), encoding) ?? new Uint8Array()
}

const SLAB_BYTES = 65_536
const SMALL = 4_096
let slab = Buffer.alloc(0)
let taken = 0

/**
 * Zeroed bytes for an answer. Small ones are parts of one larger piece of memory, each part used once: allocating
 * costs as much as encoding. An answer lives for as long as it takes to send, so no piece is held for long.
 */
function room(length: number): Uint8Array {
  if (length > SMALL) return Buffer.alloc(length)
  if (taken + length > slab.length) {
    slab = Buffer.alloc(SLAB_BYTES)
    taken = 0
  }
  taken += length
  return slab.subarray(taken - length, taken)
}

/** Place of the batch item with the largest payload; undefined where none has any. */
function largestItem({ batchItems }: ResponseMessage): number | undefined {
  const sizes = batchItems.map(({ payload }) =>
    payload === undefined ? 0 : encodedLength(payload),
  )
  const largest = Math.max(...sizes)
  return largest === 0 ? undefined : sizes.indexOf(largest)
}

function without(at: number, message: ResponseMessage, fault: KmipFault): ResponseMessage {
  const batchItems = message.batchItems.map((item, index) =>
    index === at ? failed(item, message, fault) : item,
  )
  return { ...message, batchItems }
}

const LARGE = new KmipFault('RESPONSE_TOO_LARGE', 'The response is larger than the client can take')
const UNWRITABLE = new KmipFault(
  'INTERNAL',
  'The response has a text that the encoding cannot hold',
)

function failed(
  { operation, uniqueBatchItemID }: ResponseBatchItem,
  { version }: ResponseMessage,
  fault: KmipFault,
): ResponseBatchItem {
  return {
    ...(operation === undefined ? {} : { operation }),
    ...(uniqueBatchItemID === undefined ? {} : { uniqueBatchItemID }),
    resultStatus: ResultStatus.OperationFailed,
    resultReason: reasonOf(fault.code, version),
    resultMessage: fault.message,
  }
}
