import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openToken } from '../../../src/adapter/pkcs11/index.ts'
import type { TokenSettings } from '../../../src/adapter/pkcs11/connection.ts'
import { readPin } from '../../../src/adapter/secret-source.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { TokenRefusal, type Token, type TokenObject } from '../../../src/port/token.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { PKCS_11ReturnCode as RC } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../src/spec/pkcs11/attribute.ts'
import { Mechanism as M, ObjectClass } from '../../../src/spec/pkcs11/constant.ts'
import { recordingLog, type LogLine } from '../fixtures/recording-log.ts'
import { childrenOfTokens } from './children.ts'
import { createSoftHsm, NO_SOFTHSM, PIN, type SoftHsm } from './softhsm.ts'

// Processes are started, killed and awaited, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const NOBODY = 65_534

const utf8 = (text: string) => new TextEncoder().encode(text)
const secretOf = (text: string) => Secret.take(utf8(text))

async function faultOf(work: Promise<unknown>): Promise<KmipFault | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof KmipFault) return error
    throw error
  }
}

/** The return code of a refusal. */
async function codeOf(work: Promise<unknown>): Promise<number | undefined> {
  const fault = await faultOf(work)
  return fault instanceof TokenRefusal ? fault.returnCode : undefined
}

let hsm: SoftHsm
const opened: Token[] = []
const lines: LogLine[] = []

async function open(more: Partial<TokenSettings> = {}): Promise<Token> {
  const { settings, environment } = hsm
  const log = recordingLog(lines)
  const token = await openToken({ settings: { ...settings, ...more }, environment, log })
  opened.push(token)
  return token
}

const pinIn = (path: string) => async () => readPin({ kind: 'file', path })

let made = 0

async function newKey(token: Token, uses: readonly number[], type: number = M.AES_KEY_GEN) {
  made += 1
  const key: TokenObject = {
    objectClass: ObjectClass.SecretKey,
    label: utf8('a label'),
    id: utf8(`key ${made}`),
  }
  await token.generate({ type }, [
    { type: CKA.LABEL[0], value: key.label },
    { type: CKA.ID[0], value: key.id },
    { type: CKA.TOKEN[0], value: true },
    { type: CKA.VALUE_LEN[0], value: 32 },
    { type: CKA.SENSITIVE[0], value: true },
    { type: CKA.EXTRACTABLE[0], value: false },
    ...uses.map((use) => ({ type: use, value: true })),
  ])
  return key
}

const cipherKey = async (token: Token) => newKey(token, [CKA.ENCRYPT[0], CKA.DECRYPT[0]])

const gcm = {
  type: M.AES_GCM,
  parameter: {
    kind: 'gcm',
    iv: new Uint8Array(12).fill(7),
    associated: utf8('seen'),
    tagBits: 128,
  },
} as const

