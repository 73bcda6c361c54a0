import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  destroyKeys,
  makeKeyring,
  openBareKeys,
  openKeyring,
  readKeyring,
  rewrapKeyring,
  unwrapKeyring,
  wrapKeyring,
} from '../../src/adapter/keyring.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { rootFromFile } from '../../src/adapter/root-file.ts'
import { rootFromPassphrase } from '../../src/adapter/root-passphrase.ts'
import type { RootOfTrust } from '../../src/port/root-of-trust.ts'
import type { Sealer } from '../../src/port/sealer.ts'
import { Secret } from '../../src/secret/secret.ts'
import { envelope, envelopeLabel as label, fromHex, toHex } from './fixtures/envelope.ts'

const { parameters } = envelope
const FLOOR = parameters.cost

describe('a new keyring', () => {
  test('what its sealer sealed opens after the keyring is opened again', async () => {
    const { sealer, record } = await makeKeyring(passphrase('one'), nodeRandom)
    const sealed = sealer.seal(label, fromHex('c0ffee'))
    const blinded = sealer.blind('name', fromHex('c0ffee'))
    sealer.destroy()
    const again = await openKeyring(record, passphrase('one'))
    expect(again.sealer.open(label, sealed).expose(toHex)).toBe('c0ffee')
    expect(again.sealer.blind('name', fromHex('c0ffee'))).toEqual(blinded)
  })

  test('what its seal authenticated is authentic after the keyring is opened again', async () => {
    const { seal, record } = await makeKeyring(passphrase('one'), nodeRandom)
    const again = await openKeyring(record, passphrase('one'))
    expect(again.isAuthenticated).toBe(true)
    expect(again.record).toEqual(record)
    const body = fromHex('c0ffee')
    expect(again.seal.isAuthentic(body, seal.authenticate(body))).toBe(true)
    expect(again.seal.combine([body])).toEqual(seal.combine([body]))
    expect(again.seal.mask(fromHex('00'.repeat(16)))).toEqual(seal.mask(fromHex('00'.repeat(16))))
  })

  test('two stores have nothing in common, though the passphrase is the same', async () => {
    const first = await makeKeyring(passphrase('one'), nodeRandom)
    const second = await makeKeyring(passphrase('one'), nodeRandom)
    const input = fromHex('00')
    expect(first.sealer.blind('name', input)).not.toEqual(second.sealer.blind('name', input))
    expect(first.seal.combine([input])).not.toEqual(second.seal.combine([input]))
    expect(second.seal.isAuthentic(input, first.seal.authenticate(input))).toBe(false)
    const sealed = first.sealer.seal(label, input)
    expect(() => second.sealer.open(label, sealed)).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    )
  })
})

describe('opening a keyring', () => {
  test('a keyring that another program made opens its records', async () => {
    const { sealer } = await openKeyring(
      fromHex(envelope.keyrings.passphrase),
      passphrase(envelope.passphrase),
    )
    for (const record of envelope.records) {
      expect(sealer.open(label, fromHex(record.sealed)).expose(toHex)).toBe(record.plaintext)
    }
    const [blinded] = envelope.blinded
    expect(toHex(sealer.blind('name', fromHex(blinded?.input ?? '')))).toBe(blinded?.output)
  })

  test('so does the same under a root key file', async () => {
    const { sealer } = await openKeyring(
      fromHex(envelope.keyrings.file),
      await fileRoot(envelope.rootFile),
    )
    const [record] = envelope.records
    expect(sealer.open(label, fromHex(record?.sealed ?? '')).expose(toHex)).toBe(record?.plaintext)
  })

  test('a wrong passphrase is called that', async () => {
    const store = fromHex(envelope.keyrings.passphrase)
    for (const wrong of ['Correct horse battery staple', `${envelope.passphrase} `, 'x']) {
      await expect(openKeyring(store, passphrase(wrong))).rejects.toMatchObject(
        fault('The passphrase does not open this store'),
      )
    }
  })

  test('a wrong root key file is called that, and neither kind opens what the other wrapped', async () => {
    const file = fault('The root key file does not open this store')
    const byFile = fromHex(envelope.keyrings.file)
    const byPassphrase = fromHex(envelope.keyrings.passphrase)
    await expect(openKeyring(byFile, await fileRoot('00'.repeat(32)))).rejects.toMatchObject(file)
    await expect(
      openKeyring(byPassphrase, await fileRoot(envelope.rootFile)),
    ).rejects.toMatchObject(file)
    await expect(openKeyring(byFile, passphrase(envelope.passphrase))).rejects.toMatchObject(
      fault('The passphrase does not open this store'),
    )
  })

  test('one from before heads were authenticated says so, and has a record that does not', async () => {
    const old = await openKeyring(
      fromHex(envelope.keyrings.passphrase),
      passphrase(envelope.passphrase),
    )
    expect(old).toMatchObject({ isAuthenticated: false, isOutdated: true, generation: 0 })
    const renewed = await openKeyring(old.record, passphrase(envelope.passphrase))
    expect(renewed).toMatchObject({ isAuthenticated: true, isOutdated: false, generation: 0 })
    const body = fromHex('c0ffee')
    expect(renewed.seal.combine([body])).toEqual(old.seal.combine([body]))
  })

  test('one from before there were lines opens, and has a record in which all epochs are of one', async () => {
    const root = await fileRoot(envelope.rootFile)
    const old = await openKeyring(fromHex(envelope.keyrings.authenticated), root)
    expect(old).toMatchObject({ isAuthenticated: true, isOutdated: true, generation: 0 })
    expectRecordsToOpen(old.sealer)
    expect(linesOf(old.record)).toEqual([
      { number: 1, line: 'default', seals: 0 },
      { number: 3, line: 'default', seals: 0 },
    ])
    expectRecordsToOpen((await openKeyring(old.record, root)).sealer)
  })

  test('one with lines that another program made opens, and is left as it is', async () => {
    const record = fromHex(envelope.keyrings.lines)
    const ring = await openKeyring(record, await fileRoot(envelope.rootFile))
    expect(ring).toMatchObject({ isAuthenticated: true, isOutdated: false, generation: 0x01020304 })
    expect(toHex(ring.record)).toBe(envelope.keyrings.lines)
    expectRecordsToOpen(ring.sealer)
    expect(linesOf(record)).toEqual([
      { number: 1, line: 'default', seals: 0x0102030405 },
      { number: 3, line: 'payröll', seals: 7 },
    ])
  })

  test('a store without a keyring is told apart', async () => {
    await expect(openKeyring(undefined, passphrase('one'))).rejects.toMatchObject(
      fault('This store has no keyring'),
    )
  })

  test.each(['file', 'lines'] as const)(
    'each altered byte and each missing end is called damage, not a wrong root: %s',
    async (name) => {
      const damaged = fault('The keyring of this store is damaged')
      const whole = fromHex(envelope.keyrings[name])
      const root = await fileRoot(envelope.rootFile)
      for (let at = 0; at < whole.length; at += 1) {
        const altered = Uint8Array.from(whole)
        altered[at] = (altered[at] ?? 0) ^ 0x40
        const store = altered
        await expect(openKeyring(store, root), `byte ${at}`).rejects.toMatchObject(damaged)
        const cut = whole.subarray(0, at)
        await expect(openKeyring(cut, root), `length ${at}`).rejects.toMatchObject(damaged)
      }
      await expect(openKeyring(new Uint8Array(0), root)).rejects.toMatchObject(damaged)
    },
  )

  test.each(['file', 'lines'] as const)(
    'an alteration by somebody who mends the checksum is noticed, too: %s',
    async (name) => {
      const { createHash } = await import('node:crypto')
      const whole = fromHex(envelope.keyrings[name])
      const root = await fileRoot(envelope.rootFile)
      for (let at = 0; at < whole.length - 32; at += 1) {
        const altered = Uint8Array.from(whole)
        altered[at] = (altered[at] ?? 0) ^ 1
        altered.set(
          createHash('sha256').update(altered.subarray(0, -32)).digest(),
          whole.length - 32,
        )
        const store = altered
        await expect(openKeyring(store, root), `byte ${at}`).rejects.toMatchObject({
          name: 'KmipFault',
          code: 'UNAVAILABLE',
        })
      }
    },
  )
})

