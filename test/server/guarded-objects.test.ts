import { expect, test } from 'vitest'
import type { AttributeSet } from '../../src/model/attribute-set.ts'
import { ApprovalGuard } from '../../src/server/approval-guard.ts'
import { GuardedObjects } from '../../src/server/guarded-objects.ts'
import { NameType } from '../../src/spec/enum/name-type.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
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

test('a new object is one of the request where that gives each of its Names, or it has none', async () => {
  const rules = new Rules().set('DeriveKey', { isAbout: () => true })
  const { id, objects } = await opened(rules)
  const key = await objects.load(id)
  const requested = {
    tag: Tag.NameValue.number,
    type: ItemType.TextString,
    value: Buffer.from('kek-1'),
  } as const
  const payload = { tag: Tag.Name.number, type: ItemType.Structure, value: [requested] } as const
  const guard = new ApprovalGuard(rules, payload, { approvers: 2, objects: [] })
  guard.begin('DeriveKey')
  const touch = async (attributes: AttributeSet) =>
    guard.touch({ ...key, uniqueIdentifier: 'new', attributes }, 'made', objects)
  await touch(key.attributes)
  await touch(key.attributes.without({ name: 'Name' }))
  const second = { nameValue: 'kek-2', nameType: NameType.UninterpretedTextString }
  const other = key.attributes.adding({ name: 'Name' }, second)
  await expect(touch(other)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  // What was there before is approved by having been shown alone.
  await expect(guard.touch(key, 'read', objects)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
})