describe.skipIf(NO_SOFTHSM !== undefined)('a token in a process of its own', () => {
  beforeAll(() => {
    hsm = createSoftHsm()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (token) => token.close()))
    lines.length = 0
  })
  afterAll(() => {
    hsm.remove()
  })

  test('tells of its mechanisms', async () => {
    const { mechanisms } = await open()
    expect(mechanisms.find(({ type }) => type === M.AES_GCM)).toMatchObject({ sizes: [16, 32] })
  })

  test('encrypts and decrypts with a key that it keeps', async () => {
    const token = await open()
    const key = await cipherKey(token)
    const sealed = await token.perform({
      use: 'encrypt',
      mechanism: gcm,
      key,
      data: secretOf('plain'),
    })
    expect(sealed).toHaveLength(5 + 16)
    const opened = await token.perform({
      use: 'decrypt',
      mechanism: gcm,
      key,
      data: Secret.copyOf(sealed),
    })
    expect(new TextDecoder().decode(opened)).toBe('plain')
    expect(await token.read(key, [CKA.VALUE[0], CKA.VALUE_LEN[0], CKA.EXTRACTABLE[0]])).toEqual([
      { returnCode: RC.ATTRIBUTE_SENSITIVE },
      { value: 32 },
      { value: false },
    ])
  })

  test('[FIPS 197 C.3] encrypts the block of the standard with the key that it was brought', async () => {
    const token = await open()
    const key = { objectClass: ObjectClass.SecretKey, label: utf8('brought'), id: utf8('fips') }
    await token.create([
      { type: CKA.CLASS[0], value: key.objectClass },
      { type: CKA.KEY_TYPE[0], value: 0x1f },
      { type: CKA.LABEL[0], value: key.label },
      { type: CKA.ID[0], value: key.id },
      { type: CKA.ENCRYPT[0], value: true },
      { type: CKA.VALUE[0], value: Uint8Array.from({ length: 32 }, (_, index) => index) },
    ])
    const data = Secret.take(Uint8Array.from({ length: 16 }, (_, index) => index * 0x11))
    const block = await token.perform({ use: 'encrypt', mechanism: { type: M.AES_ECB }, key, data })
    expect(Buffer.from(block).toString('hex')).toBe('8ea2b7ca516745bfeafc49904b496089')
  })

  test('signs and verifies, and tells a wrong signature', async () => {
    const token = await open()
    const label = utf8('pair')
    const id = utf8('rsa')
    const shared = [
      { type: CKA.LABEL[0], value: label },
      { type: CKA.ID[0], value: id },
    ]
    await token.generatePair(
      { type: M.RSA_PKCS_KEY_PAIR_GEN },
      [
        ...shared,
        { type: CKA.MODULUS_BITS[0], value: 2_048 },
        { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
        { type: CKA.VERIFY[0], value: true },
      ],
      [...shared, { type: CKA.SIGN[0], value: true }],
    )
    const mechanism = {
      type: M.SHA256_RSA_PKCS_PSS,
      parameter: { kind: 'pss', hash: M.SHA256, mask: 2, saltLength: 32 },
    } as const
    const data = secretOf('signed')
    const proof = await token.perform({
      use: 'sign',
      mechanism,
      key: { objectClass: ObjectClass.PrivateKey, label, id },
      data,
    })
    const key = { objectClass: ObjectClass.PublicKey, label, id }
    const check = { use: 'verify', mechanism, key } as const
    expect(await token.perform({ ...check, data, proof })).toHaveLength(0)
    const other = secretOf('Signed')
    expect(await codeOf(token.perform({ ...check, data: other, proof }))).toBe(RC.SIGNATURE_INVALID)
  })

  test('[FIPS 180-4] digests without a key', async () => {
    const mechanism = { type: M.SHA256 }
    const digest = await (
      await open()
    ).perform({
      use: 'digest',
      mechanism,
      data: secretOf('abc'),
    })
    expect(Buffer.from(digest).toString('hex')).toMatch(/^ba7816bf8f01cfea/)
  })

  test('[NIST SP 800-38A F.5.5] counts over the whole block', async () => {
    const token = await open()
    const key = { objectClass: ObjectClass.SecretKey, label: utf8('brought'), id: utf8('ctr') }
    await token.create([
      { type: CKA.CLASS[0], value: key.objectClass },
      { type: CKA.KEY_TYPE[0], value: 0x1f },
      { type: CKA.LABEL[0], value: key.label },
      { type: CKA.ID[0], value: key.id },
      { type: CKA.ENCRYPT[0], value: true },
      {
        type: CKA.VALUE[0],
        value: Buffer.from(
          '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
          'hex',
        ),
      },
    ])
    const block = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', 'hex')
    const out = await token.perform({
      use: 'encrypt',
      mechanism: { type: M.AES_CTR, parameter: { kind: 'counter', bits: 128, block } },
      key,
      data: Secret.copyOf(Buffer.from('6bc1bee22e409f96e93d7e117393172a', 'hex')),
    })
    expect(Buffer.from(out).toString('hex')).toBe('601ec313775789a5b7a7f504bbf3d228')
  })

  test('gives random bytes', async () => {
    const token = await open()
    const [one, other] = await Promise.all([token.random(32), token.random(32)])
    expect(one).toHaveLength(32)
    expect(one).not.toEqual(other)
  })

  test('finds what has the attributes, and no more of it than is asked for', async () => {
    const token = await open()
    const key = await cipherKey(token)
    await cipherKey(token)
    const template = [{ type: CKA.ID[0], value: key.id }]
    expect(await token.find(template, 10)).toEqual([
      expect.objectContaining({ objectClass: ObjectClass.SecretKey }),
    ])
    expect(await token.find([{ type: CKA.LABEL[0], value: key.label }], 1)).toHaveLength(1)
    await token.destroy(key)
    expect(await token.find(template, 10)).toEqual([])
    const data = secretOf('x')
    expect(await codeOf(token.perform({ use: 'encrypt', mechanism: gcm, key, data }))).toBe(
      RC.OBJECT_HANDLE_INVALID,
    )
  })

  test('goes on after each refusal, with more of them than there are sessions', async () => {
    const token = await open({ sessions: 2 })
    const key = await cipherKey(token)
    const wrong = { type: M.AES_CBC, parameter: { kind: 'bytes', bytes: utf8('short') } } as const
    for (let turn = 0; turn < 6; turn += 1) {
      const refused = token.perform({ use: 'encrypt', mechanism: wrong, key, data: secretOf('x') })
      expect(await codeOf(refused)).toBeGreaterThan(0)
    }
    const data = secretOf('x')
    expect(await token.perform({ use: 'encrypt', mechanism: gcm, key, data })).toHaveLength(17)
  })

  test('answers more at the same time than there are sessions', async () => {
    const token = await open({ sessions: 2 })
    const key = await cipherKey(token)
    const all = Array.from({ length: 40 }, async () =>
      token.perform({ use: 'encrypt', mechanism: gcm, key, data: secretOf('x') }),
    )
    expect(new Set((await Promise.all(all)).map(({ length }) => length))).toEqual(new Set([17]))
  })

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'is reached again by itself after %s',
    async (signal) => {
      const token = await open({ deadlineMs: 500 })
      const key = await cipherKey(token)
      const task = { use: 'encrypt', mechanism: gcm, key } as const
      const pid = childrenOfTokens().at(-1)
      if (pid === undefined) throw new TypeError('no process of the token')
      process.kill(pid, signal)
      const before = performance.now()
      const fault = await faultOf(token.perform({ ...task, data: secretOf('x') }))
      expect(fault?.code).toBe('UNAVAILABLE')
      expect(performance.now() - before).toBeLessThan(2_000)
      await expect
        .poll(async () => (await faultOf(token.perform({ ...task, data: secretOf('x') })))?.code, {
          timeout: 10_000,
          interval: 50,
        })
        .toBeUndefined()
      await expect.poll(() => childrenOfTokens()).not.toContain(pid)
      expect(lines.map(({ event }) => event)).toEqual(['token lost', 'token reached again'])
    },
  )

  test('refuses those who wait while the process is lost', async () => {
    const token = await open({ sessions: 1, deadlineMs: 60_000 })
    const key = await cipherKey(token)
    const pid = childrenOfTokens().at(-1)
    if (pid === undefined) throw new TypeError('no process of the token')
    process.kill(pid, 'SIGSTOP')
    const waiting = Array.from({ length: 5 }, async () =>
      faultOf(token.perform({ use: 'encrypt', mechanism: gcm, key, data: secretOf('x') })),
    )
    process.kill(pid, 'SIGKILL')
    const codes = (await Promise.all(waiting)).map((fault) => fault?.code)
    expect(codes).toEqual(Array(5).fill('UNAVAILABLE'))
  })

  test('a PIN that is refused later is not tried again, for the token would be locked', async () => {
    // A file of its own: tokens of other tests that log in again meanwhile have the right PIN.
    const pinFile = `${hsm.pinFile}-later`
    writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 })
    await expect.poll(() => childrenOfTokens(), { timeout: 10_000 }).toEqual([])
    const token = await open({ deadlineMs: 10_000, pin: pinIn(pinFile) })
    const [pid] = childrenOfTokens()
    if (pid === undefined) throw new TypeError('no process of the token')
    writeFileSync(pinFile, '000000\n')
    // On a busy machine a login may take too long before it is refused; that one is tried again.
    const refused = () => lines.filter((line) => JSON.stringify(line).includes('PIN_INCORRECT'))
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => refused().length, { timeout: 40_000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(refused()).toHaveLength(1)
    await expect.poll(() => childrenOfTokens()).toEqual([])
    expect((await faultOf(token.random(1)))?.code).toBe('UNAVAILABLE')
  })

  test('one that is closed while it begins again does not log in any more', async () => {
    const token = await open()
    const [pid] = childrenOfTokens()
    if (pid === undefined) throw new TypeError('no process of the token')
    process.kill(pid, 'SIGKILL')
    const next = () => childrenOfTokens().filter((each) => each !== pid)
    await expect.poll(next, { timeout: 10_000, interval: 5 }).toHaveLength(1)
    await token.close()
    await expect.poll(() => childrenOfTokens(), { timeout: 10_000 }).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(lines.map(({ event }) => event)).toEqual(['token lost'])
  })

  describe('does not start', () => {
    test('with a wrong PIN', async () => {
      const pinFile = `${hsm.pinFile}-wrong`
      writeFileSync(pinFile, '000000\n', { mode: 0o600 })
      const fault = await faultOf(open({ pin: pinIn(pinFile) }))
      expect(fault?.message).toBe('The token does not accept the PIN (PIN_INCORRECT)')
      await expect.poll(() => childrenOfTokens()).toEqual([])
    })

    test('with a PIN that others may read', async () => {
      const pinFile = `${hsm.pinFile}-open`
      writeFileSync(pinFile, `${PIN}\n`)
      chmodSync(pinFile, 0o640)
      expect((await faultOf(open({ pin: pinIn(pinFile) })))?.message).toBe(
        `Others may read the PIN file ${pinFile}: chmod 600 it`,
      )
    })

    test('with a label or a slot that is not there', async () => {
      expect((await faultOf(open({ label: 'nobody' })))?.message).toBe(
        'The PKCS#11 module has no token with the label nobody',
      )
      expect((await faultOf(open({ slot: 12 })))?.message).toBe(
        'The PKCS#11 module has no token in slot 12',
      )
    })

    test('with a module that is none, is not there, or may be written by others', async () => {
      const module = `${hsm.pinFile}.so`
      expect((await faultOf(open({ module })))?.message).toBe(
        `The PKCS#11 module ${module} cannot be found`,
      )
      writeFileSync(module, 'no library', { mode: 0o644 })
      expect((await faultOf(open({ module })))?.message).toBe(
        `The PKCS#11 module ${module} cannot be loaded or does not begin`,
      )
      chmodSync(module, 0o666)
      expect((await faultOf(open({ module })))?.message).toBe(
        `Others may write the PKCS#11 module ${module}: chmod go-w it`,
      )
    })

    test.skipIf(process.getuid?.() !== 0)("with a module that is another user's", async () => {
      const place = mkdtempSync(join(tmpdir(), 'kmipd-module-'))
      const module = join(place, 'p11.so')
      const anothers = `The PKCS#11 module ${module} is another user's: chown root it and its directory`
      try {
        writeFileSync(module, 'no library', { mode: 0o644 })
        chownSync(module, NOBODY, NOBODY)
        expect((await faultOf(open({ module })))?.message).toBe(anothers)
        chownSync(module, 0, 0)
        chownSync(place, NOBODY, NOBODY)
        expect((await faultOf(open({ module })))?.message).toBe(anothers)
      } finally {
        rmSync(place, { recursive: true })
      }
    })
  })
})
