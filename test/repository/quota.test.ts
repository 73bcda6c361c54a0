import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { ObjectRepository } from '../../src/repository/object-repository.ts'
import type { Quota } from '../../src/repository/limits.ts'
import type { Holder } from '../../src/repository/usage.ts'
import { RevocationReasonCode } from '../../src/spec/enum/revocation-reason-code.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { NOW, aesKey, destroyed, inUnit } from './sample.ts'

const RED = { tenant: 'red' }
const OF_ANN = { tenant: 'red', owner: 'ann' }

/** A repository in which somebody may have so much and no more. */
async function limited(quotaOf: (holder: Holder) => Quota | undefined): Promise<ObjectRepository> {
  return ObjectRepository.open(memoryStore(), plainSealer(), { cachedObjects: 100, quotaOf })
}

const ofNamespace =
  (quota: Quota) =>
  ({ owner }: Holder) =>
    owner === undefined ? quota : undefined

const ofClient =
  (name: string, quota: Quota) =>
  ({ owner }: Holder) =>
    owner === name ? quota : undefined

async function add(objects: ObjectRepository, owner = 'ann', namespace = 'red'): Promise<string> {
  const object = aesKey({ owner, namespace })
  await inUnit(objects, async (unit) => unit.add(object), { owner, namespace })
  return object.uniqueIdentifier
}

async function change(
  objects: ObjectRepository,
  id: string,
  next: (object: ManagedObject) => ManagedObject,
): Promise<void> {
  const scope = { owner: 'ann', namespace: 'red' }
  await inUnit(objects, async (unit) => unit.save(next(await unit.load(id))), scope)
}

/** How many of them came to be; each of the others was refused for want of room. */
async function countOf(works: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(works)
  const refused = settled.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  )
  expect(refused.filter((reason) => !isFull(reason))).toEqual([])
  return settled.length - refused.length
}

function isFull(reason: unknown): boolean {
  return reason instanceof KmipFault && reason.code === 'SERVER_LIMIT'
}

const commented = (text: string) => (object: ManagedObject) => {
  return { ...object, attributes: object.attributes.with('Comment', text) }
}

test('requests at the same time do not come to more objects than a namespace may have', async () => {
  const objects = await limited(ofNamespace({ objects: 5 }))
  expect(await countOf(Array.from({ length: 40 }, async () => add(objects)))).toBe(5)
  expect(await objects.usage.of(RED)).toMatchObject({ objects: 5 })
})

test('nor to more bytes', async () => {
  const probe = await limited(() => undefined)
  await add(probe)
  const { bytes } = await probe.usage.of(RED)
  const most = bytes * 4 - 1
  const objects = await limited(ofNamespace({ bytes: most }))
  await countOf(Array.from({ length: 40 }, async () => add(objects)))
  const used = await objects.usage.of(RED)
  expect(used.bytes).toBeGreaterThan(bytes * 2)
  expect(used.bytes).toBeLessThanOrEqual(most)
})

test('what comes to nothing keeps no room', async () => {
  const store = memoryStore()
  const quotaOf = ofNamespace({ objects: 1 })
  const objects = await ObjectRepository.open(store, plainSealer(), { cachedObjects: 9, quotaOf })
  const unit = objects.begin({ owner: 'ann', namespace: 'red', now: NOW })
  await unit.add(aesKey({ id: 'mine', owner: 'ann', namespace: 'red' }))
  const check = { key: Uint8Array.of(1), revision: 'absent' } as const
  await store.commit({ checks: [], puts: [{ key: check.key, value: check.key }], dels: [] })
  unit.join({ changes: { checks: [check], puts: [], dels: [] }, stored: () => undefined })
  expect(await unit.commit()).toBe('conflict')
  await add(objects)
})

test('a client has limits of its own, in a namespace and where it is a tenant by itself', async () => {
  const objects = await limited(ofClient('ann', { objects: 3 }))
  expect(await countOf(Array.from({ length: 9 }, async () => add(objects)))).toBe(3)
  await add(objects, 'bob')
  expect(await objects.usage.of(OF_ANN)).toMatchObject({ objects: 3 })
  const alone = async () =>
    inUnit(objects, async (unit) => unit.add(aesKey({ owner: 'ann' })), { owner: 'ann' })
  const apart = await limited(ofClient('ann', { objects: 2 }))
  const own = async () =>
    inUnit(apart, async (unit) => unit.add(aesKey({ owner: 'ann' })), { owner: 'ann' })
  expect(await countOf(Array.from({ length: 9 }, own))).toBe(2)
  // Another tenant of the same owner is counted apart.
  await alone()
})

test('attributes take room as objects do, and what is full can be revoked, used and destroyed', async () => {
  let quota: Quota = {}
  const objects = await limited((holder) => (holder.owner === undefined ? quota : undefined))
  const id = await add(objects)
  const { bytes } = await objects.usage.of(RED)
  quota = { bytes: bytes + 100 }
  await change(objects, id, commented('short'))
  await expect(change(objects, id, commented('x'.repeat(200)))).rejects.toSatisfy(isFull)
  quota = { bytes: 1, objects: 0 }
  await expect(change(objects, id, commented('longer'))).rejects.toSatisfy(isFull)
  await change(objects, id, commented('tiny'))
  await change(objects, id, (object) => ({
    ...object,
    attributes: object.attributes
      .with('LastChangeDate', NOW)
      .with('LeaseTime', 3_600)
      .with('RevocationReason', {
        revocationReasonCode: RevocationReasonCode.KeyCompromise,
        revocationMessage: 'it was seen by somebody else '.repeat(9),
      }),
  }))
  await change(objects, id, destroyed)
  expect(await objects.usage.of(RED)).toEqual({ objects: 0, bytes: 0 })
})

test('what takes the place of an object takes the room of that', async () => {
  const objects = await limited(ofNamespace({ objects: 1 }))
  const id = await add(objects)
  const scope = { owner: 'ann', namespace: 'red' }
  const again = () => aesKey({ id, owner: 'ann', namespace: 'red' })
  await inUnit(objects, async (unit) => unit.bring(again(), true), scope)
  expect(await objects.usage.of(RED)).toMatchObject({ objects: 1 })
  await change(objects, id, destroyed)
  await add(objects)
  // There is nothing left of the one that was destroyed whose room could be taken.
  const late = inUnit(objects, async (unit) => unit.bring(again(), true), scope)
  await expect(late).rejects.toSatisfy(isFull)
})
