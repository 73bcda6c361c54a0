import { createCipheriv, scrypt, type ScryptOptions } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { createRootFile, rootFromFile } from '../../src/adapter/root-file.ts'
import {
  SCRYPT_COST,
  newPassphraseParameters,
  readPassphraseParameters,
  rootFromPassphrase,
} from '../../src/adapter/root-passphrase.ts'
import type { RootOfTrust } from '../../src/port/root-of-trust.ts'
import { Secret } from '../../src/secret/secret.ts'
import { envelope, fromHex, secretOf } from './fixtures/envelope.ts'
import { describeRoot } from './root-contract.ts'

const UNAVAILABLE = { name: 'KmipFault', code: 'UNAVAILABLE' }
const COST = 1024
const context = new TextEncoder().encode('here')

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kmipd-root-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

const roots: [string, () => Promise<RootOfTrust>][] = [
  ['passphrase', async () => Promise.resolve(passphraseRoot('open sesame'))],
  ['file', async () => fileRoot()],
]

for (const [kind, make] of roots) describeRoot(kind, kind, make)

describe('a passphrase', () => {
  test('opens only with its own salt', async () => {
    const wrapped = await passphraseRoot('open sesame').wrap(nodeRandom.bytes(32), context)
    await expect(
      passphraseRoot('open sesame', 'ab'.repeat(32)).unwrap(wrapped, context),
    ).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: 'The passphrase does not open this store',
    })
  })

  test('may be destroyed by who handed it in, and is refused when empty', async () => {
    const passphrase = Secret.copyOf(context)
    const root = rootFromPassphrase(passphrase, weak(), COST)
    passphrase.destroy()
    const again = rootFromPassphrase(Secret.copyOf(context), weak(), COST)
    const key = nodeRandom.bytes(32)
    expect((await again.unwrap(await root.wrap(key, context), context)).equals(key)).toBe(true)
    expect(() => rootFromPassphrase(passphrase, weak(), COST)).toThrow(
      expect.objectContaining({ ...UNAVAILABLE, message: 'The passphrase is empty' }),
    )
  })

  test('opens what was wrapped elsewhere with a commitment to its key', async () => {
    const root = rootOfEnvelope()
    const key = await root.unwrap(fromHex(envelope.committed), context)
    expect(key.equals(secretOf(envelope.epochs['1'] ?? ''))).toBe(true)
    const wrapped = await root.wrap(key, context)
    expect(wrapped[0]).toBe(2)
    expect(wrapped).toHaveLength(1 + 32 + 12 + 32 + 16)
  })

  test('opens without a commitment only what is too short to fit many keys', async () => {
    const root = rootOfEnvelope()
    const key = await derived()
    for (const length of [0, 31, 32, 33, 64, 4_096]) {
      const wrapped = await uncommitted(key, new Uint8Array(length))
      const opened = root.unwrap(wrapped, context)
      if (length === 32) expect((await opened).length).toBe(32)
      else await expect(opened, `${length} bytes`).rejects.toMatchObject(UNAVAILABLE)
    }
  })

  test('destroyed before its first use it does nothing', async () => {
    const root = passphraseRoot('open sesame')
    root.destroy()
    await expect(root.wrap(nodeRandom.bytes(32), context)).rejects.toMatchObject(UNAVAILABLE)
  })

  test('new parameters are those of security: N = 2^17, r = 8, p = 1, a fresh salt of 32 bytes', () => {
    const one = newPassphraseParameters(nodeRandom)
    expect(one).toMatchObject({ kdf: 'scrypt', cost: 2 ** 17, blockSize: 8, parallelization: 1 })
    expect(one.salt).toMatch(/^[0-9a-f]{64}$/)
    expect(newPassphraseParameters(nodeRandom).salt).not.toBe(one.salt)
    expect(readPassphraseParameters(JSON.parse(JSON.stringify(one)))).toEqual(one)
    expect(SCRYPT_COST).toBe(2 ** 17)
  })

  const good = { kdf: 'scrypt', cost: SCRYPT_COST, blockSize: 8, parallelization: 1, salt: SALT() }
  const bad: [string, unknown][] = [
    ['nothing', null],
    ['text', 'scrypt'],
    ['a list', []],
    ['no members', {}],
    ['another function', { ...good, kdf: 'pbkdf2' }],
    ['half the cost', { ...good, cost: SCRYPT_COST / 2 }],
    ['no cost', { ...good, cost: 0 }],
    ['a cost that is no power of two', { ...good, cost: SCRYPT_COST + 1 }],
    ['a cost that is no integer', { ...good, cost: SCRYPT_COST + 0.5 }],
    ['a cost that takes the machine', { ...good, cost: 2 ** 30 }],
    ['text as cost', { ...good, cost: '131072' }],
    ['a small block', { ...good, blockSize: 1 }],
    ['a huge block', { ...good, blockSize: 1024 }],
    ['more memory than is given', { ...good, cost: 2 ** 22, blockSize: 32 }],
    ['no lane', { ...good, parallelization: 0 }],
    ['too many lanes', { ...good, parallelization: 1000 }],
    ['no salt', { ...good, salt: '' }],
    ['a short salt', { ...good, salt: '00'.repeat(15) }],
    ['half a byte of salt', { ...good, salt: `${'00'.repeat(16)}0` }],
    ['a salt that is not hex', { ...good, salt: 'zz'.repeat(16) }],
  ]

  test.each(bad)('parameters with %s are refused', (_, value) => {
    expect(() => readPassphraseParameters(value)).toThrow(expect.objectContaining(UNAVAILABLE))
  })

  test('a lower cost needs a lower floor', () => {
    expect(readPassphraseParameters(weak(), COST)).toEqual(weak())
    expect(() => readPassphraseParameters(weak())).toThrow(expect.objectContaining(UNAVAILABLE))
    expect(() => rootFromPassphrase(Secret.copyOf(context), weak())).toThrow(
      expect.objectContaining(UNAVAILABLE),
    )
  })
})

