import { createHmac, createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openToken } from '../../../src/adapter/pkcs11/index.ts'
import type { Token } from '../../../src/port/token.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'
import { childrenOfTokens } from '../../adapter/pkcs11/children.ts'
import { createSoftHsm, NO_SOFTHSM, type SoftHsm } from '../../adapter/pkcs11/softhsm.ts'
import { Bench } from '../harness.ts'
import {
  array,
  buffer,
  bytesAttribute,
  count,
  fixedAttribute,
  mechanism,
  Pkcs11Client,
  template,
  ulong,
} from './client.ts'
import { hsmOf } from './hsm.ts'

// Processes are started, killed and awaited, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const GCM = mechanism(
  0x1087,
  array(new Uint8Array(12).fill(9)) + ulong(96) + array('seen') + ulong(128),
)

describe.skipIf(NO_SOFTHSM !== undefined)('[KMIP 2.1 6.1.37] PKCS#11 with SoftHSM', () => {
  let hsm: SoftHsm
  let token: Token
  let bench: Bench
  let alice: Pkcs11Client
  let session: string

  beforeAll(async () => {
    hsm = createSoftHsm()
    const settings = { ...hsm.settings, deadlineMs: 1_500 }
    token = await openToken({ settings, environment: hsm.environment, log: silentLog })
    bench = await Bench.open({ hsm: hsmOf(token) })
    alice = await Pkcs11Client.begin(bench)
    session = await alice.session()
  })
  afterAll(async () => {
    await token.close()
    hsm.remove()
  })

  async function ready(call: string, input: string): Promise<void> {
    expect([call, (await alice.call(call, session + input)).code]).toEqual([call, 'OK'])
  }

  test('tells of the module and its mechanisms', async () => {
    expect((await alice.call('C_GetInfo')).output).toHaveLength(76)
    const { output } = await alice.call('C_GetMechanismInfo', ulong(1) + ulong(0x1087))
    expect(output.subarray(0, 8).toString('hex')).toBe(ulong(16))
  })

  test('encrypts and decrypts, and refuses what was altered', async () => {
    const key = await alice.aesKey(session, 32, bytesAttribute(0x3, 'cipher'))
    await ready('C_EncryptInit', GCM + key)
    const sealed = await alice.into('C_Encrypt', session + array('plain') + buffer(64))
    expect(sealed).toHaveLength(5 + 16)
    await ready('C_DecryptInit', GCM + key)
    const opened = await alice.into('C_Decrypt', session + array(sealed) + buffer(64))
    expect(opened.toString()).toBe('plain')
    sealed[0] = (sealed[0] ?? 0) ^ 1
    await ready('C_DecryptInit', GCM + key)
    const refused = await alice.call('C_Decrypt', session + array(sealed) + buffer(64))
    expect(refused.code).toBe('ENCRYPTED_DATA_INVALID')
    expect((await alice.attribute(session, key, 0x11)).code).toBe('ATTRIBUTE_SENSITIVE')
  })

  test('signs by parts what OpenSSL verifies with the public key', async () => {
    const pair = await alice.call(
      'C_GenerateKeyPair',
      session + mechanism(0) + template(fixedAttribute(0x121, ulong(2048))) + template(),
    )
    expect(pair.code).toBe('OK')
    const ofPublic = pair.output.subarray(0, 8).toString('hex')
    const ofPrivate = pair.output.subarray(8).toString('hex')
    await ready('C_SignInit', mechanism(0x40) + ofPrivate)
    await ready('C_SignUpdate', array('to be '))
    await ready('C_SignUpdate', array('signed'))
    const signature = await alice.into('C_SignFinal', session + buffer(256))
    const n = (await alice.attribute(session, ofPublic, 0x120)).value.toString('base64url')
    const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
    expect(verify('sha256', Buffer.from('to be signed'), key, signature)).toBe(true)
    await ready('C_VerifyInit', mechanism(0x40) + ofPublic)
    await ready('C_Verify', array('to be signed') + array(signature))
    await ready('C_VerifyInit', mechanism(0x40) + ofPublic)
    const wrong = await alice.call('C_Verify', session + array('another') + array(signature))
    expect(wrong.code).toBe('SIGNATURE_INVALID')
    expect((await alice.call('C_SignInit', session + mechanism(0x40) + ofPublic)).code).toBe(
      'KEY_FUNCTION_NOT_PERMITTED',
    )
  })

  test('makes the MAC that OpenSSL makes with the key that was brought', async () => {
    const secret = Buffer.alloc(32, 5)
    const made = await alice.call(
      'C_CreateObject',
      session +
        template(
          fixedAttribute(0x0, ulong(4)),
          fixedAttribute(0x100, ulong(0x10)),
          bytesAttribute(0x11, secret),
        ),
    )
    expect(made.code).toBe('OK')
    await ready('C_SignInit', mechanism(0x251) + made.output.toString('hex'))
    const mac = await alice.into('C_Sign', session + array('message') + buffer(32))
    expect(mac).toEqual(createHmac('sha256', secret).update('message').digest())
  })

  test('digests, and gives random bytes', async () => {
    await ready('C_DigestInit', mechanism(0x250))
    const digest = await alice.into('C_Digest', session + array('abc') + buffer(32))
    expect(digest.toString('hex')).toMatch(/^ba7816bf8f01cfea/)
    const { output } = await alice.call('C_GenerateRandom', session + count(16))
    expect(output).toHaveLength(16)
  })

  test('keeps two clients apart', async () => {
    const bob = await Pkcs11Client.begin(bench, 'bob')
    const theirs = await bob.session()
    await bob.aesKey(theirs, 16, bytesAttribute(0x3, 'of bob'))
    for (const [client, at, label] of [
      [alice, session, 'of bob'],
      [bob, theirs, 'cipher'],
    ] as const) {
      const wanted = template(bytesAttribute(0x3, label))
      expect((await client.call('C_FindObjectsInit', at + wanted)).code).toBe('OK')
      const { output } = await client.call('C_FindObjects', at + count(10))
      expect(output.readUInt32BE()).toBe(0)
      await client.call('C_FindObjectsFinal', at)
    }
  })

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'answers others while the token is away by %s, and goes on with the same handles',
    async (signal) => {
      const key = await alice.aesKey(session)
      await ready('C_EncryptInit', GCM + key)
      const pid = childrenOfTokens().at(-1)
      if (pid === undefined) throw new TypeError('no process of the token')
      process.kill(pid, signal)
      const before = performance.now()
      const away = alice.call('C_Encrypt', session + array('plain') + buffer(64))
      await bench.createKey()
      expect(performance.now() - before).toBeLessThan(1_000)
      expect((await away).code).toBe('DEVICE_ERROR')
      const again = async () => (await alice.call('C_EncryptInit', session + GCM + key)).code
      await expect.poll(again, { timeout: 10_000 }).toBe('OK')
      expect(await alice.into('C_Encrypt', session + array('plain') + buffer(64))).toHaveLength(21)
    },
  )
})
