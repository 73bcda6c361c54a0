import { createCipheriv } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { KmipFault } from '../../../src/fault/fault.ts'
import { unwrapByBlocks, wrapByBlocks } from '../../../src/operation/resident/key-wrap.ts'
import { Secret } from '../../../src/secret/secret.ts'

const KEK = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const WRAPPED = Buffer.from('1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5', 'hex')

afterEach(() => {
  vi.restoreAllMocks()
})

async function encrypt(block: Uint8Array): Promise<Uint8Array> {
  const cipher = createCipheriv('aes-128-ecb', KEK, null).setAutoPadding(false)
  return Promise.resolve(Uint8Array.from(cipher.update(block)))
}

test('[RFC 3394 4.1] A key is wrapped by single blocks', async () => {
  const wrapped = await wrapByBlocks(Secret.copyOf(KEY), encrypt)
  expect(wrapped.expose((bytes) => Buffer.from(bytes))).toEqual(WRAPPED)
})

test.each([
  ['wrapped', wrapByBlocks, KEY],
  ['unwrapped', unwrapByBlocks, WRAPPED],
] as const)('What was half %s when the token went away is zeroed', async (_, use, bytes) => {
  const filled = vi.spyOn(Uint8Array.prototype, 'fill')
  const away = async (): Promise<Uint8Array> =>
    Promise.reject(new KmipFault('UNAVAILABLE', 'The token is away'))
  await expect(use(Secret.copyOf(bytes), away)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  const worked = new Set(filled.mock.contexts.filter(isOfWrapping))
  expect([...worked].map((each) => Buffer.from(each))).toEqual([Buffer.alloc(24)])
})

/** Eight bytes more than the key. */
function isOfWrapping(context: unknown): context is Uint8Array {
  return context instanceof Uint8Array && context.length === WRAPPED.length
}
