import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, createAes, find, identifiersOf, uid } from './harness.ts'
import {
  askWithTicket,
  credential,
  interval,
  operations,
  right,
  rights,
  ticketCredential,
  ticketOf,
  ticketText,
  usage,
  type With,
} from './ticket.fixture.ts'

const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open({ jobs: {} })
})

const login = async (payload = '', as = 'alice') =>
  ticketOf(await bench.ask('2.1', 'Login', payload, as))
const delegate = async (payload: string, extra = '') =>
  ticketOf(await bench.ask('2.1', 'DelegatedLogin', extra + rights(payload)))

const askWith = async (ticket: string, operation: string, payload = '', asked: With = {}) =>
  askWithTicket(bench, ticket, { operation, payload }, asked)
const logout = async (ticket: string, as = 'alice') =>
  bench.ask('2.1', 'Logout', ticketText(ticket), as)
const seconds = async (from: number, ticket: string) => {
  bench.now += from
  return (await askWith(ticket, 'Ping')).reason
}

describe('Login (2.1 section 6.1.30)', () => {
  test.each(['2.0', '2.1'])(
    'gives a ticket that requests may come with, in %s',
    async (version) => {
      const answer = await bench.ask(version, 'Login')
      const ticket = ticketOf(answer)
      expect(find(answer.payload, Tag.TicketType)).toMatchObject({ value: 1 })
      expect(ticket).toMatch(/^[\da-f]{96}$/)
      const got = await askWith(ticket, 'DiscoverVersions', '', { version })
      expect(got.status).toBe('Success')
    },
  )

  test('gives another ticket each time, and none that is stored or logged', async () => {
    const tickets = [await login(), await login()]
    expect(new Set(tickets).size).toBe(2)
    const seen = [...(await bench.dump()), ...bench.events].join(' ')
    for (const ticket of tickets) expect(seen).not.toContain(ticket)
  })

  test.each([
    ['for as long as is usual', '', 3_600],
    ['for an Interval', interval(60), 60],
    ['until a Date Time', '<LeaseTime type="DateTime" value="2023-11-14T22:14:20+00:00"/>', 60],
    ['for no longer than a ticket may be', interval(4_000_000_000), 86_400],
  ])('is good %s', async (_, payload, good) => {
    const ticket = await login(payload)
    expect(await seconds(good - 1, ticket)).toBeUndefined()
    expect(await seconds(1, ticket)).toBe('InvalidTicket')
  })

  test('counts the messages, not their batch items', async () => {
    const ticket = await login('<RequestCount type="Integer" value="2"/>')
    const ping = (id: string) => ({ operation: 'Ping', id })
    for (let message = 0; message < 2; message += 1) {
      const { items } = await bench.send('2.1', [ping('01'), ping('02')], {
        header: ticketCredential(ticket),
      })
      expect(items.map(({ status }) => status)).toEqual(['Success', 'Success'])
    }
    expect((await askWith(ticket, 'Ping')).reason).toBe('UsageLimitExceeded')
    const { items } = await bench.send('2.1', [ping('01'), ping('02')], {
      header: ticketCredential(ticket),
    })
    expect(items.map(({ operation, reason }) => [operation, reason])).toEqual(
      Array(2).fill([0x3b, 'UsageLimitExceeded']),
    )
  })

  test('counts by its Usage Limits the operations that are done', async () => {
    const ticket = await login(usage(2, 'Object'))
    expect((await askWith(ticket, 'Get', uid(MISSING))).reason).toBe('ObjectNotFound')
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    expect((await askWith(ticket, 'Ping')).reason).toBe('UsageLimitExceeded')
    expect((await bench.ask('2.1', 'Ping')).status, 'without the ticket').toBe('Success')
  })

  test('counts bytes of Data where its Usage Limits do', async () => {
    const ticket = await login(usage(10, 'Byte'))
    const hash = (bytes: number) =>
      `<CryptographicParameters><HashingAlgorithm type="Enumeration" value="SHA_256"/></CryptographicParameters>
       <Data type="ByteString" value="${'00'.repeat(bytes)}"/>`
    expect((await askWith(ticket, 'Hash', hash(6))).status).toBe('Success')
    expect((await askWith(ticket, 'Hash', hash(5))).reason).toBe('UsageLimitExceeded')
    expect((await askWith(ticket, 'Hash', hash(4))).status).toBe('Success')
    expect((await askWith(ticket, 'Ping')).status, 'an operation on no data').toBe('Success')
  })

  test.each([
    [interval(0), 'InvalidField'],
    ['<LeaseTime type="DateTime" value="2023-11-14T22:13:20+00:00"/>', 'InvalidField'],
    ['<LeaseTime type="Integer" value="60"/>', 'InvalidMessage'],
    ['<RequestCount type="Integer" value="0"/>', 'InvalidField'],
    ['<RequestCount type="Integer" value="-1"/>', 'InvalidField'],
    [usage(-1, 'Object'), 'InvalidField'],
    [usage(1, '0x80000001'), 'InvalidField'],
    [usage(1, '0x00000007'), 'UnknownEnumeration'],
    [rights(''), 'UnknownTag'],
  ])('is refused with %s: %s', async (payload, reason) => {
    expect((await bench.ask('2.1', 'Login', payload)).reason).toBe(reason)
  })

  test('is refused beyond a number of tickets, until one of them ends', async () => {
    bench = await Bench.open({ tickets: { perClient: 2 } })
    const [first] = [await login(), await login(interval(10))]
    expect((await bench.ask('2.1', 'Login')).reason).toBe('ServerLimitExceeded')
    await login('', 'bob')
    await logout(first)
    await login()
    expect((await bench.ask('2.1', 'Login')).reason).toBe('ServerLimitExceeded')
    bench.now += 10
    await login()
  })

  test('leaves no ticket behind in a batch that is undone', async () => {
    bench = await Bench.open({ tickets: { perClient: 1 } })
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const items = [
      { operation: 'Login', id: '01' },
      { operation: 'Get', id: '02', payload: uid(MISSING) },
    ]
    const answer = await bench.send('2.1', items, { header: undo })
    expect(answer.items.map(({ status }) => status)).toEqual(['OperationUndone', 'OperationFailed'])
    await login()
  })

  test('later gives its ticket to whoever polls for it', async () => {
    const { items } = await bench.send('2.1', [{ operation: 'Login' }], { header: MANDATORY })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const value = `<AsynchronousCorrelationValue type="ByteString" value="${items[0]?.correlation}"/>`
    const ticket = ticketOf(await bench.ask('2.1', 'Poll', value))
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
  })

  test('is not there in 1.4', async () => {
    for (const operation of ['Login', 'Logout', 'DelegatedLogin']) {
      expect((await bench.ask('1.4', operation)).reason).toBe('OperationNotSupported')
    }
  })
})

