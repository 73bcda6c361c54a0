import { beforeEach, describe, expect, test } from 'vitest'
import { fingerprinter } from '../../src/adapter/fingerprint.ts'
import { createVerifier, scryptPasswords } from '../../src/adapter/password-scrypt.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Passwords } from '../../src/port/passwords.ts'
import type { Account } from '../../src/repository/client-record.ts'
import { EndpointRole } from '../../src/spec/enum/endpoint-role.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { Secret } from '../../src/secret/secret.ts'
import { Logins } from '../../src/server/logins.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { recordingLog } from '../adapter/fixtures/recording-log.ts'
import { ownPermissions } from '../fixtures/permissions.ts'
import { childOf, readAnswer, TAGS, textOf } from './answer.ts'
import { create, enumeration, item, on, request, structure, text } from './request.ts'
import { createSubject, PEER, START, type Subject } from './subject.ts'

const NOT_SUCCESSFUL = 3
const PERMISSION_DENIED = 0x0c
const ROLES = {
  user: 'all',
  reader: ['Locate', 'Get', 'GetAttributes', 'Query'],
  locator: ['Locate', 'GetAttributes'],
  'crypto-officer': ['Query'],
} as const

const right = scryptPasswords()
let compared: number
/** As slow ones are, but for what it takes. */
const passwords: Passwords = {
  async isRight(password, verifier) {
    compared += 1
    return right.isRight(password, verifier)
  },
}

async function account(name: string, role: string, password: string): Promise<Account> {
  const verifier = await createVerifier(Secret.copyOf(Buffer.from(password)), nodeRandom)
  return { id: `${name}-1`, name, role, verifier, added: START }
}

let accounts: Account[]
let logins: Logins
let subject: Subject

beforeEach(async () => {
  accounts = []
  compared = 0
  logins = new Logins({
    accountsOf: (client) => (client === PEER.identity.id ? accounts : []),
    passwords,
    fingerprint: fingerprinter(),
    limits: { failures: 3, lockSeconds: 60 },
    log: recordingLog([]),
  })
  subject = await createSubject(memoryStore(), { permissions: ownPermissions(ROLES), logins })
})

const credential = (type: number, ...fields: Item[]): Item =>
  structure(0x420023, enumeration(0x420024, type), structure(0x420025, ...fields))
const login = (name: string, password?: string): Item =>
  credential(1, text(0x420099, name), ...(password === undefined ? [] : [text(0x4200a1, password)]))
const authentication = (...credentials: Item[]): Item => structure(0x42000c, ...credentials)

/** Result Reasons of an operation each, 0 for success; `undefined` where there is no answer to it. */
async function ask(items: Item[], header: readonly Item[] = [], peer = PEER): Promise<number[]> {
  const reply = await subject.handler.handle(request(items, { header }), peer)
  const answer = readAnswer(reply?.bytes ?? Buffer.alloc(0))
  return answer.items.map(({ status, reason = -1 }) => (status === 0 ? 0 : reason))
}

async function newKey(): Promise<string> {
  const reply = await subject.handler.handle(request([create()]), PEER)
  const [made] = readAnswer(reply?.bytes ?? Buffer.alloc(0)).items
  return textOf(childOf(made?.payload, TAGS.uniqueIdentifier)) ?? ''
}

