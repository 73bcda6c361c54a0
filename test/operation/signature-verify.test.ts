import { expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { ValidityIndicator } from '../../src/spec/enum/validity-indicator.ts'
import { Bench, find } from './harness.ts'
import { askKey, bytes, bytesOf, data, parameters, registerPair, validityIn } from './key-sample.ts'

test.each([
  ['data', () => data('abcd')],
  ['a digest', () => bytes('DigestedData', 'ab'.repeat(32))],
])('a signature of %s is invalid under an algorithm that the key is not of', async (_, signed) => {
  const bench = await Bench.open()
  const { privateId, publicId } = await registerPair(bench, 'RSA')
  const by = (algorithm: string) =>
    parameters({ CryptographicAlgorithm: algorithm, HashingAlgorithm: 'SHA_256' })
  const answer = await askKey(bench, 'Sign', privateId, by('RSA') + signed())
  const signature = bytes('SignatureData', bytesOf(answer, Tag.SignatureData))
  const verdict = async (algorithm: string) => {
    const rest = by(algorithm) + signed() + signature
    const { payload } = await askKey(bench, 'SignatureVerify', publicId, rest)
    const item = payload && find(payload, Tag.ValidityIndicator)
    return item?.type === ItemType.Enumeration ? item.value : undefined
  }
  expect(await verdict('RSA')).toBe(ValidityIndicator.Valid)
  expect(await verdict('ECDSA')).toBe(ValidityIndicator.Invalid)
})

test.each([
  ['data', () => data('abcd')],
  ['a digest', () => bytes('DigestedData', 'ab'.repeat(32))],
])(
  'a signature of %s is invalid under a Digital Signature Algorithm that is none for the key, which signs nothing',
  async (_, signed) => {
    const bench = await Bench.open()
    const { privateId, publicId } = await registerPair(bench, 'RSA')
    const by = (algorithm: string) => parameters({ DigitalSignatureAlgorithm: algorithm })
    const own = by('SHA_256WithRSAEncryption') + signed()
    const answer = await askKey(bench, 'Sign', privateId, own)
    const signature = bytes('SignatureData', bytesOf(answer, Tag.SignatureData))
    const verdict = async (asked: string) =>
      validityIn(await askKey(bench, 'SignatureVerify', publicId, asked + signature))
    expect(await verdict(own)).toBe('Valid')
    const foreign = by('ECDSAWithSHA256') + signed()
    expect(await verdict(foreign)).toBe('Invalid')
    const { reason } = await askKey(bench, 'Sign', privateId, foreign)
    expect(reason).toBe('BadCryptographicParameters')
  },
)

test('keys on Edwards curves sign by no Digital Signature Algorithm of another scheme', async () => {
  const bench = await Bench.open()
  const { privateId, publicId } = await registerPair(bench, 'Ed25519')
  const answer = await askKey(bench, 'Sign', privateId, data('abcd'))
  const signature = bytes('SignatureData', bytesOf(answer, Tag.SignatureData))
  const foreign = parameters({ DigitalSignatureAlgorithm: 'RSASSA_PSS' }) + data('abcd')
  const { reason } = await askKey(bench, 'Sign', privateId, foreign)
  expect(reason).toBe('BadCryptographicParameters')
  const verdict = await askKey(bench, 'SignatureVerify', publicId, foreign + signature)
  expect(validityIn(verdict)).toBe('Invalid')
})
