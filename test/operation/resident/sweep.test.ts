import { expect, test } from 'vitest'
import { sweepToken, type Strays } from '../../../src/operation/resident/sweep.ts'
import type { Hsm } from '../../../src/operation/pkcs11/token/hsm.ts'
import { TokenRefusal } from '../../../src/port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { Bench, identifierOf, uid } from '../harness.ts'
import { FakeToken } from '../pkcs11/fake-token.ts'
import { hsmOf, REALM } from '../pkcs11/hsm.ts'
import { createKey } from './request.ts'

interface Place {
  readonly token: FakeToken
  readonly hsm: Hsm
  readonly bench: Bench
}

async function openPlace(): Promise<Place> {
  const token = new FakeToken()
  const hsm = hsmOf(token)
  return { token, hsm, bench: await Bench.open({ hsm }) }
}

/** What a server finds that is started anew on the same store and the same token. */
async function sweep({ token, bench }: Place): Promise<Strays & { hsm: Hsm }> {
  const hsm = hsmOf(token)
  const read = async (identifier: string) =>
    (await bench.repository.everyOf(identifier)).map(({ object }) => object)
  const strays = await sweepToken(hsm, read)
  await hsm.residents.settle()
  return { ...strays, hsm }
}

async function createdIn({ bench }: Place): Promise<string> {
  return identifierOf(await bench.ask('2.1', 'Create', createKey({ activation: '' })))
}

function plant(token: FakeToken, label: string, identifier: string): void {
  token.plant({ CLASS: 4, LABEL: label, ID: identifier })
  const planted = token.objects.at(-1)
  if (planted === undefined) throw new TypeError('nothing was planted')
  Object.assign(planted, { attributes: [...planted.attributes, { type: 1, value: true }] })
}

test('Keys whose objects are there stay where they are', async () => {
  const place = await openPlace()
  await createdIn(place)
  expect(await sweep(place)).toMatchObject({ released: 0, orphans: [] })
  expect(place.token.objects).toHaveLength(1)
})

test('The key of an object that was destroyed while the token was away is destroyed', async () => {
  const place = await openPlace()
  const key = uid(await createdIn(place))
  place.token.fault = new KmipFault('UNAVAILABLE', 'away')
  await place.bench.ask('2.1', 'Destroy', key)
  await place.hsm.residents.settle()
  place.token.fault = undefined
  expect(await sweep(place)).toMatchObject({ released: 1, orphans: [] })
  expect(place.token.objects).toEqual([])
})

test('A key that the token does not destroy keeps no other from it', async () => {
  const place = await openPlace()
  const keys = [uid(await createdIn(place)), uid(await createdIn(place))]
  const destroy = place.token.destroy.bind(place.token)
  const first = place.token.objects[0]?.text('ID') ?? ''
  place.token.destroy = async (object) => {
    if (Buffer.from(object.id).toString() === first) throw new TokenRefusal(RC.ACTION_PROHIBITED)
    return destroy(object)
  }
  for (const key of keys) await place.bench.ask('2.1', 'Destroy', key)
  await place.hsm.residents.settle()
  expect([place.token.objects.length, place.hsm.residents.waiting]).toEqual([1, 1])
})

test('A key of which the store knows nothing is told of, and stays', async () => {
  const place = await openPlace()
  await createdIn(place)
  const label = place.token.objects[0]?.text('LABEL') ?? ''
  plant(place.token, label, '00000000-0000-4000-8000-999999999999')
  const { released, orphans } = await sweep(place)
  expect({ released, orphans }).toEqual({
    released: 0,
    orphans: ['00000000-0000-4000-8000-999999999999'],
  })
  expect(place.token.objects).toHaveLength(2)
})

test('What belongs to another store, or to somebody else, is not looked at', async () => {
  const place = await openPlace()
  const gone = await createdIn(place)
  const label = place.token.objects[0]?.text('LABEL') ?? ''
  await place.bench.ask('2.1', 'Destroy', uid(gone))
  await place.hsm.residents.settle()
  plant(place.token, label.replace(REALM, 'f'.repeat(32)), gone)
  plant(place.token, 'another program', gone)
  expect(await sweep(place)).toMatchObject({ released: 0, orphans: [] })
  expect(place.token.objects).toHaveLength(2)
})