describe('a root key file', () => {
  test('is 32 fresh bytes for its owner alone', async () => {
    const [one, other] = [join(directory, 'one'), join(directory, 'other')]
    await createRootFile(one, nodeRandom)
    await createRootFile(other, nodeRandom)
    expect((await stat(one)).mode & 0o777).toBe(0o600)
    expect(await readFile(one)).toHaveLength(32)
    expect((await readFile(one)).equals(await readFile(other))).toBe(false)
  })

  test('is never overwritten', async () => {
    const path = join(directory, 'root.key')
    await writeFile(path, 'mine')
    await expect(createRootFile(path, nodeRandom)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `The root key file ${path} cannot be made`,
    })
    expect(await readFile(path, 'utf8')).toBe('mine')
  })

  test.each([0o640, 0o604, 0o660, 0o602, 0o610, 0o601])(
    'of mode %o is refused: others may use it',
    async (mode) => {
      const path = join(directory, 'root.key')
      await createRootFile(path, nodeRandom)
      await chmod(path, mode)
      await expect(rootFromFile(path)).rejects.toMatchObject({
        ...UNAVAILABLE,
        message: `The root key file ${path} may be read by others (chmod 600 it)`,
      })
    },
  )

  test('of another length, missing, or not a file is refused', async () => {
    const path = join(directory, 'root.key')
    await expect(rootFromFile(path)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `The root key file ${path} cannot be read`,
    })
    for (const length of [0, 31, 33]) {
      await writeFile(path, new Uint8Array(length), { mode: 0o600 })
      await expect(rootFromFile(path), `${length} bytes`).rejects.toMatchObject({
        ...UNAVAILABLE,
        message: `The root key file ${path} is not a root key`,
      })
    }
    await rm(path)
    await mkdir(path, { mode: 0o700 })
    await expect(rootFromFile(path)).rejects.toMatchObject(UNAVAILABLE)
  })
})

function passphraseRoot(text: string, salt = SALT()): RootOfTrust {
  const passphrase = Secret.copyOf(new TextEncoder().encode(text))
  return rootFromPassphrase(passphrase, { ...weak(), salt }, COST)
}

function weak() {
  return { kdf: 'scrypt', cost: COST, blockSize: 8, parallelization: 1, salt: SALT() } as const
}

function SALT(): string {
  return '5a'.repeat(32)
}

/** A root of the passphrase that `envelope.py` has. */
function rootOfEnvelope(): RootOfTrust {
  const passphrase = Secret.copyOf(new TextEncoder().encode(envelope.passphrase))
  return rootFromPassphrase(passphrase, envelope.parameters, COST)
}

async function derived(): Promise<Buffer> {
  const { salt, cost: N } = envelope.parameters
  return promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)(
    envelope.passphrase,
    Buffer.from(salt, 'hex'),
    32,
    { N },
  )
}

/** Wrapped as it was before wrappings had commitments: format, IV, ciphertext, tag. */
async function uncommitted(key: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
  const parts = ['kmipd root', Buffer.of(1), 'passphrase', context].map((part) => Buffer.from(part))
  const associated = Buffer.concat(
    parts.flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part]),
  )
  const iv = Buffer.alloc(12, 9)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associated)
  const sealed = [cipher.update(plain), cipher.final()]
  return Promise.resolve(Buffer.concat([Buffer.of(1), iv, ...sealed, cipher.getAuthTag()]))
}

async function fileRoot(): Promise<RootOfTrust> {
  const path = join(directory, 'root.key')
  await writeFile(path, fromHex('77'.repeat(32)), { mode: 0o600 })
  return rootFromFile(path)
}