describe('wrapping a keyring under another root', () => {
  test('the other root opens it and the first no longer does', async () => {
    const root = await fileRoot(envelope.rootFile)
    const old = fromHex(envelope.keyrings.lines)
    const record = await rewrapKeyring(old, { from: root, to: passphrase('two') })
    const again = await openKeyring(record, passphrase('two'))
    expectRecordsToOpen(again.sealer)
    expect(again).toMatchObject({ generation: 0x01020304, isOutdated: false })
    expect(linesOf(record)).toEqual(linesOf(old))
    await expect(openKeyring(record, root)).rejects.toMatchObject(
      fault('The root key file does not open this store'),
    )
    // What the heads of the store are proved with stays the same.
    const first = await openKeyring(old, root)
    const body = fromHex('c0ffee')
    expect(again.seal.isAuthentic(body, first.seal.authenticate(body))).toBe(true)
  })

  test('a restored store gets another generation, which who has no root cannot change', async () => {
    const root = await fileRoot(envelope.rootFile)
    const old = fromHex(envelope.keyrings.lines)
    const record = await rewrapKeyring(old, { from: root, to: root, generation: 9 })
    expect((await openKeyring(record, root)).generation).toBe(9)
    expect(readKeyring(record).generation).toBe(9)
    expect(readKeyring(old).generation).toBe(0x01020304)
  })

  test('a root that did not wrap it does not wrap it anew', async () => {
    const options = { from: passphrase('wrong'), to: passphrase('two') }
    const old = fromHex(envelope.keyrings.passphrase)
    await expect(rewrapKeyring(old, options)).rejects.toMatchObject(
      fault('The passphrase does not open this store'),
    )
  })

  test('bare keys open what they sealed, and a root can take them up', async () => {
    const keys = await unwrapKeyring(
      fromHex(envelope.keyrings.lines),
      await fileRoot(envelope.rootFile),
    )
    expect(keys.index.expose(toHex)).toBe(envelope.index)
    expect(keys.epochs.map(({ key }) => key.expose(toHex))).toEqual(Object.values(envelope.epochs))
    const { sealer, generation } = openBareKeys(keys)
    expect(generation).toBe(0x01020304)
    expectRecordsToOpen(sealer)
    const record = await wrapKeyring(keys, passphrase('new'))
    expectRecordsToOpen((await openKeyring(record, passphrase('new'))).sealer)
    destroyKeys(keys)
    expect(keys.index.length + keys.epochs.reduce((sum, { key }) => sum + key.length, 0)).toBe(0)
    expectRecordsToOpen(sealer)
  })
})

function expectRecordsToOpen(sealer: Sealer): void {
  for (const { sealed, plaintext } of envelope.records) {
    expect(sealer.open(label, fromHex(sealed)).expose(toHex)).toBe(plaintext)
  }
}

function linesOf(record: Uint8Array): readonly object[] {
  return readKeyring(record).epochs.map(({ number, line, seals }) => ({ number, line, seals }))
}

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

function fault(message: string): { name: string; code: string; message: string } {
  return { name: 'KmipFault', code: 'UNAVAILABLE', message }
}