describe('a user name and a password in the header', () => {
  test('decide nothing where the client has no accounts, as real clients send some', async () => {
    expect(await ask([create()], [authentication(login('whoever', 'whatever'))])).toEqual([0])
    expect(compared).toBe(0)
  })

  test('that are wrong are Authentication Not Successful, whatever is wrong with them', async () => {
    accounts = [await account('app', 'user', 'secret')]
    for (const wrong of [login('app', 'Secret'), login('App', 'secret'), login('app')]) {
      expect(await ask([create()], [authentication(wrong)])).toEqual([NOT_SUCCESSFUL])
    }
    // Each took the work of a comparison, also where nobody has that name.
    expect(compared).toBe(3)
  })

  test('that are wrong three times lock the name out of that client, for a minute', async () => {
    accounts = [await account('app', 'user', 'secret')]
    const until = (name: string, now: number, client = PEER.identity.id) =>
      logins.lockedUntil(client, name, now)
    const wrong = [authentication(login('app', 'wrong'))]
    for (const count of [1, 2, 3]) {
      expect(until('app', START), `before attempt ${count}`).toBeUndefined()
      await ask([create()], wrong)
    }
    expect(until('app', START)).toBe(START + 60)
    expect(until('app', START + 59)).toBe(START + 60)
    expect(until('app', START + 60)).toBeUndefined()
    expect(until('app', START, 'another client')).toBeUndefined()
  })

  test('let do what both the client and the account may, and never more', async () => {
    accounts = await Promise.all(
      Object.keys(ROLES).map(async (role) => account(role, role, `pw ${role}`)),
    )
    const id = await newKey()
    const asked = [
      item('Locate'),
      on(id, 'Get'),
      on(id, 'GetAttributes'),
      on(id, 'GetAttributeList'),
    ]
    const names = ['Locate', 'Get', 'GetAttributes', 'GetAttributeList']
    for (const [clientRole, ofClient] of Object.entries(ROLES)) {
      const peer = { ...PEER, identity: { ...PEER.identity, role: clientRole } }
      for (const [accountRole, ofAccount] of Object.entries(ROLES)) {
        const header = [authentication(login(accountRole, `pw ${accountRole}`))]
        const may = (role: 'all' | readonly string[], name: string) =>
          role === 'all' || role.includes(name)
        for (const [index, name] of names.entries()) {
          const [reason] = await ask([asked[index] ?? item('Locate')], header, peer)
          const isAllowed = may(ofClient, name) && may(ofAccount, name)
          const where = `${clientRole} with ${accountRole}: ${name}`
          expect(reason, where).toBe(isAllowed ? 0 : PERMISSION_DENIED)
        }
      }
    }
    // Without them the client is as it was.
    expect(await ask([on(id, 'Activate')])).toEqual([0])
  })

  test('must all be right, and narrow together', async () => {
    accounts = [await account('a', 'reader', 'one'), await account('b', 'locator', 'two')]
    const id = await newKey()
    const both = [authentication(login('a', 'one'), login('b', 'two'))]
    expect(await ask([item('Locate')], both)).toEqual([0])
    expect(await ask([on(id, 'Get')], both)).toEqual([PERMISSION_DENIED])
    const half = [authentication(login('a', 'one'), login('b', 'one'))]
    expect(await ask([item('Locate')], half)).toEqual([NOT_SUCCESSFUL])
  })

  test('of other types widen nothing beside an account', async () => {
    accounts = [await account('a', 'locator', 'one')]
    const id = await newKey()
    const device = credential(2, text(0x4200b0, 'serial'), text(0x4200a1, 'one'))
    const mixed = [authentication(device, login('a', 'one'), device)]
    expect(await ask([on(id, 'Get')], mixed)).toEqual([PERMISSION_DENIED])
    expect(await ask([on(id, 'Get')], [authentication(device)])).toEqual([0])
  })

  test('do not have the roles turned, which nothing would narrow', async () => {
    accounts = [await account('a', 'user', 'one')]
    const header = [authentication(login('a', 'one'))]
    const peer = { ...PEER, endpointRole: EndpointRole.Server }
    const turn = async (role: number, credentials: readonly Item[]) => {
      const payload = structure(0x420079, enumeration(0x420151, role))
      const asked = structure(0x42000f, enumeration(0x42005c, Operation.SetEndpointRole), payload)
      const version = { major: 2, minor: 1 }
      const message = request([asked], { ...version, header: credentials })
      const reply = await subject.handler.handle(message, peer)
      const [answer] = readAnswer(reply?.bytes ?? Buffer.alloc(0)).items
      return [answer?.status === 0 ? 0 : answer?.reason, reply?.turn?.role]
    }
    expect(await turn(EndpointRole.Client, header)).toEqual([PERMISSION_DENIED, undefined])
    expect(await turn(EndpointRole.Server, header)).toEqual([0, undefined])
    // The client itself has them turned.
    expect(await turn(EndpointRole.Client, [])).toEqual([0, EndpointRole.Client])
  })

  test('are compared once on a connection, until the account is another', async () => {
    accounts = [await account('a', 'reader', 'one')]
    const header = [authentication(login('a', 'one'))]
    for (let round = 0; round < 3; round += 1) await ask([item('Locate')], header)
    expect(compared).toBe(1)
    await ask([item('Locate')], header, { ...PEER, connection: 'c2' })
    expect(compared).toBe(2)
    accounts = [{ ...(await account('a', 'reader', 'other')), id: 'a-2' }]
    expect(await ask([item('Locate')], header)).toEqual([NOT_SUCCESSFUL])
    accounts = [await account('b', 'reader', 'x')]
    expect(await ask([item('Locate')], header)).toEqual([NOT_SUCCESSFUL])
  })

  test('are refused for a while after too many that were wrong, also when they are right', async () => {
    accounts = [await account('a', 'reader', 'one')]
    const wrong = [authentication(login('a', 'two'))]
    for (let round = 0; round < 3; round += 1) await ask([item('Locate')], wrong)
    const before = compared
    const good = [authentication(login('a', 'one'))]
    expect(await ask([item('Locate')], good)).toEqual([NOT_SUCCESSFUL])
    expect(compared).toBe(before)
    // The client's own requests go on.
    expect(await ask([item('Locate')])).toEqual([0])
    subject.now += 61
    expect(await ask([item('Locate')], good)).toEqual([0])
  })

  test('leave no effect of a request whose client is removed while it waits', async () => {
    let isKnown = true
    const peer = { ...PEER, isKnown: () => isKnown }
    expect(await ask([create()], [], peer)).toEqual([0])
    isKnown = false
    expect(await ask([create(), create()], [], peer)).toEqual([NOT_SUCCESSFUL, expect.anything()])
  })

  test('leave no effect of a request whose account is removed while it is carried out', async () => {
    const taken = ownPermissions(ROLES)
    const logins = new Logins({
      accountsOf: () => accounts,
      passwords,
      fingerprint: fingerprinter(),
      limits: { failures: 3, lockSeconds: 60 },
      log: recordingLog([]),
    })
    let isRemoved = false
    const permissions = {
      of: (identity: typeof PEER.identity) => {
        if (isRemoved) accounts = accounts.filter(({ name }) => name !== 'app')
        return taken.of(identity)
      },
    }
    subject = await createSubject(memoryStore(), { permissions, logins })
    accounts = [await account('app', 'user', 'one'), await account('other', 'user', 'two')]
    const header = [authentication(login('app', 'one'))]
    expect(await ask([create()], header)).toEqual([0])
    isRemoved = true
    expect(await ask([create()], header)).toEqual([NOT_SUCCESSFUL])
    // Whoever comes without it goes on.
    expect(await ask([create()], [authentication(login('other', 'two'))])).toEqual([0])
  })
})
