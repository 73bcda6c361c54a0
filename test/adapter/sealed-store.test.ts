import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KEYRING_KEY, openKeyring, readKeyring } from '../../src/adapter/keyring.ts'
import { rootFromFile } from '../../src/adapter/root-file.ts'
import { openSealedStore } from '../../src/adapter/sealed-store.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import type { RootOfTrust } from '../../src/port/root-of-trust.ts'
import { envelope, fromHex, toHex } from './fixtures/envelope.ts'
import { silentLog as log } from './fixtures/recording-log.ts'

let place: string
let root: RootOfTrust

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'kmipd-sealed-'))
  await writeFile(join(place, 'root.key'), fromHex(envelope.rootFile), { mode: 0o600 })
  root = await rootFromFile(join(place, 'root.key'))
})

afterEach(async () => {
  await rm(place, { recursive: true })
})

describe('a store whose keyring is of an older format', () => {
  test('opens, and gets one of the newest when it is brought up to date', async () => {
    const directory = await makeStore(envelope.keyrings.authenticated)
    const first = await openSealedStore({ directory, root, log })
    expect(first.generation).toBe(0)
    expect(readKeyring((await first.store.get(KEYRING_KEY))?.value).format).toBe(2)
    await first.keys.bringUpToDate()
    await first.keys.bringUpToDate()
    await first.store.close()
    const second = await openSealedStore({ directory, root, log })
    expect(readKeyring((await second.store.get(KEYRING_KEY))?.value).format).toBe(3)
    await second.store.close()
  })

  test('one of the newest is left as it is', async () => {
    const directory = await makeStore(envelope.keyrings.lines)
    const sealed = await openSealedStore({ directory, root, log })
    const { store } = sealed
    const { batch } = store.head
    await sealed.keys.bringUpToDate()
    expect(store.head.batch).toBe(batch)
    expect(toHex((await store.get(KEYRING_KEY))?.value ?? new Uint8Array(0))).toBe(
      envelope.keyrings.lines,
    )
    await store.close()
  })
})

async function makeStore(keyring: string): Promise<string> {
  const directory = join(place, 'store')
  const { seal } = await openKeyring(fromHex(keyring), root)
  const store = await openLevelStore({ directory, create: true, unlock: () => ({ seal }), log })
  const put = { key: KEYRING_KEY, value: fromHex(keyring) }
  await store.commit({ checks: [], puts: [put], dels: [] })
  await store.close()
  return directory
}