describe('a ticket', () => {
  const before = async () => ({ before: await bench.dump() })

  test.each([
    ['was never given', async () => Promise.resolve('00'.repeat(48)), {}],
    ['is empty', async () => Promise.resolve(''), {}],
    ['is changed in its last byte', async () => changed(await login(), -1), {}],
    ['is changed in its first byte', async () => changed(await login(), 0), {}],
    ['is longer', async () => `${await login()}00`, {}],
    ['is another client’s', async () => login(), { as: 'bob' }],
    [
      'was logged out',
      async () => {
        const ticket = await login()
        await logout(ticket)
        return ticket
      },
      {},
    ],
  ])('that %s is invalid, for every batch item, and nothing is done', async (_, made, asked) => {
    const ticket = await made()
    const { before: stored } = await before()
    const answer = await askWith(ticket, 'Create', createAes(), asked)
    expect(answer).toMatchObject({ operation: 1, reason: 'InvalidTicket', payload: undefined })
    expect(await bench.dump()).toEqual(stored)
  })

  test('does not widen what the role of its client permits', async () => {
    bench = await Bench.open({ operations: new Set(['Login', 'Ping'] as const) })
    const ticket = await login()
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    expect((await askWith(ticket, 'Create', createAes())).reason).toBe('PermissionDenied')
  })

  test('has to be valid beside others, and each takes away', async () => {
    const [one, two] = [await login(), await delegate(right(operations('Ping')))]
    const both = (second: string) =>
      credential('Ticket', ticketText(one)) + credential('Ticket', ticketText(second))
    const send = async (operation: string, second: string) => {
      const header = `<Authentication>${both(second)}</Authentication>`
      return (await bench.send('2.1', [{ operation }], { header })).items[0]?.reason
    }
    expect(await send('Ping', two)).toBeUndefined()
    expect(await send('Query', two)).toBe('PermissionDenied')
    expect(await send('Ping', '00')).toBe('InvalidTicket')
  })
})

