import { constants, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, uid } from './harness.ts'
import {
  askKey,
  bytes,
  bytesOf,
  data,
  parameters,
  registerAes,
  registerPair,
} from './key-sample.ts'

const OAEP = parameters({ PaddingMethod: 'OAEP', HashingAlgorithm: 'SHA_256' })
const PSS = parameters({
  PaddingMethod: 'PSS',
  HashingAlgorithm: 'SHA_256',
  MaskGeneratorHashingAlgorithm: 'SHA_256',
})

async function give(bench: Bench, key: string, ...own: readonly string[]): Promise<void> {
  for (const each of own) {
    const added = await bench.ask(
      '2.1',
      'AddAttribute',
      `${uid(key)}<NewAttribute>${each}</NewAttribute>`,
    )
    expect(added.reason).toBeUndefined()
  }
}

test('of several Cryptographic Parameters of a key those count that are for the use (KMIP 1.4 section 3.6)', async () => {
  const bench = await Bench.open()
  const { privateId, publicId, publicKey } = await registerPair(bench, 'RSA')
  await give(bench, privateId, OAEP, PSS)
  await give(bench, publicId, PSS, OAEP)
  const signed = bytesOf(await askKey(bench, 'Sign', privateId, data('abcd')), Tag.SignatureData)
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING }
  expect(verify('sha256', Buffer.from('abcd', 'hex'), key, signed)).toBe(true)
  const sealed = bytesOf(await askKey(bench, 'Encrypt', publicId, data('abcd')), Tag.Data)
  const opened = await askKey(bench, 'Decrypt', privateId, OAEP + data(sealed))
  expect(bytesOf(opened, Tag.Data)).toEqual(Uint8Array.of(0xab, 0xcd))
})

test('a padding for encryption is none for signatures: a key that has no other signs by PKCS#1 v1.5', async () => {
  const bench = await Bench.open()
  const { privateId, publicKey } = await registerPair(bench, 'RSA')
  await give(bench, privateId, OAEP)
  const signed = bytesOf(await askKey(bench, 'Sign', privateId, data('abcd')), Tag.SignatureData)
  expect(verify('sha256', Buffer.from('abcd', 'hex'), publicKey, signed)).toBe(true)
  const { reason } = await askKey(bench, 'Sign', privateId, OAEP + data('abcd'))
  expect(reason).toBe('UnsupportedCryptographicParameters')
})

test('a symmetric key may have Cryptographic Parameters for a MAC before those of its cipher', async () => {
  const bench = await Bench.open()
  const mac = parameters({ BlockCipherMode: 'CMAC' })
  const hmac = parameters({ HashingAlgorithm: 'SHA_256' })
  const cbc = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
  const rest = data('abcd')
  const iv = bytes('IVCounterNonce', '00'.repeat(16))
  const named = await registerAes(bench, new Uint8Array(16))
  const macFirst = await registerAes(bench, new Uint8Array(16))
  await give(bench, macFirst, mac, hmac, cbc)
  const cipherFirst = await registerAes(bench, new Uint8Array(16))
  await give(bench, cipherFirst, cbc, mac)
  const sealed = bytesOf(await askKey(bench, 'Encrypt', named, cbc + rest + iv), Tag.Data)
  const tag = bytesOf(await askKey(bench, 'MAC', named, mac + rest), Tag.MACData)
  for (const key of [macFirst, cipherFirst]) {
    expect(bytesOf(await askKey(bench, 'Encrypt', key, rest + iv), Tag.Data)).toEqual(sealed)
    expect(bytesOf(await askKey(bench, 'MAC', key, rest), Tag.MACData)).toEqual(tag)
  }
})
