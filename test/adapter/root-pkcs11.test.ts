import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openToken } from '../../src/adapter/pkcs11/index.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import {
  createTokenRoot,
  openTokenRoot,
  type TokenAccess,
  type TokenRootRequest,
} from '../../src/adapter/root-pkcs11/index.ts'
import {
  readTokenParameters,
  type RootMechanism,
  type TokenRootParameters,
} from '../../src/adapter/root-pkcs11/parameters.ts'
import { readPin } from '../../src/adapter/secret-source.ts'
import type { Token, TokenAttribute, TokenObject, TokenValue } from '../../src/port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../src/spec/enum/pkcs-11-return-code.ts'
import { checkRootKey } from '../../src/adapter/root-pkcs11/key-attributes.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../src/spec/pkcs11/attribute.ts'
import { Mechanism as M, ObjectClass } from '../../src/spec/pkcs11/constant.ts'
import { childrenOfTokens } from './pkcs11/children.ts'
import { createSoftHsm, NO_SOFTHSM } from './pkcs11/softhsm.ts'
import { createSoftokn, NO_SOFTOKN, type TestToken } from './pkcs11/softokn.ts'
import { silentLog } from './fixtures/recording-log.ts'
import { describeRoot } from './root-contract.ts'

// Processes are started and awaited, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const context = new TextEncoder().encode('here')
const utf8 = (text: string) => new TextEncoder().encode(text)
const unavailable = (message: string | RegExp): unknown =>
  expect.objectContaining({
    code: 'UNAVAILABLE',
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  })

function softHsm(): TestToken {
  const { settings, environment, pinFile, remove } = createSoftHsm()
  const { module, label } = settings
  return { place: { module, label }, environment, pinFile, remove }
}

const TOKENS = [
  ['SoftHSM', NO_SOFTHSM, softHsm, { aes: 'aes-gcm', rsa: 'rsa-oaep-sha1' }],
  ['NSS', NO_SOFTOKN, createSoftokn, { aes: 'aes-gcm', rsa: 'rsa-oaep-sha256' }],
] as const

