import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Store } from '../../src/port/store.ts'
import {
  readAuthority,
  writeAuthority,
  type KeyedCertificate,
} from '../../src/repository/authority-record.ts'
import { Secret } from '../../src/secret/secret.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'

let store: Store
const sealer = plainSealer()
const utf8 = new TextEncoder()

const keyed = (certificate: string, key: string): KeyedCertificate => ({
  certificate: utf8.encode(certificate),
  key: Secret.copyOf(utf8.encode(key)),
})

const textOf = ({ certificate, key }: KeyedCertificate): readonly string[] => [
  Buffer.from(certificate).toString(),
  key.expose((bytes) => Buffer.from(bytes).toString()),
]

beforeEach(() => {
  store = memoryStore()
})

describe('a certificate with its key', () => {
  test('is read as it was written, each under its name', async () => {
    await writeAuthority({ store, sealer }, 'ca', keyed('authority', 'k1'))
    await writeAuthority({ store, sealer }, 'server', keyed('', 'k2'))
    expect(textOf(await readAuthority({ store, sealer }, 'ca'))).toEqual(['authority', 'k1'])
    expect(textOf(await readAuthority({ store, sealer }, 'server'))).toEqual(['', 'k2'])
  })

  test('is replaced by someone who has read it, once', async () => {
    await writeAuthority({ store, sealer }, 'server', keyed('a', 'a'))
    const before = await readAuthority({ store, sealer }, 'server')
    await writeAuthority({ store, sealer }, 'server', keyed('b', 'b'), before)
    const late = writeAuthority({ store, sealer }, 'server', keyed('c', 'c'), before)
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
    const blind = writeAuthority({ store, sealer }, 'server', keyed('d', 'd'))
    await expect(blind).rejects.toMatchObject({ code: 'CONFLICT' })
    const after = await readAuthority({ store, sealer }, 'server')
    expect(textOf(after)).toEqual(['b', 'b'])
    expect(after.version).toBe(2)
  })

  test('that is not there is unavailable', async () => {
    await expect(readAuthority({ store, sealer }, 'ca')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })

  test.each([
    ['moved from another name', 'a/server'],
    ['an older version under a newer number', 'version'],
    ['cut off', 'cut'],
  ])('is not opened when it is %s', async (_what, how) => {
    await writeAuthority({ store, sealer }, 'ca', keyed('authority', 'k1'))
    await writeAuthority({ store, sealer }, 'server', keyed('server', 'k2'))
    const key = utf8.encode('a/ca')
    const own = Uint8Array.from((await store.get(key))?.value ?? [])
    const other = (await store.get(utf8.encode('a/server')))?.value ?? own
    if (how === 'version') own[3] = 2
    const value = how === 'cut' ? own.subarray(0, 3) : how === 'version' ? own : other
    await store.commit({ checks: [], puts: [{ key, value }], dels: [] })
    await expect(readAuthority({ store, sealer }, 'ca')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
