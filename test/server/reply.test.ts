import { expect, test } from 'vitest'
import { writeReply } from '../../src/server/reply.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeJson } from '../../src/ttlv/json.ts'
import { decodeXml } from '../../src/ttlv/xml.ts'

const identifier = Buffer.from('a')
const answer = {
  version: '1.4',
  timeStamp: 0,
  batchItems: [
    {
      operation: Operation.Get,
      resultStatus: ResultStatus.Success,
      payload: {
        tag: Tag.ResponsePayload.number,
        type: ItemType.Structure,
        value: [{ tag: 0x420094, type: ItemType.TextString, value: identifier }],
      },
    },
  ],
} as const
/** The answer's length in TTLV, counted by hand: 8 + (8 + 8 + 2 * 16 + 2 * 16) + (8 + 2 * 16 + 8 + 16). */
const LENGTH = 152

const reasonOf = (message: Item): unknown => {
  const item = partOf(message, 0x42000f)
  return partOf(item, 0x42007e)?.value
}
const partOf = (item: Item | undefined, tag: number): Item | undefined =>
  item?.type === ItemType.Structure ? item.value.find((part) => part.tag === tag) : undefined

const RESPONSE_TOO_LARGE = 2

// The cases MSGENC-XML and MSGENC-JSON show answers that are longer as text than what the question allows.
test.each([
  ['ttlv', decode],
  ['xml', (bytes: Uint8Array) => decodeXml(bytes, vocabulary)],
  ['json', (bytes: Uint8Array) => decodeJson(bytes, vocabulary)],
] as const)(
  '[KMIP 1.4 6.3] the Maximum Response Size counts bytes of TTLV in %s too',
  (encoding, read) => {
    const reasonWithin = (most: number): unknown =>
      reasonOf(read(writeReply(answer, most, encoding).bytes))
    expect(reasonWithin(LENGTH)).toBeUndefined()
    expect(reasonWithin(LENGTH - 1)).toBe(RESPONSE_TOO_LARGE)
  },
)
