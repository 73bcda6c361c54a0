import { beforeEach, describe, expect, test } from 'vitest'
import { Operation } from '../../src/spec/enum/operation.ts'
import { ProcessingStage } from '../../src/spec/enum/processing-stage.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import {
  Bench,
  createAes,
  find,
  findAll,
  identifierOf,
  START,
  uid,
  type AnswerItem,
  type BatchItemText,
} from './harness.ts'

const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
const CREATE: BatchItemText = { operation: 'Create', payload: createAes() }
/** Takes long enough for others to come in behind it. */
const SLOW: BatchItemText = {
  operation: 'CreateKeyPair',
  payload: `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="RSA"/>
    <CryptographicLength type="Integer" value="2048"/></CommonAttributes>
    <PrivateKeyAttributes><CryptographicUsageMask type="Integer" value="Sign"/></PrivateKeyAttributes>
    <PublicKeyAttributes><CryptographicUsageMask type="Integer" value="Verify"/></PublicKeyAttributes>`,
}
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

const correlation = (value: string | undefined) =>
  `<AsynchronousCorrelationValue type="ByteString" value="${value ?? ''}"/>`
const correlations = (...values: readonly (string | undefined)[]) =>
  `<AsynchronousCorrelationValues>${values.map(correlation).join('')}</AsynchronousCorrelationValues>`
const operations = (...names: readonly string[]) =>
  `<Operations>${names.map((name) => `<Operation type="Enumeration" value="${name}"/>`).join('')}</Operations>`
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

let bench: Bench

beforeEach(async () => {
  // One piece of work at a time: what comes behind another waits.
  bench = await Bench.open({ jobs: { atOnce: 1 } })
})

const submit = async (item: BatchItemText, version = '2.1') =>
  (await bench.send(version, [item], { header: MANDATORY })).items[0]?.correlation
const ask = async (operation: string, payload = '', as = 'alice') =>
  bench.ask('2.1', operation, payload, as)

/** What an answer to Query Asynchronous Requests tells of each request. */
function reported({ payload }: AnswerItem) {
  return findAll(payload, Tag.AsynchronousRequest).map((request) => {
    const value = (tag: { readonly number: number }) => {
      const found = find(request, tag)
      if (found?.type === ItemType.ByteString) return Buffer.from(found.value).toString('hex')
      return found !== undefined && 'value' in found ? found.value : undefined
    }
    return [
      value(Tag.AsynchronousCorrelationValue),
      value(Tag.Operation),
      value(Tag.ProcessingStage),
      value(Tag.SubmissionDate),
    ]
  })
}

describe('Query Asynchronous Requests (2.1 section 6.1.41)', () => {
  const date = BigInt(START) * 1_000_000n

  test('tells what is under way, how far it is, and when it was submitted in microseconds', async () => {
    const first = await submit(SLOW)
    bench.now += 5
    const second = await submit({ operation: 'Destroy', payload: uid(MISSING) })
    const { Submitted, InProcess, Completed } = ProcessingStage
    expect(reported(await ask('QueryAsynchronousRequests'))).toEqual([
      [first, Operation.CreateKeyPair, InProcess, date],
      [second, Operation.Destroy, Submitted, date + 5_000_000n],
    ])
    await ask('Process', correlation(second))
    expect(reported(await ask('QueryAsynchronousRequests')).map(([, , stage]) => stage)).toEqual([
      Completed,
      Completed,
    ])
  })

  test('tells nothing of what Poll or Cancel has ended for the client', async () => {
    const [first, second, third] = [await submit(SLOW), await submit(CREATE), await submit(CREATE)]
    await ask('Cancel', correlation(second))
    await ask('Process', correlation(first))
    await ask('Poll', correlation(first))
    expect(reported(await ask('QueryAsynchronousRequests')).map(([value]) => value)).toEqual([
      third,
    ])
  })

  test.each([
    ['the one named', (a: string) => correlations(a), [0]],
    ['none of those that never were', () => correlations('00'), []],
    ['those of an operation', () => operations('Destroy', 'Get'), [1]],
    ['what is both', (a: string) => correlations(a) + operations('Destroy'), []],
    ['all, for lists that are empty', () => correlations() + operations(), [0, 1]],
  ])('tells of %s', async (_, payload, expected) => {
    const values = [
      (await submit(CREATE)) ?? '',
      (await submit({ operation: 'Destroy', payload: uid(MISSING) })) ?? '',
    ]
    const answer = await ask('QueryAsynchronousRequests', payload(values[0] ?? ''))
    expect(reported(answer).map(([value]) => value)).toEqual(expected.map((at) => values[at]))
  })

  test('tells a client nothing of another, and nothing where all is done at once', async () => {
    await submit(CREATE)
    expect(reported(await ask('QueryAsynchronousRequests', '', 'bob'))).toEqual([])
    bench = await Bench.open()
    expect(await ask('QueryAsynchronousRequests')).toMatchObject({ status: 'Success' })
  })
})

describe('Process (2.1 section 6.1.39)', () => {
  test('answers when the request is done, before those that were submitted earlier', async () => {
    const values = [await submit(SLOW), await submit(CREATE), await submit(CREATE)]
    expect(await ask('Process', correlation(values[2]))).toMatchObject({ status: 'Success' })
    expect(await ask('Poll', correlation(values[2]))).toMatchObject({ status: 'Success' })
    await ask('Process', correlation(values[1]))
    const [second, third] = [
      identifierOf(await ask('Poll', correlation(values[1]))),
      identifierOf(await ask('Poll', correlation(values[2]))),
    ]
    expect(third < second, 'identifiers are counted').toBe(true)
  })

  test('succeeds for what is done already, and has no payload field', async () => {
    const value = await submit(CREATE)
    await settled()
    const answer = await ask('Process', correlation(value))
    expect(answer.status).toBe('Success')
    expect(answer.payload).toMatchObject({ value: [] })
  })

  test('is not itself left for later', async () => {
    const value = await submit(CREATE)
    const { items } = await bench.send(
      '2.1',
      [{ operation: 'Process', payload: correlation(value) }],
      { header: MANDATORY },
    )
    expect(items[0]?.status).toBe('Success')
  })

  test('does not wait for what is canceled meanwhile', async () => {
    await submit(SLOW)
    const value = await submit(CREATE)
    const processing = ask('Process', correlation(value))
    await ask('Cancel', correlation(value))
    expect((await processing).status).toBe('Success')
    expect((await ask('Poll', correlation(value))).reason).toBe('OperationCanceledByRequester')
  })

  test.each([
    ['what never was', async () => Promise.resolve('00'), 'alice'],
    ['another client', async () => submit(CREATE), 'bob'],
    ['a request of another version', async () => submit(CREATE, '2.0'), 'alice'],
    [
      'what was canceled',
      async () => {
        await submit(SLOW)
        const value = await submit(CREATE)
        await ask('Cancel', correlation(value))
        return value
      },
      'alice',
    ],
  ])('is refused for %s', async (_, value, as) => {
    expect((await ask('Process', correlation(await value()), as)).reason).toBe(
      'InvalidAsynchronousCorrelationValue',
    )
  })

  test('is refused without a Correlation Value', async () => {
    expect((await ask('Process')).reason).toBe('InvalidMessage')
  })
})
