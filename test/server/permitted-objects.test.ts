import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { authorise, visibleObjects, type Authority } from '../../src/server/authorise.ts'
import { ownPermissions } from '../fixtures/permissions.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { countingStore } from '../repository/counting-store.ts'
import { aesKey, inUnit, NOW, openObjects } from '../repository/sample.ts'

const ALICE = { id: 'alice', name: 'alice', role: 'user', namespace: 'payments' }
const permission = ownPermissions({ user: 'all' }).of(ALICE)

test('what is hidden in a namespace costs as much work as what is not there', async () => {
  const counted = countingStore(memoryStore())
  const sealer = plainSealer()
  let opened = 0
  const counting: typeof sealer = {
    ...sealer,
    open: (label, sealed) => {
      opened += 1
      return sealer.open(label, sealed)
    },
  }
  const { objects } = await openObjects(counted.store, 1_000, counting)
  const { uniqueIdentifier: hidden } = await inUnit(
    objects,
    async (unit) => {
      const key = aesKey({ owner: 'bob', namespace: 'payments' })
      await unit.add(key)
      return key
    },
    { owner: 'bob', namespace: 'payments' },
  )
  const workOf = async (id: string): Promise<readonly number[]> => {
    const unit = objects.begin({ owner: ALICE.id, namespace: ALICE.namespace, now: NOW })
    const operation = 'Get'
    const authority: Authority = {
      ...{ permission, operation, allowance: undefined },
      ...{ decided: () => undefined, found: () => undefined },
    }
    authorise(authority)
    counted.reset()
    opened = 0
    const load = visibleObjects(unit, authority).load(id)
    await expect(load).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    return [counted.counts.gets, opened]
  }
  await workOf('warm')
  expect(await workOf(hidden)).toEqual(await workOf('nothing'))
})
