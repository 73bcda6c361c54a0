import type { Random } from '../../port/random.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import { joined, maskBelow, maskEqual } from './bytes.ts'
import { failed, unsupported } from './refusal.ts'

/** How the last block of ECB and CBC is filled (KMIP 1.4 section 9.1.3.2.15). */
export interface Padding {
  /** The bytes to append to data whose last, incomplete block has `filled` bytes. */
  fill(filled: number, block: number, random: Random): Uint8Array
  /**
   * How many bytes of the last decrypted block are data. Looks at every byte whatever they are, and throws
   * `CRYPTO_FAILED` when they are no padding.
   */
  dataLength(block: Uint8Array): number
}

type Expectation = (count: number) => { readonly value: number; readonly checked: number }

const P = PaddingMethod
const PADDINGS: ReadonlyMap<number, Padding> = new Map([
  [P.PKCS5, counted(countThroughout, (count) => ({ value: count, checked: -1 }))],
  [P.ANSIX9_23, counted(zerosThenCount, () => ({ value: 0, checked: -1 }))],
  [P.ISO10126, counted(randomThenCount, () => ({ value: 0, checked: 0 }))],
  // Fills only an incomplete block, so that at most all but one byte of the last block are taken for padding.
  [P.Zeros, { fill: zerosToBlock, dataLength: withoutZeros }],
])

/** Undefined for data that comes in whole blocks. Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function paddingOf(method: PaddingMethod | undefined): Padding | undefined {
  if (method === undefined || method === P.None) return undefined
  const padding = PADDINGS.get(method)
  if (padding === undefined) throw unsupported('The Padding Method')
  return padding
}

/** A padding whose last byte counts its bytes; the others are what is expected of them. */
function counted(
  make: (rest: number, random: Random) => Uint8Array,
  expectation: Expectation,
): Padding {
  return {
    fill: (filled, block, random) => make(block - filled, random),
    dataLength: (block) => {
      const last = block.length - 1
      const count = block[last] ?? 0
      const { value, checked } = expectation(count)
      let bad = maskEqual(count, 0) | maskBelow(block.length, count)
      block.forEach((byte, index) => {
        const isPadding = maskBelow(last - count, index) & ~maskEqual(index, last)
        bad |= isPadding & checked & ~maskEqual(byte, value)
      })
      if (bad !== 0) throw failed()
      return block.length - count
    },
  }
}

function countThroughout(rest: number): Uint8Array {
  return new Uint8Array(rest).fill(rest)
}

function zerosThenCount(rest: number): Uint8Array {
  const bytes = new Uint8Array(rest)
  bytes[rest - 1] = rest
  return bytes
}

function randomThenCount(rest: number, random: Random): Uint8Array {
  return random.bytes(rest - 1).expose((bytes) => joined(bytes, Uint8Array.of(rest)))
}

function zerosToBlock(filled: number, block: number): Uint8Array {
  return new Uint8Array(filled === 0 ? 0 : block - filled)
}

function withoutZeros(block: Uint8Array): number {
  let length = 1
  block.forEach((byte, index) => {
    const isData = ~maskEqual(byte, 0)
    length = (length & ~isData) | ((index + 1) & isData)
  })
  return length
}
