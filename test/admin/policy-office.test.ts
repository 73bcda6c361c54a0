import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Store } from '../../src/port/store.ts'
import { PolicyBook } from '../../src/repository/policy-book.ts'
import { inspectRecords } from '../../src/repository/inspection.ts'
import { objectOf } from '../model/permission/sample.ts'
import { identityOf, openOffice } from '../fixtures/policy-office.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'

const GRANT = `version: 1
roles:
  agent:
    allow:
      - operations: [read]
namespaces:
  payments:
    allow:
      - operations: [Get]
        to: { clients: [app-2] }
`

const EMPTY = 'version: 1\n'

const theirs = objectOf({ owner: 'id-app-1', namespace: 'ns-payments' })

function verdictOf(office: Awaited<ReturnType<typeof openOffice>>): string {
  const identity = identityOf('app-2')
  if (identity === undefined) throw new TypeError('no such client')
  return office.inForce.of(identity).decide('Get', theirs).verdict
}

describe('the policy', () => {
  test('decides from the moment it is applied, and after a restart', async () => {
    const store = memoryStore()
    const office = await openOffice({ store })
    expect(office.stored).toBeUndefined()
    expect(verdictOf(office)).toBe('hidden')
    expect(await office.apply(GRANT, 'p.yaml')).toMatchObject({ revision: 1 })
    expect(verdictOf(office)).toBe('allowed')
    const again = await openOffice({ store })
    expect(verdictOf(again)).toBe('allowed')
    expect(again.stored).toMatchObject({ revision: 1, applied: 1_700_000_000, text: GRANT })
    expect(await again.apply(EMPTY, 'p.yaml')).toMatchObject({ revision: 2 })
    expect(verdictOf(again)).toBe('hidden')
    expect(verdictOf(await openOffice({ store }))).toBe('hidden')
  })

  test.each(['', 'version: 2\n', GRANT.replace('app-2', 'nobody'), '[[['])(
    'stays what it was where the next is wrong',
    async (wrong) => {
      const store = memoryStore()
      const office = await openOffice({ store })
      await office.apply(GRANT, 'p.yaml')
      await expect(office.apply(wrong, 'p.yaml')).rejects.toMatchObject({ code: 'INVALID_FIELD' })
      await expect(office.check(wrong, 'p.yaml')).rejects.toMatchObject({ code: 'INVALID_FIELD' })
      expect(verdictOf(office)).toBe('allowed')
      expect((await openOffice({ store })).stored?.revision).toBe(1)
    },
  )

  test('means the clients who had its names when it was applied', async () => {
    const store = memoryStore()
    await (await openOffice({ store })).apply(GRANT, 'p.yaml')
    // Another client has the name by now.
    const names = { client: () => 'id-thief', namespace: () => 'ns-payments' }
    const later = await openOffice({ store, names })
    expect(verdictOf(later)).toBe('allowed')
    const thief = { id: 'id-thief', name: 'app-2', role: 'user', namespace: 'ns-payments' }
    expect(later.inForce.of(thief).decide('Get', theirs).verdict).toBe('hidden')
  })

  test('of a megabyte is kept in pieces, which go with it', async () => {
    const store = memoryStore()
    const office = await openOffice({ store })
    const long = `${EMPTY}# ${'\u00e9'.repeat(500_000)}\n`
    await office.apply(long, 'p.yaml')
    expect((await openOffice({ store })).stored?.text).toBe(long)
    expect((await inspectRecords(store, plainSealer())).findings).not.toContainEqual(
      expect.objectContaining({ where: 'policy' }),
    )
    await office.apply(GRANT, 'p.yaml')
    expect(await keysOf(store)).toEqual(['p/0'])
    expect((await openOffice({ store })).stored).toMatchObject({ revision: 2, text: GRANT })
  })

  test('that was altered allows nothing until another is applied', async () => {
    const store = memoryStore()
    await (await openOffice({ store })).apply(GRANT, 'p.yaml')
    const [key = new Uint8Array(0)] = await rawKeysOf(store)
    await store.commit({ checks: [], puts: [{ key, value: new Uint8Array(40) }], dels: [] })
    const office = await openOffice({ store })
    expect(() => {
      office.checkReadable()
    }).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    const termsOf = () => office.termsOf('backup.create')
    expect(termsOf).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    expect(office.termsOf('policy.apply')).toBeUndefined()
    const own = objectOf({ owner: 'id-app-2', namespace: 'ns-payments' })
    const identity = identityOf('app-2')
    expect(identity && office.inForce.of(identity).decide('Get', own).verdict).toBe('hidden')
    expect((await inspectRecords(store, plainSealer())).findings).toContainEqual(
      expect.objectContaining({ where: 'policy' }),
    )
    await office.apply(GRANT, 'p.yaml')
    office.checkReadable()
    expect(termsOf()).toBeUndefined()
    expect(verdictOf(office)).toBe('allowed')
  })

  test('that cannot be stored decides nothing', async () => {
    const store = memoryStore()
    const office = await openOffice({ store })
    await office.apply(GRANT, 'p.yaml')
    const full: Store = {
      ...store,
      get: async (key) => store.get(key),
      commit: async () => Promise.reject(new Error('the disk is full')),
    }
    const book = new PolicyBook(store, plainSealer())
    const failing = await openOffice({ store: full, book })
    await expect(failing.apply(EMPTY, 'p.yaml')).rejects.toThrow('the disk is full')
    expect(verdictOf(failing)).toBe('allowed')
  })

  test('is one as a whole to whoever asks while it changes', async () => {
    const office = await openOffice()
    const both = (role: string) => `version: 1
namespaces:
  payments:
    allow:
      - { operations: [Locate, Get], to: { clients: [${role}] } }
`
    const identities = ['app-1', 'app-2'].flatMap((name) => identityOf(name) ?? [])
    const object = objectOf({ owner: 'id-officer', namespace: 'ns-payments' })
    let isDone = false
    let asked = 0
    const asking = async () => {
      while (!isDone) {
        const verdicts = identities.map((each) => office.inForce.of(each).decide('Get', object))
        // One of the two, never both and never neither.
        expect(verdicts.filter(({ verdict }) => verdict === 'allowed')).toHaveLength(1)
        asked += 1
        await Promise.resolve()
        if (asked % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await office.apply(both('app-1'), 'p.yaml')
    const askers = [asking(), asking()]
    for (let round = 0; round < 40; round += 1) {
      const name = round % 2 === 0 ? 'app-2' : 'app-1'
      await office.apply(both(name), 'p.yaml')
      const identity = identityOf(name)
      const decision = identity && office.inForce.of(identity).decide('Get', object)
      expect(decision?.verdict).toBe('allowed')
    }
    isDone = true
    await Promise.all(askers)
    expect(office.stored?.revision).toBe(41)
    expect(asked).toBeGreaterThan(40)
  })

  test('is applied by one after the other', async () => {
    const office = await openOffice()
    const texts = Array.from({ length: 8 }, (_, at) => `${EMPTY}# ${at}\n`)
    const applied = await Promise.all(texts.map(async (text) => office.apply(text, 'p.yaml')))
    expect(applied.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(office.stored?.text).toBe(texts[7])
  })
})

describe('the explanation', () => {
  const ask = (object?: string) => ({ identity: 'app-2', operation: 'Get', object })

  test('names the rule that decides', async () => {
    const office = await openOffice({ objectFor: async () => Promise.resolve(asManaged()) })
    await office.apply(GRANT, 'p.yaml')
    expect(await office.explain(ask('x'))).toEqual({
      verdict: 'allowed',
      rule: 'namespace payments allow #1',
    })
    expect(await office.explain({ ...ask('x'), operation: 'Destroy' })).toMatchObject({
      verdict: 'hidden',
      rule: 'nothing allows it',
    })
    expect(await office.explain(ask())).toEqual({ verdict: 'allowed', rule: 'role user' })
  })

  test('says what officers have to approve, of the operation and of the object', async () => {
    const object = asManaged()
    const office = await openOffice({ objectFor: async () => Promise.resolve(object) })
    const approvals = (...lines: string[]) =>
      `${GRANT}    approvals:\n${lines.map((line) => `      - ${line}\n`).join('')}`
    await office.apply(
      approvals(
        '{ operations: [Get], plaintext: true, approvers: 2 }',
        '{ operations: [read], objects: { type: [SymmetricKey] }, approvers: 3, expires: 60 }',
        '{ operations: [Get], objects: { type: [Certificate] }, approvers: 4 }',
        '{ operations: [Destroy, Query], approvers: 5 }',
      ),
      'p.yaml',
    )
    const asItIs = { approvers: 2, expires: 900, plaintext: true }
    expect((await office.explain(ask())).approvals).toEqual([asItIs])
    const ofObject = { approvers: 3, expires: 60, plaintext: false }
    expect((await office.explain(ask('x'))).approvals).toEqual([asItIs, ofObject])
    // What is refused is not approved either, and what approvals are waited for with never needs one.
    const destroy = await office.explain({ ...ask('x'), operation: 'Destroy' })
    expect(destroy).toEqual({ verdict: 'hidden', rule: 'nothing allows it' })
    const query = await office.explain({ ...ask(), operation: 'Query' })
    expect(query).toEqual({ verdict: 'allowed', rule: 'role user' })
  })

  test('says of what is not there that it is not', async () => {
    const office = await openOffice()
    const rule = 'no such object in the namespace'
    expect(await office.explain(ask('x'))).toEqual({ verdict: 'hidden', rule })
  })

  test.each([
    ['a client', { identity: 'bob', operation: 'Get' }, 'OBJECT_NOT_FOUND'],
    ['an operation', { identity: 'app-1', operation: 'Fetch' }, 'INVALID_FIELD'],
    ['an operation of the server', { identity: 'app-1', operation: 'Put' }, 'INVALID_FIELD'],
  ])('refuses %s that there is not', async (_, question, code) => {
    const office = await openOffice()
    await expect(office.explain(question)).rejects.toMatchObject({ code })
  })

  test('tells which roles there are', async () => {
    const office = await openOffice()
    await office.apply(GRANT, 'p.yaml')
    office.checkRole('agent')
    office.checkRole('user')
    for (const role of ['king', '__proto__', 'constructor']) {
      expect(() => {
        office.checkRole(role)
      }).toThrow(expect.objectContaining({ code: 'INVALID_FIELD' }))
    }
  })

  function asManaged() {
    return { ...theirs, uniqueIdentifier: 'x', content: undefined }
  }
})

async function rawKeysOf(store: Store): Promise<readonly Uint8Array[]> {
  const range = { from: Buffer.from('p/'), to: Buffer.from('p0') }
  return (await store.scan(range, { limit: 10 })).map(({ key }) => key)
}

async function keysOf(store: Store): Promise<readonly string[]> {
  return (await rawKeysOf(store)).map((key) => Buffer.from(key).toString())
}
