import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import {
  Bench,
  createAes,
  find,
  identifierOf,
  identifiersOf,
  name2,
  uid,
  type AnswerItem,
  type BatchItemText,
} from './harness.ts'

const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
const OPTIONAL = '<AsynchronousIndicator type="Enumeration" value="Optional"/>'
const CREATE: BatchItemText = { operation: 'Create', payload: createAes() }
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

const correlation = (value: string | undefined) =>
  `<AsynchronousCorrelationValue type="ByteString" value="${value ?? ''}"/>`
const resultOf = ({ payload }: AnswerItem) => {
  const found = find(payload, Tag.CancellationResult)
  return found !== undefined && 'value' in found ? found.value : undefined
}

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open({ jobs: {} })
})

const send = async (items: readonly BatchItemText[], header = MANDATORY) =>
  (await bench.send('2.1', items, { header })).items
const poll = async (value: string | undefined, version = '2.1', as = 'alice') =>
  bench.ask(version, 'Poll', correlation(value), as)
const cancel = async (value: string | undefined, version = '2.1', as = 'alice') =>
  bench.ask(version, 'Cancel', correlation(value), as)
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('a mandatory Asynchronous Indicator (2.1 section 11.3)', () => {
  test('is answered with a Correlation Value, by which Poll gives the answer of the operation', async () => {
    const [pending] = await send([{ ...CREATE, id: '01' }])
    expect(pending).toMatchObject({ status: 'OperationPending', uniqueBatchItemID: '01' })
    expect(pending?.payload).toBeUndefined()
    await settled()
    const answer = await poll(pending?.correlation)
    expect(answer).toMatchObject({ status: 'Success', operation: 1, correlation: undefined })
    expect(find(answer.payload, Tag.ObjectType)).toBeDefined()
    const got = await bench.ask('2.1', 'Get', uid(identifierOf(answer)))
    expect(got.status).toBe('Success')
    expect(identifierOf(await poll(pending?.correlation)), 'asked again').toBe(identifierOf(answer))
  })

  test('has Poll answer a failure as the operation does', async () => {
    const [pending] = await send([{ operation: 'Archive', payload: uid(MISSING) }])
    const [other] = await send([{ operation: 'Check', payload: uid(MISSING) }])
    await settled()
    expect(await poll(pending?.correlation)).toMatchObject({
      status: 'OperationFailed',
      reason: 'ObjectNotFound',
      operation: 0x15,
    })
    expect((await poll(other?.correlation)).operation).toBe(0x09)
  })

  test('keeps the order of a batch, its ID Placeholder and its end at a failure', async () => {
    const items = await send([
      { ...CREATE, id: '01' },
      { operation: 'Activate', id: '02' },
      { operation: 'Get', id: '03', payload: uid(MISSING) },
      { ...CREATE, id: '04' },
    ])
    expect(items.map(({ status }) => status)).toEqual(Array(4).fill('OperationPending'))
    await settled()
    const answers = await Promise.all(items.map(async ({ correlation: value }) => poll(value)))
    expect(answers.map(({ status, reason }) => reason ?? status)).toEqual([
      'Success',
      'Success',
      'ObjectNotFound',
      'OperationCanceledByRequester',
    ])
    const [made, activated] = answers
    expect(activated && identifierOf(activated)).toBe(made && identifierOf(made))
  })

  test('leaves what was undone undone, all of the batch together (1.4 section 6.13)', async () => {
    const undo = `${MANDATORY}<BatchErrorContinuationOption type="Enumeration" value="Undo"/>`
    const before = await bench.dump()
    const items = await send(
      [
        { ...CREATE, id: '01' },
        { operation: 'Get', id: '02', payload: uid(MISSING) },
      ],
      undo,
    )
    await settled()
    const answers = await Promise.all(items.map(async ({ correlation: value }) => poll(value)))
    expect(answers.map(({ status }) => status)).toEqual(['OperationUndone', 'OperationFailed'])
    expect(await bench.dump()).toEqual(before)
    const good = await send(
      [
        { ...CREATE, id: '01' },
        { operation: 'Get', id: '02' },
      ],
      undo,
    )
    await settled()
    const [, got] = await Promise.all(good.map(async ({ correlation: value }) => poll(value)))
    expect(got?.status).toBe('Success')
  })

  test('is refused where nothing is done asynchronously, and where too much is', async () => {
    const none = await Bench.open()
    const { items } = await none.send('2.1', [CREATE], { header: MANDATORY })
    expect(items[0]?.reason).toBe('FeatureNotSupported')
    bench = await Bench.open({ jobs: { perClient: 1 } })
    const [first] = await send([CREATE])
    expect(first?.status).toBe('OperationPending')
    expect((await send([CREATE]))[0]?.reason).toBe('ServerLimitExceeded')
    await settled()
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toHaveLength(1)
  })

  test('does not reach Poll and Cancel (1.4 sections 4.27, 4.28)', async () => {
    const [pending] = await send([CREATE])
    await settled()
    const answers = await send([
      { operation: 'Poll', id: '01', payload: correlation(pending?.correlation) },
      { operation: 'Cancel', id: '02', payload: correlation(pending?.correlation) },
    ])
    expect(answers.map(({ status }) => status)).toEqual(['Success', 'Success'])
  })
})

