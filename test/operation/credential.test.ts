import { describe, expect, test } from 'vitest'
import { Bench, createAes, uid, type BatchItemText } from './harness.ts'
import { credential, ticketText } from './ticket.fixture.ts'

const text = (tag: string, value: string) => `<${tag} type="TextString" value="${value}"/>`
const bytes = (tag: string, value: string) => `<${tag} type="ByteString" value="${value}"/>`
const username = text('Username', 'bob')
const password = text('Password', 'correct horse')

/** What each kind of Credential holds (1.4 section 2.1.2, 2.1 section 9.11), and the first version that has it. */
const CREDENTIALS = [
  ['UsernameAndPassword', username + password, '1.0'],
  ['UsernameAndPassword', username, '1.0'],
  ['Device', text('DeviceSerialNumber', 'bob') + password, '1.1'],
  [
    'Attestation',
    `<Nonce>${bytes('NonceID', '00')}${bytes('NonceValue', '00')}</Nonce>
     <AttestationType type="Enumeration" value="TPMQuote"/>${bytes('AttestationMeasurement', '00')}`,
    '1.2',
  ],
  ['OneTimePassword', username + text('OneTimePassword', '123456'), '2.0'],
  [
    'HashedPassword',
    `${username}<TimeStamp type="DateTimeExtended" value="2023-11-14T22:13:20.000000+00:00"/>${bytes('HashedPassword', '00')}`,
    '2.0',
  ],
] as const
const header = (credentials: string) => `<Authentication>${credentials}</Authentication>`

describe.each(CREDENTIALS)('a Credential of the type %s', (type, value, since) => {
  const send = async (bench: Bench, item: BatchItemText, version = '2.1', as = 'alice') => {
    const { items } = await bench.send(
      version,
      [item],
      { header: header(credential(type, value)) },
      as,
    )
    return items[0]
  }

  test('is taken, and its client stays who it is by its certificate', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey('', 'bob')
    expect((await send(bench, { operation: 'Get', payload: uid(key) }))?.reason).toBe(
      'ObjectNotFound',
    )
    expect((await send(bench, { operation: 'Get', payload: uid(key) }, '2.1', 'bob'))?.status).toBe(
      'Success',
    )
  })

  test('is taken in its first version', async () => {
    const bench = await Bench.open()
    expect((await send(bench, QUERY, since))?.status).toBe('Success')
  })

  test('permits nothing that the role of its client does not', async () => {
    const bench = await Bench.open({ operations: new Set(['Get'] as const) })
    expect((await send(bench, { operation: 'Create', payload: createAes() }))?.reason).toBe(
      'PermissionDenied',
    )
  })

  test('is not logged', async () => {
    const bench = await Bench.open()
    await send(bench, QUERY)
    expect(bench.events.join(' ')).not.toContain('horse')
  })
})

const QUERY = {
  operation: 'Query',
  payload: '<QueryFunction type="Enumeration" value="QueryServerInformation"/>',
}

describe('an Authentication (2.1 section 9.4)', () => {
  test.each([
    ['2.1', 'without a Credential', '', 'InvalidMessage'],
    ['2.1', 'with something else', username, 'UnknownTag'],
    ['1.4', 'with something else', username, 'InvalidField'],
    [
      '2.1',
      'with a Credential without a value',
      '<Credential><CredentialType type="Enumeration" value="Device"/></Credential>',
      'InvalidMessage',
    ],
    [
      '2.1',
      'without the fields of its type',
      credential('UsernameAndPassword', password),
      'InvalidMessage',
    ],
    [
      '2.1',
      'with a Ticket Credential without a ticket',
      credential('Ticket', ''),
      'InvalidMessage',
    ],
    [
      '2.1',
      'with the fields of another type',
      credential('UsernameAndPassword', username + text('OneTimePassword', '1')),
      'UnknownTag',
    ],
    [
      '2.1',
      'with a type of a vendor',
      credential('0x80000001', username),
      'AuthenticationNotSuccessful',
    ],
    [
      '2.1',
      'with a type that is not known',
      credential('0x00000077', username),
      'UnknownEnumeration',
    ],
    [
      '1.4',
      'with a type of a later version',
      credential('Ticket', ticketText('00')),
      'InvalidField',
    ],
  ])('is refused in %s %s', async (version, _, inside, reason) => {
    const bench = await Bench.open()
    const before = await bench.dump()
    const { items } = await bench.send(version, [QUERY], {
      header: header(inside),
    })
    expect(items[0]?.reason).toBe(reason)
    expect(await bench.dump()).toEqual(before)
  })
})
