import { beforeEach, describe, expect, test } from 'vitest'
import { ClientLog } from '../../src/operation/client-log.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { Tag } from '../../src/spec/tag.ts'
import { recordingLog, type LogLine } from '../adapter/fixtures/recording-log.ts'
import { faultOf } from '../schema/fault-of.ts'
import { Bench, findAll, identifiersOf } from './harness.ts'

const ALICE = { id: 'client-1', name: 'alice', role: 'user' }
const BOB = { id: 'client-2', name: 'bob', role: 'user' }
const message = (value: string) => `<LogMessage type="TextString" value="${value}"/>`

let lines: LogLine[]
let clientLog: ClientLog
const messages = () => lines.map(({ fields }) => fields['message'])

beforeEach(() => {
  lines = []
  clientLog = new ClientLog(recordingLog(lines), { linesPerMinute: 2, characters: 8 })
})

describe('what clients have logged', () => {
  test('is one line with the name of the client', () => {
    clientLog.write(ALICE, 'started', 0)
    expect(lines).toMatchObject([
      {
        level: 'info',
        event: 'message of a client',
        fields: { client: 'alice', message: 'started' },
      },
    ])
  })

  test.each([
    ['a\nb', 'a\\u{a}b'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['\u009b1m', '\\u{9b}1m'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['\u202eabc', '\\u{202e}abc'],
    ['größe 😀', 'größe 😀'],
  ])('shows %j as %j', (written, shown) => {
    clientLog.write(ALICE, written, 0)
    expect(messages()).toEqual([shown])
  })

  test('is cut, and says that it is', () => {
    clientLog.write(ALICE, '12345678', 0)
    clientLog.write(ALICE, '😀😀😀😀😀😀😀😀😀', 0)
    expect(messages()).toEqual(['12345678', '😀😀😀😀😀😀😀😀…'])
  })

  test('is refused beyond a number of lines in a minute, to that client alone', () => {
    clientLog.write(ALICE, '1', 60)
    clientLog.write(ALICE, '2', 119)
    expect(
      faultOf(() => {
        clientLog.write(ALICE, '3', 119)
      }).code,
    ).toBe('SERVER_LIMIT')
    clientLog.write(BOB, '4', 119)
    clientLog.write(ALICE, '5', 120)
    expect(messages()).toEqual(['1', '2', '4', undefined, '5'])
    expect(lines[3]).toMatchObject({ event: 'messages of a client refused', fields: { times: 1 } })
  })
})

describe('Log (2.1 section 6.1.29)', () => {
  test.each(['2.0', '2.1'])('writes a line and has an empty payload, in %s', async (version) => {
    const bench = await Bench.open()
    const answer = await bench.ask(version, 'Log', message('hello'))
    expect(answer).toMatchObject({ status: 'Success', payload: { value: [] } })
    expect(bench.events).toEqual(['message of a client'])
  })

  test('is refused without a message, with two, in 1.4, and to who logs too much', async () => {
    const bench = await Bench.open()
    expect((await bench.ask('2.1', 'Log')).reason).toBe('InvalidMessage')
    const two = await bench.ask('2.1', 'Log', message('a') + message('b'))
    expect(two.reason).toBe('InvalidMessage')
    expect((await bench.ask('1.4', 'Log', message('a'))).reason).toBe('OperationNotSupported')
    for (let line = 0; line < 60; line += 1) await bench.ask('2.1', 'Log', message('a'))
    expect((await bench.ask('2.1', 'Log', message('a'))).reason).toBe('ServerLimitExceeded')
  })
})

test('Ping is answered with nothing, from 2.1 on (2.1 section 6.1.36)', async () => {
  const bench = await Bench.open()
  expect(await bench.ask('2.1', 'Ping')).toMatchObject({
    status: 'Success',
    operation: Operation.Ping,
    payload: { value: [] },
  })
  expect((await bench.ask('2.1', 'Ping', message('a'))).reason).toBe('UnknownTag')
  expect((await bench.ask('1.4', 'Ping')).reason).toBe('OperationNotSupported')
})

describe('Interop (2.1 section 6.1.26)', () => {
  const payload = (name: string) =>
    `<InteropFunction type="Enumeration" value="${name}"/><InteropIdentifier type="TextString" value="QS-M-1"/>`
  const listed = async (bench: Bench) => {
    const answer = await bench.ask(
      '2.1',
      'Query',
      '<QueryFunction type="Enumeration" value="QueryOperations"/>',
    )
    return findAll(answer.payload, Tag.Operation).some(
      (item) => 'value' in item && item.value === Operation.Interop,
    )
  }

  test('is neither there nor listed unless the policy says so', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey()
    for (const name of ['Begin', 'End', 'Reset']) {
      expect((await bench.ask('2.1', 'Interop', payload(name))).reason).toBe(
        'OperationNotSupported',
      )
    }
    expect(await listed(bench)).toBe(false)
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toEqual([key])
  })

  test('tells the log of a test, and Reset erases the objects of the client that asks', async () => {
    const bench = await Bench.open({ policy: { interop: true } })
    expect(await listed(bench)).toBe(true)
    await bench.createKey()
    const other = await bench.createKey('', 'bob')
    for (const name of ['Begin', 'End']) {
      const answer = await bench.ask('2.0', 'Interop', payload(name))
      expect(answer).toMatchObject({ status: 'Success', payload: { value: [] } })
    }
    expect(bench.events).toHaveLength(2)
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toHaveLength(1)
    expect((await bench.ask('2.1', 'Interop', payload('Reset'))).status).toBe('Success')
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toEqual([])
    expect(identifiersOf(await bench.ask('2.1', 'Locate', '', 'bob'))).toEqual([other])
  })

  test.each([
    ['', 'InvalidMessage'],
    ['<InteropFunction type="Enumeration" value="Begin"/>', 'InvalidMessage'],
    ['<InteropIdentifier type="TextString" value="x"/>', 'InvalidMessage'],
    [payload('0x80000001'), 'InvalidField'],
    [payload('0x00000009'), 'UnknownEnumeration'],
  ])('is refused %j with %s', async (text, reason) => {
    const bench = await Bench.open({ policy: { interop: true } })
    expect((await bench.ask('2.1', 'Interop', text)).reason).toBe(reason)
  })
})
