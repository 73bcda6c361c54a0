import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHex, encodeHex } from '../../../src/adapter/backup/hexadecimal.ts'
import {
  choicesOf,
  joinShares,
  newShareSet,
  splitKey,
} from '../../../src/adapter/backup/share-set.ts'
import { formatShare, parseShare, type Share } from '../../../src/adapter/backup/share.ts'
import { nodeRandom } from '../../../src/adapter/random-node.ts'
import { Secret } from '../../../src/secret/secret.ts'

const KEY = Secret.copyOf(Uint8Array.from({ length: 32 }, (_, index) => index))

const textOf = (share: Share): Uint8Array => formatShare(share).expose((b) => Uint8Array.from(b))

function sharesOf(threshold: number, parts: number): readonly Share[] {
  return splitKey(KEY, newShareSet({ threshold, parts }, nodeRandom), nodeRandom)
}

describe('hexadecimal digits', () => {
  test('are those of everyone else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const expected = Buffer.from(bytes).toString('hex')
        expect(Buffer.from(encodeHex(bytes)).toString('latin1')).toBe(expected)
        expect(decodeHex(Buffer.from(expected.toUpperCase()))).toEqual(bytes)
      }),
    )
  })

  test('are nothing else: every other byte is refused in each place', () => {
    for (let code = 0; code < 256; code += 1) {
      const isDigit = /[0-9a-fA-F]/.test(String.fromCharCode(code)) && code < 128
      expect(decodeHex(Uint8Array.of(code, 0x30)) !== undefined, String(code)).toBe(isDigit)
      expect(decodeHex(Uint8Array.of(0x30, code)) !== undefined, String(code)).toBe(isDigit)
    }
    expect(decodeHex(Uint8Array.of(0x30))).toBeUndefined()
  })
})

describe('the shares of a key', () => {
  test.each([
    [2, 2],
    [2, 3],
    [3, 5],
    [5, 5],
    [3, 255],
  ])('of which %i of %i open: any so many do, in any order', (threshold, parts) => {
    const shares = sharesOf(threshold, parts)
    const [first] = shares
    if (first === undefined) throw new Error('there are shares')
    expect(shares.map(({ index }) => index)).toEqual(shares.map((_, place) => place + 1))
    const last = shares.slice(-threshold).reverse()
    expect(joinShares(last, first.set).equals(KEY)).toBe(true)
    expect(joinShares(shares, first.set).equals(KEY)).toBe(true)
  })

  test('too few, one twice, and one of another set are told', () => {
    const shares = sharesOf(3, 5)
    const [first, second, third] = shares
    const [other] = sharesOf(3, 5)
    if (first === undefined || second === undefined || third === undefined) throw new Error()
    if (other === undefined) throw new Error()
    const joining = (...some: readonly Share[]) => expect(() => joinShares(some, first.set))
    joining(first, second).toThrow('3 shares are needed and 2 were given')
    joining(first, second, second).toThrow('Share 2 was given twice')
    joining(second, third, other).toThrow('Share 1 is of another backup')
    // It says that it is of the set, and is not on the polynomial of the four others.
    const forged = { ...second, material: nodeRandom.bytes(32) }
    joining(first, forged, ...shares.slice(2)).toThrow('The shares do not belong together')
  })

  test('every choice of them is tried, of many choices those of neighbours and a thousand others', () => {
    const choices = (threshold: number, parts: number): string[] =>
      [...choicesOf({ threshold, parts, setId: new Uint8Array(8) })].map((choice) =>
        [...choice].sort((a, b) => a - b).join(),
      )
    expect(choices(3, 5)).toHaveLength(10)
    expect(new Set(choices(3, 5)).size).toBe(10)
    expect(new Set(choices(2, 45)).size).toBe(990)
    const many = choices(5, 20)
    expect(many).toHaveLength(1_020)
    expect(new Set(many).size).toBeGreaterThan(900)
    expect(many).toContain('1,2,3,4,20')
    expect(many.every((choice) => new Set(choice.split(',')).size === 5)).toBe(true)
  })
})

describe('a share on paper', () => {
  test('comes back, in other case and with blanks around it', () => {
    for (const share of sharesOf(2, 3)) {
      const text = Buffer.from(textOf(share)).toString('latin1')
      const [, word = ''] = /(kmipd-share-1-[0-9a-f]{94})\n$/.exec(text) ?? []
      const typed = word.slice(0, 14) + word.slice(14).toUpperCase()
      for (const form of [text, word, `  ${typed}\r\n\n`]) {
        const back = parseShare(Buffer.from(form))
        expect(back).toMatchObject({ set: { ...share.set }, index: share.index })
        expect(back?.material.equals(share.material)).toBe(true)
      }
    }
  })

  test('is refused with any one character wrong, missing or doubled', () => {
    const [share] = sharesOf(2, 2)
    if (share === undefined) throw new Error()
    const whole = textOf(share)
    const from = Buffer.from(whole).indexOf('kmipd-share')
    for (let at = from; at < whole.length - 1; at += 1) {
      const altered = Uint8Array.from(whole)
      altered[at] = (altered[at] ?? 0) === 0x37 ? 0x38 : 0x37
      expect(parseShare(altered), `at ${at}`).toBeUndefined()
      const [head, tail] = [whole.subarray(0, at), whole.subarray(at + 1)]
      expect(parseShare(Uint8Array.of(...head, ...tail)), `without ${at}`).toBeUndefined()
      if (at === from) continue
      const twice = Uint8Array.of(...whole.subarray(0, at + 1), ...whole.subarray(at))
      expect(parseShare(twice), `twice ${at}`).toBeUndefined()
    }
    expect(parseShare(new Uint8Array(0))).toBeUndefined()
  })
})
