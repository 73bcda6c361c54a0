import { describe, expect, test } from 'vitest'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { ObjectRepository } from '../../src/repository/object-repository.ts'
import type { UnitOfWork } from '../../src/repository/unit-of-work.ts'
import { aesKey, destroyed, entry, inUnit, name, named, NOW, openObjects, OWNER } from './sample.ts'

const scope = { owner: OWNER, now: NOW }
const TAKEN = { code: 'NAME_TAKEN' }

const withoutName = ({ attributes, ...rest }: ManagedObject): ManagedObject => ({
  ...rest,
  attributes: attributes.removing({ name: 'Name' }, 0),
})

const renamed = (object: ManagedObject, text: string): ManagedObject => ({
  ...object,
  attributes: object.attributes.changing({ name: 'Name' }, 0, name(text)),
})

/** Every way in which an object gives up its name. */
const RELEASES: Readonly<
  Record<string, (unit: UnitOfWork, object: ManagedObject) => Promise<void>>
> = {
  'Delete Attribute': async (unit, object) => unit.save(withoutName(object)),
  'Modify Attribute': async (unit, object) => unit.save(renamed(object, 'else')),
  Destroy: async (unit, object) => unit.save(destroyed(object)),
  erasure: async (unit, object) => unit.erase(object),
}

describe('a Name belongs to one object (KMIP 1.4 section 3.2)', () => {
  test('another object cannot take it, neither when it is new nor later', async () => {
    const { objects } = await holder()
    const unit = objects.begin(scope)
    await expect(unit.add(aesKey({ names: ['n'] }))).rejects.toMatchObject(TAKEN)
    await unit.add(aesKey({ id: 'b', names: ['m'] }))
    const other = await unit.load('b')
    await expect(unit.save(renamed(other, 'n'))).rejects.toMatchObject(TAKEN)
  })

  test('two objects of one message cannot both take it', async () => {
    const { objects } = await openObjects()
    const unit = objects.begin(scope)
    await unit.add(aesKey({ names: ['n'] }))
    await expect(unit.add(aesKey({ names: ['n'] }))).rejects.toMatchObject(TAKEN)
  })

  test('of two who take it at the same time one has a conflict, and is told the next time', async () => {
    const { objects } = await openObjects()
    const units = [objects.begin(scope), objects.begin(scope)]
    await Promise.all(units.map(async (unit) => unit.add(aesKey({ names: ['n'] }))))
    const outcomes = await Promise.all(units.map(async (unit) => unit.commit()))
    expect(outcomes.sort()).toEqual(['conflict', 'done'])
    await expect(objects.begin(scope).add(aesKey({ names: ['n'] }))).rejects.toMatchObject(TAKEN)
    expect((await objects.begin(scope).locate(named('n'))).uniqueIdentifiers).toHaveLength(1)
  })

  test('an object that has it twice still has it when one is removed', async () => {
    const { objects } = await openObjects()
    await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a', names: ['n', 'n'] })))
    await inUnit(objects, async (unit) => unit.save(withoutName(await unit.load('a'))))
    await expect(objects.begin(scope).add(aesKey({ names: ['n'] }))).rejects.toMatchObject(TAKEN)
  })

  test('a name of another type is another name', async () => {
    const { objects } = await holder()
    const uri = entry('Name', { nameValue: 'n', nameType: 2 })
    await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'b', entries: [uri] })))
    expect((await objects.begin(scope).locate(named('n'))).uniqueIdentifiers).toEqual(['a'])
  })
})

describe.each(Object.entries(RELEASES))('%s gives the Name back', (_, release) => {
  test('to whoever asks later', async () => {
    const { objects } = await holder()
    await inUnit(objects, async (unit) => release(unit, await unit.load('a')))
    await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'b', names: ['n'] })))
    expect((await objects.begin(scope).locate(named('n'))).uniqueIdentifiers).toEqual(['b'])
  })

  test('to another object of the same message', async () => {
    const { objects } = await holder()
    await inUnit(objects, async (unit) => {
      await release(unit, await unit.load('a'))
      await unit.add(aesKey({ id: 'b', names: ['n'] }))
    })
    const again = objects.begin(scope)
    await expect(again.add(aesKey({ names: ['n'] }))).rejects.toMatchObject(TAKEN)
    expect((await again.locate(named('n'))).uniqueIdentifiers).toEqual(['b'])
  })

  test('but not while another message stores the object first', async () => {
    const { objects } = await holder()
    const late = objects.begin(scope)
    await release(late, await late.load('a'))
    await late.add(aesKey({ id: 'b', names: ['n'] }))
    await inUnit(objects, async (unit) => touch(unit))
    expect(await late.commit()).toBe('conflict')
    expect((await objects.begin(scope).locate(named('n'))).uniqueIdentifiers).toEqual(['a'])
  })
})

test('a Name that another object of the message took cannot be taken back', async () => {
  const { objects } = await holder()
  const unit = objects.begin(scope)
  const object = await unit.load('a')
  await unit.save(withoutName(object))
  await unit.add(aesKey({ id: 'b', names: ['n'] }))
  await expect(unit.save(object)).rejects.toMatchObject(TAKEN)
})

test('two objects of one message exchange their Names', async () => {
  const { objects } = await holder()
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'b', names: ['m'] })))
  await inUnit(objects, async (unit) => {
    const [first, second] = [await unit.load('a'), await unit.load('b')]
    await unit.save(withoutName(first))
    await unit.save(renamed(second, 'n'))
    await unit.save(renamed(first, 'm'))
  })
  const unit = objects.begin(scope)
  expect((await unit.locate(named('n'))).uniqueIdentifiers).toEqual(['b'])
  expect((await unit.locate(named('m'))).uniqueIdentifiers).toEqual(['a'])
})

async function holder(): Promise<{ objects: ObjectRepository }> {
  const { objects } = await openObjects()
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a', names: ['n'] })))
  return { objects }
}

async function touch(unit: UnitOfWork): Promise<void> {
  const object = await unit.load('a')
  await unit.save({ ...object, attributes: object.attributes.with('Comment', 'touched') })
}
