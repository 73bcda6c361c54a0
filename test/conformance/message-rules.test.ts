import { describe, expect, test } from 'vitest'
import {
  ask,
  attribute,
  complaints,
  failure,
  iso,
  member,
  NOW,
  playAgainst,
  request,
  response,
  success,
  text,
  uid,
  type Parts,
} from './sample.ts'

/** Complaints about an answer to the same question and file in that version. */
async function judge(came: string, version = '1.4'): Promise<readonly string[]> {
  const file = [
    request([ask('Activate', uid('a'))], { version }),
    response([success('Activate', uid('$UNIQUE_IDENTIFIER_0'))], { version }),
  ]
  return complaints(await playAgainst(file, [came]))
}

const good = (parts: Parts = {}): string =>
  response([success('Activate', uid('a'))], { timeStamp: iso(NOW), ...parts })

describe('the header', () => {
  test('a complete header passes', async () => {
    expect(await judge(good())).toEqual([])
  })

  test.each([
    ['another version than the question', good({ version: '1.3' })],
    ['no Time Stamp', good({ timeStamp: '' })],
    ['a wrong Batch Count', good({ batchCount: 2 })],
    [
      'a Server Correlation Value where the file has none',
      good({ header: text('ServerCorrelationValue', 's') }),
    ],
  ])('%s fails', async (_, came) => {
    const wrong = await judge(came)
    expect(wrong.length).toBeGreaterThan(0)
    expect(wrong.every((line) => line.includes(' ResponseHeader'))).toBe(true)
  })

  test.each([
    ['another version than the question', { version: '1.3' }],
    ['no Time Stamp', { timeStamp: '' }],
    ['a wrong Batch Count', { batchCount: 2 }],
  ])('%s fails even where the file shows it', async (_, parts) => {
    const item = success('Activate', uid('$UNIQUE_IDENTIFIER_0'))
    const file = [request([ask('Activate', uid('a'))]), response([item], parts)]
    const found = complaints(await playAgainst(file, [good(parts)]))
    expect(found).toEqual(['rule ResponseHeader'])
  })

  test('more than a header and batch items fails', async () => {
    expect(await judge(good().replace('</ResponseMessage>', '<Nonce/></ResponseMessage>'))).toEqual(
      ['rule '],
    )
  })

  test('a message that is no answer fails', async () => {
    expect(await judge(request([ask('Activate', uid('a'))]))).not.toEqual([])
  })
})

describe('failures', () => {
  const file = (shown: string): string[] => [request([ask('Get')]), response([shown])]
  const answer = (item: string): string => response([item], { timeStamp: iso(NOW) })

  test.each([
    ['Get', ['rule BatchItem[0]']],
    ['Check', []],
  ])('with a payload fail, except of Check: %s', async (operation, wrong) => {
    const item = failure(operation, 'PermissionDenied').replace(
      '</BatchItem>',
      `<ResponsePayload>${uid('a')}</ResponsePayload></BatchItem>`,
    )
    const asks = [request([ask(operation)]), response([item])]
    expect(complaints(await playAgainst(asks, [answer(item)]))).toEqual(wrong)
  })

  test('an answer with fewer items than were asked fails even where the file shows it', async () => {
    const item = success('Activate', uid('a'))
    const asks = [request([ask('Activate'), ask('Activate')]), response([item])]
    expect(complaints(await playAgainst(asks, [answer(item)]))).toEqual(['rule '])
  })

  test.each(['Operation', 'ResultReason', 'ResultMessage'])('without %s fail', async (tag) => {
    const shown = failure('Get', 'ItemNotFound')
    const came = shown.replace(new RegExp(`<${tag} [^>]*>`, 'u'), '')
    expect(complaints(await playAgainst(file(shown), [answer(shown)]))).toEqual([])
    expect(complaints(await playAgainst(file(shown), [answer(came)]))).toContain(
      'rule BatchItem[0]',
    )
  })
})

describe('[clients H1] what the version does not have', () => {
  test.each([
    ['1.0', text('ServerCorrelationValue', 's'), true],
    ['1.4', text('ServerCorrelationValue', 's'), false],
  ])('a header field: in %s', async (version, header, wrong) => {
    const file = [
      request([ask('Activate', uid('a'))], { version }),
      response([success('Activate', uid('$UNIQUE_IDENTIFIER_0'))], { version, header }),
    ]
    const found = complaints(await playAgainst(file, [good({ version, header })]))
    expect(found).toEqual(wrong ? ['rule ResponseHeader/ServerCorrelationValue'] : [])
  })

  test.each([
    ['1.1', true],
    ['1.2', false],
  ])('an attribute, by its name: Alternative Name in %s', async (version, wrong) => {
    const value = `<AttributeValue>${text('AlternativeNameValue', 'n')}${member('AlternativeNameType', 'UninterpretedTextString')}</AttributeValue>`
    const list = uid('a') + attribute('Alternative Name', value)
    const file = [
      request([ask('GetAttributes', uid('a'))], { version }),
      response([success('GetAttributes', list)], { version }),
    ]
    const came = response([success('GetAttributes', list)], { version, timeStamp: iso(NOW) })
    const found = complaints(await playAgainst(file, [came]))
    expect(found.length > 0).toBe(wrong)
    expect(found.every((line) => line.startsWith('rule '))).toBe(true)
  })

  test.each([
    {
      what: 'an operation',
      version: '1.1',
      operation: 'Query',
      payload: member('Operation', 'Encrypt'),
    },
    {
      what: 'an object type',
      version: '1.1',
      operation: 'Query',
      payload: member('ObjectType', 'PGPKey'),
    },
    {
      what: 'a name in a list',
      version: '1.1',
      operation: 'GetAttributeList',
      payload: text('AttributeName', 'Original Creation Date'),
    },
    {
      what: 'a reference in a list',
      version: '2.0',
      operation: 'GetAttributeList',
      payload: member('AttributeReference', 'RotateInterval'),
    },
  ])('$what: in $version', async ({ version, operation, payload }) => {
    const tag = /<(\w+)/u.exec(payload)?.[1] ?? ''
    const file = [
      request([ask(operation)], { version }),
      response([success(operation, payload)], { version }),
    ]
    const came = response([success(operation, payload)], { version, timeStamp: iso(NOW) })
    expect(complaints(await playAgainst(file, [came]))).toEqual([
      `rule BatchItem/ResponsePayload/${tag}`,
    ])
  })

  test('but for the operation that was asked for', async () => {
    const file = [
      request([ask('DiscoverVersions')], { version: '1.0' }),
      response([success('DiscoverVersions')], { version: '1.0' }),
    ]
    const came = response([success('DiscoverVersions')], { version: '1.0', timeStamp: iso(NOW) })
    expect(complaints(await playAgainst(file, [came]))).toEqual([])
  })

  test('Located Items in 1.2', async () => {
    const located = '<LocatedItems type="Integer" value="0"/>'
    const file = (version: string): string[] => [
      request([ask('Locate')], { version }),
      response([success('Locate', located)], { version }),
    ]
    const answer = (version: string): string =>
      response([success('Locate', located)], { version, timeStamp: iso(NOW) })
    expect(complaints(await playAgainst(file('1.2'), [answer('1.2')]))).toHaveLength(1)
    expect(complaints(await playAgainst(file('1.3'), [answer('1.3')]))).toEqual([])
  })
})
