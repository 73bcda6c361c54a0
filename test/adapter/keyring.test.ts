import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KEYRING_KEY, createKeyring, openKeyring } from '../../src/adapter/keyring.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { rootFromFile } from '../../src/adapter/root-file.ts'
import { rootFromPassphrase } from '../../src/adapter/root-passphrase.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { RootOfTrust } from '../../src/port/root-of-trust.ts'
import type { Store } from '../../src/port/store.ts'
import { Secret } from '../../src/secret/secret.ts'
import { envelope, envelopeLabel as label, fromHex, toHex } from './fixtures/envelope.ts'

const { parameters } = envelope
const FLOOR = parameters.cost

describe('a new keyring', () => {
  test('what its sealer sealed opens after the keyring is opened again', async () => {
    const store = memoryStore()
    const sealer = await createKeyring(store, passphrase('one'), nodeRandom)
    const sealed = sealer.seal(label, fromHex('c0ffee'))
    const blinded = sealer.blind('name', fromHex('c0ffee'))
    sealer.destroy()
    const again = await openKeyring(store, passphrase('one'))
    expect(again.open(label, sealed).expose(toHex)).toBe('c0ffee')
    expect(again.blind('name', fromHex('c0ffee'))).toEqual(blinded)
  })

  test('two stores have nothing in common, though the passphrase is the same', async () => {
    const [one, other] = [memoryStore(), memoryStore()]
    const first = await createKeyring(one, passphrase('one'), nodeRandom)
    const second = await createKeyring(other, passphrase('one'), nodeRandom)
    expect(first.blind('name', fromHex('00'))).not.toEqual(second.blind('name', fromHex('00')))
    const sealed = first.seal(label, fromHex('00'))
    expect(() => second.open(label, sealed)).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    )
  })

  test('is made once', async () => {
    const store = memoryStore()
    await createKeyring(store, passphrase('one'), nodeRandom)
    const before = await store.get(KEYRING_KEY)
    await expect(createKeyring(store, passphrase('one'), nodeRandom)).rejects.toMatchObject(
      fault('This store already has a keyring'),
    )
    expect(await store.get(KEYRING_KEY)).toEqual(before)
  })
})

describe('opening a keyring', () => {
  test('a keyring that another program made opens its records', async () => {
    const sealer = await openKeyring(
      await storeWith(envelope.keyrings.passphrase),
      passphrase(envelope.passphrase),
    )
    for (const record of envelope.records) {
      expect(sealer.open(label, fromHex(record.sealed)).expose(toHex)).toBe(record.plaintext)
    }
    const [blinded] = envelope.blinded
    expect(toHex(sealer.blind('name', fromHex(blinded?.input ?? '')))).toBe(blinded?.output)
  })

  test('so does the same under a root key file', async () => {
    const sealer = await openKeyring(
      await storeWith(envelope.keyrings.file),
      await fileRoot(envelope.rootFile),
    )
    const [record] = envelope.records
    expect(sealer.open(label, fromHex(record?.sealed ?? '')).expose(toHex)).toBe(record?.plaintext)
  })

  test('a wrong passphrase is called that', async () => {
    const store = await storeWith(envelope.keyrings.passphrase)
    for (const wrong of ['Correct horse battery staple', `${envelope.passphrase} `, 'x']) {
      await expect(openKeyring(store, passphrase(wrong))).rejects.toMatchObject(
        fault('The passphrase does not open this store'),
      )
    }
  })

  test('a wrong root key file is called that, and neither kind opens what the other wrapped', async () => {
    const file = fault('The root key file does not open this store')
    const byFile = await storeWith(envelope.keyrings.file)
    const byPassphrase = await storeWith(envelope.keyrings.passphrase)
    await expect(openKeyring(byFile, await fileRoot('00'.repeat(32)))).rejects.toMatchObject(file)
    await expect(
      openKeyring(byPassphrase, await fileRoot(envelope.rootFile)),
    ).rejects.toMatchObject(file)
    await expect(openKeyring(byFile, passphrase(envelope.passphrase))).rejects.toMatchObject(
      fault('The passphrase does not open this store'),
    )
  })

  test('a store without a keyring is told apart', async () => {
    await expect(openKeyring(memoryStore(), passphrase('one'))).rejects.toMatchObject(
      fault('This store has no keyring'),
    )
  })

  test('each altered byte and each missing end is called damage, not a wrong passphrase', async () => {
    const damaged = fault('The keyring of this store is damaged')
    const whole = fromHex(envelope.keyrings.file)
    const root = await fileRoot(envelope.rootFile)
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Uint8Array.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 0x40
      const store = await storeWith(toHex(altered))
      await expect(openKeyring(store, root), `byte ${at}`).rejects.toMatchObject(damaged)
      const cut = await storeWith(toHex(whole.subarray(0, at)))
      await expect(openKeyring(cut, root), `length ${at}`).rejects.toMatchObject(damaged)
    }
    await expect(openKeyring(await storeWith(''), root)).rejects.toMatchObject(damaged)
  })

  test('an alteration by somebody who mends the checksum is noticed, too', async () => {
    const { createHash } = await import('node:crypto')
    const whole = fromHex(envelope.keyrings.file)
    const root = await fileRoot(envelope.rootFile)
    for (let at = 0; at < whole.length - 32; at += 1) {
      const altered = Uint8Array.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 1
      altered.set(createHash('sha256').update(altered.subarray(0, -32)).digest(), whole.length - 32)
      const store = await storeWith(toHex(altered))
      await expect(openKeyring(store, root), `byte ${at}`).rejects.toMatchObject({
        name: 'KmipFault',
        code: 'UNAVAILABLE',
      })
    }
  })
})

function passphrase(text: string): RootOfTrust {
  return rootFromPassphrase(Secret.copyOf(new TextEncoder().encode(text)), parameters, FLOOR)
}

async function fileRoot(hex: string): Promise<RootOfTrust> {
  const directory = await mkdtemp(join(tmpdir(), 'kmipd-root-'))
  try {
    const path = join(directory, 'root.key')
    await writeFile(path, fromHex(hex), { mode: 0o600 })
    return await rootFromFile(path)
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function storeWith(keyring: string): Promise<Store> {
  const store = memoryStore()
  const put = { key: new TextEncoder().encode('keyring'), value: fromHex(keyring) }
  await store.commit({ checks: [], puts: [put], dels: [] })
  return store
}

function fault(message: string): { name: string; code: string; message: string } {
  return { name: 'KmipFault', code: 'UNAVAILABLE', message }
}
