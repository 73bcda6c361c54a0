import { expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import { createWorkshop } from '../../../src/adapter/crypto/key-workshop.ts'
import { membersOf } from '../../../src/schema/enumeration.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { KeyFormatType as F } from '../../../src/spec/enum/key-format-type.ts'
import { RecommendedCurve as C } from '../../../src/spec/enum/recommended-curve.ts'
import { hex, secret, shown } from './hex.ts'

const { keys } = nodeCrypto
const code = (name: string): unknown => expect.objectContaining({ code: name })

test('[RFC 7748 section 5.2] X25519 agrees on the published secret', () => {
  const own = keys.parsePrivate(
    F.PKCS_8,
    secret(
      '302e020100300506032b656e04220420a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    ),
  )
  const peer = keys.parsePublic(
    F.X_509,
    hex('302a300506032b656e032100e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
  )
  expect(shown(keys.agree(own, peer))).toBe(
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  )
  const own2 = keys.publicOf(own)
  expect(own2.kind).toBe('X25519')
  own.destroy()
  expect(() => keys.agree(own, peer)).toThrow(code('INTERNAL'))
})

test("parsing leaves no copy of a private key in Node's shared pool", () => {
  const scalar = Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 65)
  const der = new Uint8Array(48)
  der.set(hex('302e020100300506032b656e04220420'))
  der.set(scalar, 16)
  const pool = () => Buffer.from(Buffer.from([0]).buffer)
  keys.parsePrivate(F.PKCS_8, Secret.take(der)).destroy()
  expect(pool().includes(Buffer.alloc(32, scalar))).toBe(false)
})

test('RSA pairs are made in a process apart and come in PKCS#1, PKCS#8 and X.509', async () => {
  const { privateKey, publicKey } = await keys.generate({ kind: 'RSA', bits: 1024 })
  expect([privateKey.kind, privateKey.bits, publicKey.bits]).toEqual(['RSA', 1024, 1024])
  for (const format of [F.PKCS_1, F.PKCS_8]) {
    const again = keys.parsePrivate(format, keys.exportPrivate(privateKey, format))
    expect(shown(keys.exportPublic(keys.publicOf(again), F.X_509))).toBe(
      shown(keys.exportPublic(publicKey, F.X_509)),
    )
  }
  const again = keys.parsePublic(F.PKCS_1, keys.exportPublic(publicKey, F.PKCS_1))
  expect(again.bits).toBe(1024)
  expect(() => keys.exportPrivate(privateKey, F.ECPrivateKey)).toThrow(
    code('KEY_FORMAT_UNSUPPORTED'),
  )
})

test('[KMIP 1.4 section 9.1.3.2.5] every curve of the standard but those of Montgomery makes pairs', async () => {
  const isCurve = (value: number): value is C => membersOf(C).memberOf(value) !== undefined
  const curves = membersOf(C)
    .members.map(({ value }) => value)
    .filter(isCurve)
  expect(curves.filter((curve) => !keys.supportsCurve(curve))).toEqual([C.CURVE25519, C.CURVE448])
  for (const curve of curves.filter((one) => keys.supportsCurve(one))) {
    const { privateKey, publicKey } = await keys.generate({ kind: 'EC', curve })
    expect([privateKey.curve, publicKey.curve]).toEqual([curve, curve])
    expect(privateKey.bits).toBeGreaterThan(100)
  }
  const { privateKey } = await keys.generate({ kind: 'EC', curve: C.P_521 })
  expect(privateKey.bits).toBe(521)
})

test('keys that do not belong together agree on nothing', async () => {
  const p256 = await keys.generate({ kind: 'EC', curve: C.P_256 })
  const p384 = await keys.generate({ kind: 'EC', curve: C.P_384 })
  const ed = await keys.generate({ kind: 'Ed25519' })
  expect(() => keys.agree(p256.privateKey, p384.publicKey)).toThrow(code('INVALID_FIELD'))
  expect(() => keys.agree(ed.privateKey, ed.publicKey)).toThrow(code('INVALID_FIELD'))
  expect(shown(keys.agree(p256.privateKey, p256.publicKey))).toHaveLength(64)
})

test('what is no key is refused with the one text of cryptographic failures', () => {
  const nonsense = Secret.take(hex('3000'))
  expect(() => keys.parsePrivate(F.PKCS_8, nonsense)).toThrow(code('CRYPTO_FAILED'))
  expect(() => keys.parsePublic(F.X_509, nonsense)).toThrow(code('CRYPTO_FAILED'))
  expect(() => keys.parsePrivate(F.Raw, nonsense)).toThrow(code('KEY_FORMAT_UNSUPPORTED'))
  expect(() => keys.parsePublic(F.Raw, nonsense)).toThrow(code('KEY_FORMAT_UNSUPPORTED'))
})

test('lengths that are not allowed are refused before a process is started', async () => {
  for (const bits of [0, 512, 1025, 16_384]) {
    await expect(keys.generate({ kind: 'RSA', bits })).rejects.toThrow(code('INVALID_FIELD'))
  }
  await expect(keys.generate({ kind: 'RSA', bits: 2048, exponent: 4 })).rejects.toThrow(
    code('INVALID_FIELD'),
  )
  await expect(keys.generate({ kind: 'DSA', bits: 2048, divisorBits: 160 })).rejects.toThrow(
    code('INVALID_FIELD'),
  )
})

test('a full queue is told so at once, and what takes too long is ended', async () => {
  const options = { modulusLength: 8192, publicExponent: 65_537 }
  const hurried = createWorkshop({ waiting: 1, deadline: 300 })
  const first = hurried.make('rsa', options)
  const second = hurried.make('rsa', options)
  await expect(hurried.make('rsa', options)).rejects.toThrow(code('SERVER_LIMIT'))
  await expect(first).rejects.toThrow(code('UNAVAILABLE'))
  await expect(second).rejects.toThrow(code('UNAVAILABLE'))
})
