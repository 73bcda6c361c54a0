import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CipherRequest, CipherStream, Crypto } from '../../src/port/crypto.ts'
import { Secret } from '../../src/secret/secret.ts'
import { BlockCipherMode as M } from '../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { PaddingMethod as P } from '../../src/spec/enum/padding-method.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })
const TAGGED: readonly number[] = [M.GCM, M.CCM]

type Way = readonly [mode: M, padding: P, ivLength: number]

/** What every provider of cryptography does, whatever it is made of. */
export function cryptoContract(provider: Crypto): void {
  const { ciphers } = provider
  const ways: readonly Way[] = [
    [M.CBC, P.PKCS5, 16],
    [M.CBC, P.ANSIX9_23, 16],
    [M.CBC, P.ISO10126, 16],
    [M.ECB, P.PKCS5, 0],
    [M.CTR, P.None, 16],
    [M.CFB, P.None, 16],
    [M.OFB, P.None, 16],
    [M.GCM, P.None, 12],
    [M.CCM, P.None, 12],
  ]

  const requestOf = (way: Way, key: Uint8Array): CipherRequest => {
    const [blockCipherMode, paddingMethod, ivLength] = way
    const common = {
      algorithm: A.AES,
      key: Secret.copyOf(key),
      parameters: { blockCipherMode, paddingMethod },
    }
    return ivLength === 0 ? common : { ...common, iv: key.slice(0, ivLength) }
  }

  describe.each(ways)('mode %i with padding %i', (...way) => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })

    test('what is encrypted by parts is decrypted by parts, and all at once alike', () => {
      fc.assert(
        fc.property(key, parts, (bytes, pieces) => {
          const request = requestOf(way, bytes)
          const whole = joined(pieces)
          const streamed = run(ciphers.beginEncrypt(request), pieces)
          const opened = streamed.tag === undefined ? request : { ...request, tag: streamed.tag }
          expect(ciphers.decrypt(opened, streamed.data).expose(hexOf)).toBe(hexOf(whole))
          const pair = [streamed.data.subarray(0, 17), streamed.data.subarray(17)]
          expect(hexOf(run(ciphers.beginDecrypt(opened), pair).data)).toBe(hexOf(whole))
        }),
        { numRuns: 30 },
      )
    })

    test('an IV of another length is refused before anything is done', () => {
      const [mode, , usual] = way
      const request = requestOf(way, new Uint8Array(32))
      for (let length = 0; length < 20; length += 1) {
        const isTagged = TAGGED.includes(mode)
        const fits = isTagged ? length >= (mode === M.GCM ? 8 : 7) : length === usual
        if (fits && !(mode === M.CCM && length > 13)) continue
        const odd = { ...request, iv: new Uint8Array(length) }
        expect(() => ciphers.beginEncrypt(odd)).toThrow(code('INVALID_FIELD'))
      }
    })
  })

  test('a tag or a ciphertext with any bit changed is one failure with one text', () => {
    for (const way of ways.filter(([mode]) => TAGGED.includes(mode))) {
      const request = requestOf(way, new Uint8Array(32).fill(3))
      const { data, tag = new Uint8Array(0) } = ciphers.encrypt(request, new Uint8Array(5))
      const sealed = joined([data.expose((bytes) => Uint8Array.from(bytes)), tag])
      for (let bit = 0; bit < sealed.length * 8; bit += 1) {
        const changed = sealed.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        expect(() => ciphers.decrypt(request, changed)).toThrow(code('CRYPTO_FAILED'))
      }
      expect(() => ciphers.decrypt(request, sealed.subarray(0, 15))).toThrow(code('CRYPTO_FAILED'))
    }
  })

  test('[SP 800-38D section 5.2.1.2] tags are of 12 to 16 bytes, shorter ones only where a policy lets them be', () => {
    for (let tagLength = 0; tagLength <= 32; tagLength += 1) {
      const request = requestOf([M.GCM, P.None, 12], new Uint8Array(32))
      const asked = { ...request, parameters: { ...request.parameters, tagLength } }
      const fits = tagLength >= 12 && tagLength <= 16
      const short = tagLength === 4 || tagLength === 8
      const encrypt = (shortTags: boolean) => () =>
        ciphers.encrypt({ ...asked, shortTags }, new Uint8Array(1)).tag?.length
      if (fits) expect(encrypt(false)()).toBe(tagLength)
      else expect(encrypt(false)).toThrow(code('INVALID_TAG_LENGTH'))
      if (short) expect(encrypt(true)()).toBe(tagLength)
    }
  })

  test('[PKCS#5] of all last bytes only those of right padding pass, the others are one failure', () => {
    const request = requestOf([M.ECB, P.PKCS5, 0], new Uint8Array(32))
    const raw = { ...request, parameters: { blockCipherMode: M.ECB } }
    for (let last = 0; last < 256; last += 1) {
      const block = new Uint8Array(16).fill(last)
      const { data } = ciphers.encrypt(raw, block)
      if (last >= 1 && last <= 16) expect(ciphers.decrypt(request, data).length).toBe(16 - last)
      else expect(() => ciphers.decrypt(request, data)).toThrow(code('CRYPTO_FAILED'))
    }
    for (const length of [0, 1, 15, 17]) {
      const cut = new Uint8Array(length)
      expect(() => ciphers.decrypt(request, cut)).toThrow(code('CRYPTO_FAILED'))
    }
  })

  test('what is not built, missing or contradictory has its own refusal', () => {
    const request = requestOf([M.CBC, P.PKCS5, 16], new Uint8Array(32))
    const refused = (change: object, name: string): void => {
      expect(() => ciphers.beginEncrypt({ ...request, ...change })).toThrow(code(name))
    }
    refused({ algorithm: A.Twofish }, 'UNSUPPORTED_CRYPTOGRAPHY')
    refused({ parameters: { blockCipherMode: M.X9_102AKW1 } }, 'UNSUPPORTED_CRYPTOGRAPHY')
    refused({ parameters: {} }, 'INVALID_FIELD')
    refused({ iv: undefined }, 'INVALID_MESSAGE')
    refused({ key: Secret.take(new Uint8Array(31)) }, 'INVALID_FIELD')
    refused({ associated: new Uint8Array(1) }, 'INVALID_FIELD')
    const unpadded = { ...request, parameters: { blockCipherMode: M.CBC } }
    expect(() => ciphers.encrypt(unpadded, new Uint8Array(5))).toThrow(code('INVALID_FIELD'))
  })
}

function run(
  stream: CipherStream,
  pieces: readonly Uint8Array[],
): { readonly data: Uint8Array; readonly tag?: Uint8Array } {
  const out = pieces.map((piece) => stream.update(piece).expose((bytes) => Uint8Array.from(bytes)))
  const { data, tag } = stream.finish()
  const whole = joined([...out, data.expose((bytes) => Uint8Array.from(bytes))])
  return tag === undefined ? { data: whole } : { data: whole, tag }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