describe('Logout (2.1 section 6.1.31)', () => {
  test('ends a ticket by whoever holds it, with or without it in the header', async () => {
    const [one, two] = [await login(), await login()]
    expect(await logout(one)).toMatchObject({ status: 'Success', payload: { value: [] } })
    expect((await askWith(two, 'Logout', ticketText(two))).status).toBe('Success')
    for (const ticket of [one, two]) {
      expect((await askWith(ticket, 'Ping')).reason).toBe('InvalidTicket')
    }
  })

  test('ends the tickets that were asked for with it, and no others', async () => {
    const parent = await login()
    const child = ticketOf(await askWith(parent, 'Login'))
    const grandchild = ticketOf(await askWith(child, 'DelegatedLogin', rights(right(''))))
    const other = await login()
    await logout(child)
    expect((await askWith(grandchild, 'Ping')).reason).toBe('InvalidTicket')
    expect((await askWith(parent, 'Ping')).status).toBe('Success')
    expect((await askWith(other, 'Ping')).status).toBe('Success')
  })

  test.each([
    [true, 'InvalidTicket'],
    [false, undefined],
  ])('keeps what waits from being begun (%s)', async (isEnded, reason) => {
    // One piece of work at a time: what is asked for with the ticket waits behind another client's.
    bench = await Bench.open({ jobs: { atOnce: 1 } })
    const ticket = await login()
    const create = { operation: 'Create', payload: createAes() }
    const before = Array.from({ length: 20 }, (_, at) => ({ ...create, id: `${at + 10}` }))
    await bench.send('2.1', before, { header: MANDATORY }, 'bob')
    const header = MANDATORY + ticketCredential(ticket)
    const { items } = await bench.send('2.1', [create], { header })
    if (isEnded) await logout(ticket)
    const value = `<AsynchronousCorrelationValue type="ByteString" value="${items[0]?.correlation}"/>`
    await bench.ask('2.1', 'Process', value)
    expect((await bench.ask('2.1', 'Poll', value)).reason).toBe(reason)
    const located = identifiersOf(await bench.ask('2.1', 'Locate'))
    expect(located).toHaveLength(isEnded ? 0 : 1)
  })

  test('of a batch that is undone has not happened', async () => {
    const ticket = await login()
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const items = [
      { operation: 'Logout', id: '01', payload: ticketText(ticket) },
      { operation: 'Get', id: '02', payload: uid(MISSING) },
    ]
    await bench.send('2.1', items, { header: undo })
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    await bench.send(
      '2.1',
      [items[0], { operation: 'Ping', id: '03' }].flatMap((item) => item ?? []),
      { header: undo },
    )
    expect((await askWith(ticket, 'Ping')).reason).toBe('InvalidTicket')
  })

  test.each([
    ['', 'InvalidMessage'],
    ['<Ticket/>', 'InvalidMessage'],
    [ticketText('00'), 'InvalidTicket'],
    [ticketText('00', '0x80000001'), 'InvalidTicket'],
    [ticketText('00', '0x00000002'), 'UnknownEnumeration'],
  ])('is refused for %s: %s', async (payload, reason) => {
    expect((await bench.ask('2.1', 'Logout', payload)).reason).toBe(reason)
  })

  test('is refused to another client, whose ticket stays', async () => {
    const ticket = await login()
    expect((await logout(ticket, 'bob')).reason).toBe('InvalidTicket')
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
  })
})

describe('wrong tickets', () => {
  beforeEach(async () => {
    bench = await Bench.open({ tickets: { failures: 3, lockSeconds: 60 } })
  })
  const wrong = async (times: number, as = 'alice') => {
    for (let time = 0; time < times; time += 1) await askWith('00', 'Ping', '', { as })
  }

  test('lock their client out for a while, in Login, Logout and with good tickets', async () => {
    const ticket = await login()
    await wrong(2)
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    await logout('00')
    expect(bench.events).toContain('client locked out for wrong tickets')
    const reasons = async () => [
      (await askWith(ticket, 'Ping')).reason,
      (await logout(ticket)).reason,
      (await bench.ask('2.1', 'Login')).reason,
      (await bench.ask('2.1', 'DelegatedLogin', rights(''))).reason,
    ]
    expect(await reasons()).toEqual(Array(4).fill('AuthenticationNotSuccessful'))
    expect((await bench.ask('2.1', 'Ping')).status, 'without tickets').toBe('Success')
    expect(typeof (await login('', 'bob'))).toBe('string')
    bench.now += 59
    expect((await askWith(ticket, 'Ping')).reason).toBe('AuthenticationNotSuccessful')
    bench.now += 1
    expect(await reasons()).toEqual([undefined, undefined, undefined, undefined])
  })

  test('are forgotten after a while, and a good one forgets nothing', async () => {
    const ticket = await login()
    await wrong(2)
    bench.now += 60
    await wrong(2)
    expect((await askWith(ticket, 'Ping')).status).toBe('Success')
    await wrong(1)
    expect((await askWith(ticket, 'Ping')).reason).toBe('AuthenticationNotSuccessful')
  })
})

function changed(ticket: string, at: number): string {
  const bytes = Buffer.from(ticket, 'hex')
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes.toString('hex')
}
