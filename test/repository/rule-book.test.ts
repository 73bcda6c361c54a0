import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { envelopeSealer } from '../../src/adapter/sealer-envelope.ts'
import type { CreationRules } from '../../src/model/creation-rules.ts'
import type { Store } from '../../src/port/store.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { entry, inUnit, NOW, openObjects, OWNER, vendorText } from './sample.ts'

const RULES: CreationRules = {
  defaults: [
    {
      objectType: ObjectType.SymmetricKey,
      objectGroups: ['vault'],
      entries: [entry('Comment', 'nobody-may-read'), vendorText('Site', 'north')],
    },
  ],
  constraints: [
    { objectTypes: [], objectGroups: [], entries: [entry('CryptographicLength', 256)] },
  ],
}

const sealer = envelopeSealer({
  storeId: new Uint8Array(16),
  index: nodeRandom.bytes(32),
  epochs: new Map([[1, nodeRandom.bytes(32)]]),
})

const rulesOf = async (store: Store, owner = OWNER): Promise<CreationRules> => {
  const { objects } = await openObjects(store, 10, sealer)
  return objects.begin({ owner, now: NOW }).rules()
}

async function everything(store: Store) {
  const range = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255) }
  return store.scan(range, { limit: 1_000 })
}

test('[KMIP 2.1 6.1.52, 6.1.53] rules are there after a restart, for their client alone', async () => {
  const store = memoryStore()
  const { objects } = await openObjects(store, 10, sealer)
  await inUnit(objects, async (unit) => unit.setRules(RULES))
  expect(await rulesOf(store)).toEqual(RULES)
  expect((await rulesOf(store, 'owner-b')).defaults).toEqual([])
})

test('rules are sealed, under a key that does not tell whose they are', async () => {
  const store = memoryStore()
  const { objects } = await openObjects(store, 10, sealer)
  await inUnit(objects, async (unit) => unit.setRules(RULES))
  const stored = (await everything(store)).map(({ key, value }) =>
    Buffer.concat([key, value]).toString('latin1'),
  )
  expect(stored).toHaveLength(1)
  expect(stored.filter((each) => /nobody-may-read|vault|owner/u.test(each))).toEqual([])
})

test('the rules of one client do not open as those of another', async () => {
  const store = memoryStore()
  const { objects } = await openObjects(store, 10, sealer)
  await inUnit(objects, async (unit) => unit.setRules(RULES))
  const [first] = await everything(store)
  await inUnit(objects, async (unit) => unit.setRules(RULES), { owner: 'owner-b' })
  const other = (await everything(store)).find(
    ({ key }) => !Buffer.from(key).equals(first?.key ?? new Uint8Array(0)),
  )
  await store.commit({
    checks: [],
    puts: [{ key: other?.key ?? new Uint8Array(0), value: first?.value ?? new Uint8Array(0) }],
    dels: [],
  })
  await expect(rulesOf(store, 'owner-b')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('of two that change the rules at once one is told to try anew', async () => {
  const { objects } = await openObjects()
  const scope = { owner: OWNER, now: NOW }
  const [one, other] = [objects.begin(scope), objects.begin(scope)]
  await one.setRules(RULES)
  await other.setRules({ ...RULES, defaults: [] })
  expect(await one.commit()).toBe('done')
  expect(await other.commit()).toBe('conflict')
  expect(await objects.begin(scope).rules()).toEqual(RULES)
})