describe('an Asynchronous Indicator that leaves it to the server (1.4 section 6.7)', () => {
  test.each([
    ['2.1', OPTIONAL],
    ['1.4', '<AsynchronousIndicator type="Boolean" value="true"/>'],
    ['1.4', '<AsynchronousIndicator type="Boolean" value="false"/>'],
    ['2.1', '<AsynchronousIndicator type="Enumeration" value="Prohibited"/>'],
    ['1.4', ''],
  ])('has what is quick done at once, in %s with %s', async (version, header) => {
    const key = await bench.createKey()
    const { items } = await bench.send(version, [{ operation: 'Get', payload: uid(key) }], {
      header,
    })
    expect(items[0]?.status).toBe('Success')
  })
})

describe('Poll', () => {
  test.each([
    ['1.0', 'ItemNotFound'],
    ['1.4', 'ItemNotFound'],
    ['2.0', 'InvalidAsynchronousCorrelationValue'],
    ['2.1', 'InvalidAsynchronousCorrelationValue'],
  ])('knows nothing of what never was, in %s (1.4 section 11.29)', async (version, reason) => {
    expect((await poll('00', version)).reason).toBe(reason)
    expect((await poll('', version)).reason).toBe(reason)
    expect((await bench.ask(version, 'Poll')).reason).toBe('InvalidMessage')
  })

  test('gives nothing to another client', async () => {
    const [pending] = await send([CREATE])
    await settled()
    expect((await poll(pending?.correlation, '2.1', 'bob')).reason).toBe(
      'InvalidAsynchronousCorrelationValue',
    )
    expect(resultOf(await cancel(pending?.correlation, '2.1', 'bob'))).toBe(5)
  })

  test('says what it waits for as long as it does', async () => {
    // One piece of work at a time: the second waits behind the first.
    bench = await Bench.open({ jobs: { atOnce: 1 } })
    await send([CREATE])
    const [pending] = await send([CREATE])
    const answer = await poll(pending?.correlation)
    expect(answer).toMatchObject({
      status: 'OperationPending',
      operation: 0x1a,
      correlation: pending?.correlation,
    })
    expect(answer.payload).toBeUndefined()
  })
})

describe('Cancel', () => {
  test('keeps what it cancels from being stored, and Poll says so', async () => {
    bench = await Bench.open({ jobs: { atOnce: 1 } })
    await send([CREATE])
    const [pending] = await send([{ operation: 'Create', payload: createAes(name2('never')) }])
    const answer = await cancel(pending?.correlation)
    expect(resultOf(answer)).toBe(1)
    expect(find(answer.payload, Tag.AsynchronousCorrelationValue)).toBeDefined()
    await settled()
    expect((await poll(pending?.correlation)).reason).toBe('OperationCanceledByRequester')
    const located = await bench.ask('2.1', 'Locate', `<Attributes>${name2('never')}</Attributes>`)
    expect(identifiersOf(located)).toEqual([])
  })

  test('of one item of a batch that is undone as a whole cancels all of it (1.4 section 6.13)', async () => {
    bench = await Bench.open({ jobs: { atOnce: 1 } })
    await send([CREATE])
    const undo = `${MANDATORY}<BatchErrorContinuationOption type="Enumeration" value="Undo"/>`
    const items = [
      { ...CREATE, id: '01' },
      { ...CREATE, id: '02' },
    ]
    const [first, second] = await send(items, undo)
    expect(resultOf(await cancel(second?.correlation))).toBe(1)
    await settled()
    for (const pending of [first, second]) {
      expect((await poll(pending?.correlation)).status).toBe('OperationFailed')
    }
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toHaveLength(1)
  })

  test.each(['1.0', '1.4', '2.0', '2.1'])('tells in %s of what never was', async (version) => {
    const answer = await cancel('00', version)
    expect([answer.status, resultOf(answer)]).toEqual(['Success', 5])
    expect((await bench.ask(version, 'Cancel')).reason).toBe('InvalidMessage')
  })

  test('tells of what has ended', async () => {
    const [done, failed] = [
      ...(await send([CREATE])),
      ...(await send([{ operation: 'Get', payload: uid(MISSING) }])),
    ]
    await settled()
    expect(resultOf(await cancel(done?.correlation))).toBe(3)
    expect(resultOf(await cancel(failed?.correlation))).toBe(4)
  })
})

test.each([
  ['is', { jobs: {} }, true],
  ['is not', {}, false],
])('Query says that asynchrony %s there (1.4 section 2.1.21)', async (_, options, value) => {
  const { payload } = await (
    await Bench.open(options)
  ).ask('1.4', 'Query', '<QueryFunction type="Enumeration" value="QueryCapabilities"/>')
  expect(find(payload, Tag.AsynchronousCapability)).toMatchObject({ value })
})
