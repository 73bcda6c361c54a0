import { expect, test } from 'vitest'
import { ApprovalGuard } from '../../src/server/approval-guard.ts'
import { GuardedObjects } from '../../src/server/guarded-objects.ts'
import { named, Rules } from '../operation/approval.fixture.ts'
import { Bench, name2 } from '../operation/harness.ts'

async function opened(rules: Rules) {
  const bench = await Bench.open()
  const id = await bench.createKey(name2('kek-1'))
  const unit = bench.repository.begin({ owner: 'alice', now: bench.now })
  const guard = new ApprovalGuard(rules, undefined)
  guard.begin('Get')
  return { id, guard, objects: new GuardedObjects(unit, guard) }
}

test('a second object is saved as what it is used for, and not as the operation', async () => {
  const rules = new Rules().set('Get', { isAbout: named('kek-') })
  const { id, guard, objects } = await opened(rules)
  const key = await objects.load(id, 'Encrypt')
  await objects.save(key)
  expect(guard.need).toBeUndefined()
  rules.set('Encrypt', { isAbout: named('kek-'), approvers: 3 })
  await expect(objects.save(key)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  expect(guard.need?.approvers).toBe(3)
})

test('an object that the operation itself is about is saved as that, whatever it was used for before', async () => {
  const rules = new Rules()
  const { id, objects } = await opened(rules)
  await objects.load(id, 'Encrypt')
  const key = await objects.load(id)
  rules.set('Get', { isAbout: named('kek-') })
  await expect(objects.save(key)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  await expect(objects.erase(key)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
})
