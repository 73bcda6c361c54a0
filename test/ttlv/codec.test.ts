import { describe, expect, test } from 'vitest'
import { decode } from '../../src/ttlv/decode.ts'
import { encode, encodedLength, encodeInto } from '../../src/ttlv/encode.ts'
import { bytesOf, EXAMPLES } from './spec-examples.ts'

describe('[KMIP 1.4 9.1.2] the examples of the standard', () => {
  for (const { title, hex, item } of EXAMPLES) {
    test(`${title} decodes`, () => {
      expect(decode(bytesOf(hex))).toEqual(item)
    })

    test(`${title} encodes`, () => {
      expect(encodedLength(item)).toBe(bytesOf(hex).length)
      expect(encode(item).toString('hex')).toBe(Buffer.from(bytesOf(hex)).toString('hex'))
    })

    test(`${title} encodes into the middle of a used buffer and touches nothing else`, () => {
      const bytes = bytesOf(hex)
      const buffer = new Uint8Array(bytes.length + 20).fill(0xee)
      expect(encodeInto(item, buffer, 10)).toBe(10 + bytes.length)
      expect(buffer.subarray(10, 10 + bytes.length)).toEqual(bytes)
      expect([...buffer.subarray(0, 10), ...buffer.subarray(-10)].every((b) => b === 0xee)).toBe(
        true,
      )
    })
  }
})