for (const [name, absent, create, mechanisms] of TOKENS) {
  describe.skipIf(absent !== undefined)(`with the token of ${name}`, () => {
    let token: TestToken

    beforeAll(() => {
      token = create()
    })
    afterAll(() => {
      token.remove()
    })

    const access = (more: TokenAccess = {}): TokenAccess => ({
      environment: token.environment,
      ...more,
    })
    const request = (more: Partial<TokenRootRequest> = {}): TokenRootRequest => ({
      ...token.place,
      pinSource: { kind: 'file', path: token.pinFile },
      ...more,
    })
    const make = async (more: Partial<TokenRootRequest> = {}) =>
      createTokenRoot(request(more), access(), nodeRandom)
    const foreign = (id: string, mechanism: RootMechanism): TokenRootParameters => ({
      ...token.place,
      pin: { kind: 'file', path: token.pinFile },
      keyId: hex(id),
      mechanism,
      isLocal: false,
      carried: mechanism === 'aes-gcm' ? undefined : 'AAAA',
    })
    const openBare = async (): Promise<Token> =>
      openToken({
        settings: {
          ...token.place,
          sessions: 2,
          deadlineMs: 10_000,
          pin: async () => readPin({ kind: 'file', path: token.pinFile }),
        },
        environment: token.environment,
        log: silentLog,
      })

    for (const keyKind of ['aes', 'rsa'] as const) {
      describe(`and a key of ${keyKind}`, () => {
        let recorded: unknown

        beforeAll(async () => {
          const { root, parameters } = await make({ keyKind })
          expect(parameters.mechanism).toBe(mechanisms[keyKind])
          recorded = JSON.parse(JSON.stringify(parameters))
          root.destroy()
        })

        const open = async (more: TokenAccess = {}) => openTokenRoot(recorded, access(more))

        describeRoot(`opened anew`, 'pkcs11', open)

        test('unwraps after it was opened again, with the PIN that is given, too', async () => {
          const first = await open()
          const key = nodeRandom.bytes(32)
          const wrapped = await first.wrap(key, context)
          first.destroy()
          const pin = await readPin({ kind: 'file', path: token.pinFile })
          const again = await openTokenRoot(
            { ...Object(recorded), pin: undefined },
            access({ pin }),
          )
          expect((await again.unwrap(wrapped, context)).equals(key)).toBe(true)
          again.destroy()
        })

        test('does not unwrap what another key in the same token wrapped', async () => {
          const other = await make({ keyKind })
          const wrapped = await other.root.wrap(nodeRandom.bytes(32), context)
          const root = await open()
          await expect(root.unwrap(wrapped, context)).rejects.toThrow(
            unavailable('The root key in the token does not open this store'),
          )
          root.destroy()
          await other.discard()
          other.root.destroy()
          await expect(openTokenRoot(other.parameters, access())).rejects.toThrow(
            unavailable(`The token has no root key with the identifier ${other.parameters.keyId}`),
          )
        })

        test('leaves no process behind', async () => {
          const root = await open()
          expect(childrenOfTokens().length).toBeGreaterThan(0)
          root.destroy()
          await expect.poll(() => childrenOfTokens(), { timeout: 10_000 }).toEqual([])
        })

        test('a wrong PIN is tried once', async () => {
          const pin = await readPin({ kind: 'file', path: wrongPin() })
          const refused = expect.objectContaining({ code: 'AUTHENTICATION_FAILED' }) as unknown
          await expect(open({ pin })).rejects.toThrow(refused)
          await expect.poll(() => childrenOfTokens(), { timeout: 10_000 }).toEqual([])
          await new Promise((resolve) => setTimeout(resolve, 700))
          expect(childrenOfTokens()).toEqual([])
        })

        test('a PIN that lies nowhere is asked for', async () => {
          await expect(
            openTokenRoot({ ...Object(recorded), pin: undefined }, access()),
          ).rejects.toThrow(unavailable(/give --pin-file, --pin-fd or --pin-credential$/))
        })
      })
    }

    const wrongPin = (): string => {
      const path = `${token.pinFile}-wrong`
      writeFileSync(path, '000000\n', { mode: 0o600 })
      return path
    }

    test('a token that hangs is given up in time', async () => {
      await expect.poll(() => childrenOfTokens(), { timeout: 10_000 }).toEqual([])
      const { root, parameters, discard } = await make()
      const opened = await openTokenRoot(parameters, access({ deadlineMs: 500 }))
      const wrapped = await root.wrap(nodeRandom.bytes(32), context)
      await discard()
      root.destroy()
      await expect.poll(() => childrenOfTokens().length, { timeout: 10_000 }).toBe(1)
      for (const pid of childrenOfTokens()) process.kill(pid, 'SIGSTOP')
      const before = performance.now()
      await expect(opened.unwrap(wrapped, context)).rejects.toThrow(
        unavailable('The token cannot be reached'),
      )
      expect(performance.now() - before).toBeLessThan(5_000)
      opened.destroy()
    })

    test('another size, and two keys of one identifier, are refused', async () => {
      const bare = await openBare()
      const generate = async (id: string, bytes: number) =>
        bare.generate({ type: M.AES_KEY_GEN }, [
          ...shut(id),
          { type: CKA.VALUE_LEN[0], value: bytes },
          { type: CKA.ENCRYPT[0], value: true },
          { type: CKA.DECRYPT[0], value: true },
        ])
      const open = async (id: string) => openTokenRoot(foreign(id, 'aes-gcm'), access())
      await generate('short', 16)
      await expect(open('short')).rejects.toThrow(unavailable(/256 bits \(CKA_VALUE_LEN\)$/))
      // NSS makes one key of two.
      if (name === 'SoftHSM') {
        await generate('twice', 32)
        await generate('twice', 32)
        const more = `The token has more than one root key with the identifier ${hex('twice')}`
        await expect(open('twice')).rejects.toThrow(unavailable(more))
      }
      await bare.generatePair(
        { type: M.RSA_PKCS_KEY_PAIR_GEN },
        [
          { type: CKA.ID[0], value: utf8('rsa') },
          { type: CKA.LABEL[0], value: utf8('rsa') },
          { type: CKA.MODULUS_BITS[0], value: 2_048 },
          { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
          { type: CKA.ENCRYPT[0], value: true },
        ],
        [...shut('rsa'), { type: CKA.DECRYPT[0], value: true }],
      )
      await expect(openTokenRoot(foreign('rsa', 'rsa-oaep-sha1'), access())).rejects.toThrow(
        unavailable(/does not have 3072 bits \(CKA_MODULUS\)$/),
      )
      await bare.close()
    })

    test.each([
      ['EXTRACTABLE', { EXTRACTABLE: true }],
      // NSS has no other private keys than sensitive ones.
      ...(name === 'SoftHSM' ? [['SENSITIVE', { SENSITIVE: false }] as const] : []),
      ['UNWRAP', { UNWRAP: true }],
      ['WRAP', { WRAP: true }],
      ['SIGN', { SIGN: true }],
      ['VERIFY', { VERIFY: true }],
      ['DERIVE', { DERIVE: true }],
      ['ENCRYPT', { ENCRYPT: false }],
      ['DECRYPT', { DECRYPT: false }],
    ] as const)('a key of a wrong CKA_%s is refused by that name', async (attribute, wrong) => {
      const bare = await openBare()
      const id = `wrong ${attribute}`
      const right = { VALUE_LEN: 32, ENCRYPT: true, DECRYPT: true, WRAP: false, VERIFY: false }
      const own = Object.entries({ ...right, ...wrong }).map(([each, value]) =>
        attributeOf(each, value),
      )
      const common = shut(id).filter(({ type }) => own.every((each) => each.type !== type))
      await bare.generate({ type: M.AES_KEY_GEN }, [...common, ...own])
      await bare.close()
      const named = unavailable(new RegExp(`\\(CKA_${attribute}\\)$`))
      await expect(openTokenRoot(foreign(id, 'aes-gcm'), access())).rejects.toThrow(named)
      await expect(make({ keyId: hex(id) })).rejects.toThrow(named)
    })

    test('a key that was brought to the token is refused', async () => {
      const bare = await openBare()
      await bare.create([
        { type: CKA.CLASS[0], value: ObjectClass.SecretKey },
        { type: CKA.KEY_TYPE[0], value: 0x1f },
        ...shut('brought'),
        { type: CKA.VALUE[0], value: new Uint8Array(32).fill(3) },
        { type: CKA.ENCRYPT[0], value: true },
        { type: CKA.DECRYPT[0], value: true },
      ])
      await bare.close()
      await expect(make({ keyId: hex('brought') })).rejects.toThrow(
        unavailable(/\(CKA_(ALWAYS_SENSITIVE|NEVER_EXTRACTABLE|LOCAL)\)$/),
      )
    })
  })
}

describe('the attributes of a root key', () => {
  const secret = { objectClass: ObjectClass.SecretKey, label: utf8('l'), id: utf8('i') }
  const privateKey = { ...secret, objectClass: ObjectClass.PrivateKey }
  const common = {
    TOKEN: true,
    PRIVATE: true,
    SENSITIVE: true,
    EXTRACTABLE: false,
    ALWAYS_SENSITIVE: true,
    NEVER_EXTRACTABLE: true,
    LOCAL: true,
    DECRYPT: true,
    UNWRAP: false,
    SIGN: false,
    DERIVE: false,
  }
  const goodSecret = { KEY_TYPE: 0x1f, VALUE_LEN: 32, ENCRYPT: true, WRAP: false, VERIFY: false }
  const modulus = (bits: number): Uint8Array =>
    Buffer.from((1n << BigInt(bits - 1)).toString(16).padStart(770, '0'), 'hex')
  const goodPrivate = { KEY_TYPE: 0, MODULUS: modulus(3072), SIGN_RECOVER: false }
  type Values = Readonly<Record<string, TokenValue>>

  /** A token that says so of its key. */
  const saying = (values: Values): Pick<Token, 'read'> => ({
    read: async (_key, types) =>
      Promise.resolve(
        types.map((type) => {
          const [name = ''] = Object.entries(CKA).find(([, [number]]) => number === type) ?? []
          const value = values[name]
          return value === undefined ? { returnCode: RC.ATTRIBUTE_TYPE_INVALID } : { value }
        }),
      ),
  })
  const check = async (key: TokenObject, values: Values, isLocal = true) =>
    checkRootKey(saying(values), key, isLocal)

  test.each([
    ['AES', secret, goodSecret],
    ['RSA', privateKey, goodPrivate],
  ])('of %s are refused one by one, wrong or missing', async (_name, key, own) => {
    const good: Values = { ...common, ...own }
    await check(key, good)
    for (const [name, value] of Object.entries(good)) {
      const named = unavailable(
        new RegExp(`^The root key in the token is refused: .*CKA_${name}\\)$`),
      )
      const wrong =
        typeof value === 'boolean' ? !value : typeof value === 'number' ? 16 : modulus(3071)
      await expect(check(key, { ...good, [name]: wrong }), name).rejects.toThrow(named)
      const without = Object.fromEntries(Object.entries(good).filter(([each]) => each !== name))
      // What a class of keys cannot do its keys need not say.
      const isUse = ['UNWRAP', 'SIGN', 'DERIVE', 'WRAP', 'VERIFY', 'SIGN_RECOVER'].includes(name)
      if (isUse) await check(key, without)
      else await expect(check(key, without), name).rejects.toThrow(named)
    }
    await check(key, { ...good, LOCAL: false }, false)
  })
})

describe('the parameters of a root key in a token', () => {
  const good = {
    module: '/usr/lib/p11.so',
    label: 'keys',
    keyId: 'ab',
    mechanism: 'aes-gcm',
    isLocal: true,
    pin: { kind: 'file', path: '/pin' },
  }

  test('are read back as they were written', () => {
    expect(readTokenParameters(good)).toEqual(good)
  })

  test.each([
    ['no module', { module: undefined }],
    ['a module of a relative path', { module: 'p11.so' }],
    ['no place', { label: undefined }],
    ['two places', { slot: 1 }],
    ['a slot that is text', { label: undefined, slot: '1' }],
    ['an identifier that is not hex', { keyId: 'xy' }],
    ['no identifier', { keyId: '' }],
    ['another mechanism', { mechanism: 'aes-cbc' }],
    ['RSA that carries nothing', { mechanism: 'rsa-oaep-sha1' }],
    ['AES that carries something', { carried: 'AAAA' }],
    ['no word on where the key was made', { isLocal: 1 }],
    ['a PIN in it', { pin: { kind: 'text', text: '1234' } }],
    ['a credential that is a path', { pin: { kind: 'credential', name: '../pin' } }],
    ['a descriptor', { pin: { kind: 'descriptor', number: 3 } }],
  ])('are refused with %s', (_what, more) => {
    expect(() => readTokenParameters({ ...good, ...more })).toThrow(
      unavailable('The parameters of the root key in the token are damaged'),
    )
  })
})

describe.skipIf(NO_SOFTHSM !== undefined)('a key that is in the token already', () => {
  test('is taken by its identifier, and left there', async () => {
    const token = softHsm()
    const access = { environment: token.environment }
    const request = { ...token.place, pinSource: { kind: 'file', path: token.pinFile } } as const
    try {
      for (const keyKind of ['aes', 'rsa'] as const) {
        const first = await createTokenRoot({ ...request, keyKind }, access, nodeRandom)
        const { keyId, mechanism } = first.parameters
        first.root.destroy()
        const second = await createTokenRoot({ ...request, keyId }, access, nodeRandom)
        expect(second.parameters).toMatchObject({ keyId, mechanism, isLocal: true })
        await second.discard()
        second.root.destroy()
        const again = await openTokenRoot(first.parameters, access)
        again.destroy()
      }
      const keyId = 'abcd'
      await expect(createTokenRoot({ ...request, keyId }, access, nodeRandom)).rejects.toThrow(
        unavailable('The token has no root key with the identifier abcd'),
      )
    } finally {
      token.remove()
    }
  })

  test('is not found any more when the token is gone', async () => {
    const token = softHsm()
    const access = { environment: token.environment }
    const request = { ...token.place, pinSource: { kind: 'file', path: token.pinFile } } as const
    const { root, parameters } = await createTokenRoot(request, access, nodeRandom)
    root.destroy()
    token.remove()
    await expect(openTokenRoot(parameters, access)).rejects.toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    )
  })
})

const hex = (text: string): string => Buffer.from(text).toString('hex')

const attributeOf = (name: string, value: number | boolean): TokenAttribute => {
  const [, row] = Object.entries(CKA).find(([each]) => each === name) ?? []
  if (row === undefined) throw new TypeError(name)
  return { type: row[0], value }
}

/** Attributes of keys that stay and are good for nothing yet. */
function shut(id: string): readonly TokenAttribute[] {
  const values = { TOKEN: true, PRIVATE: true, SENSITIVE: true, EXTRACTABLE: false }
  const uses = { UNWRAP: false, SIGN: false, DERIVE: false }
  return [
    { type: CKA.ID[0], value: utf8(id) },
    { type: CKA.LABEL[0], value: utf8(id) },
    ...Object.entries({ ...values, ...uses }).map(([name, value]) => attributeOf(name, value)),
  ]
}
