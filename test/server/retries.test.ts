import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { CompiledPolicy } from '../../src/model/permission/permission.ts'
import { EMPTY_POLICY } from '../../src/model/permission/policy.ts'
import { narrowedBy } from '../../src/server/logins.ts'
import { PolicyInForce } from '../../src/server/policy-in-force.ts'
import { withRetries } from '../../src/server/retries.ts'
import { aesKey, NOW, openObjects, OWNER } from '../repository/sample.ts'

const policy = () => new CompiledPolicy(EMPTY_POLICY, new Map())

test.each([
  ['plain', (inForce: PolicyInForce) => inForce],
  ['narrowed by accounts', (inForce: PolicyInForce) => narrowedBy(inForce, [])],
])('what one policy allowed is not stored under another: permissions %s', async (_, permit) => {
  const store = memoryStore()
  store.keepJournalsFor({ size: 0, append: () => undefined, synced: async () => Promise.resolve() })
  const { objects } = await openObjects(store)
  const inForce = new PolicyInForce(policy())
  const seen: CompiledPolicy[] = []
  const identity = { id: OWNER, name: 'a', role: 'user' }
  const environment = { repository: objects, identity, now: NOW, permissions: permit(inForce) }
  const stored = await withRetries(environment, {
    async work(unit) {
      seen.push(inForce.compiled)
      const object = aesKey()
      await unit.add(object)
      // It is laid down while the work goes on, once.
      if (seen.length === 1) inForce.replace(policy())
      return object.uniqueIdentifier
    },
    store: async (__, commit) => commit({ intents: [], outcomes: [] }),
  })
  expect(seen).toHaveLength(2)
  expect(seen[1]).toBe(inForce.compiled)
  const { length } = await objects.list({ limit: 10 }, NOW)
  expect(length).toBe(1)
  expect(await objects.begin({ owner: OWNER, now: NOW }).find(stored)).toBeDefined()
})
