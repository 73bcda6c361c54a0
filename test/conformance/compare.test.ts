import { describe, expect, test } from 'vitest'
import {
  ask,
  attribute,
  bytes,
  compareOne,
  complaints,
  date,
  failure,
  integer,
  iso,
  member,
  NOW,
  playAgainst,
  request,
  response,
  success,
  text,
  uid,
} from './sample.ts'

const UID = '$UNIQUE_IDENTIFIER_0'
const item = 'BatchItem[0]'
const payload = `${item}/ResponsePayload`

describe('fields', () => {
  test('the same answer passes', async () => {
    const played = await compareOne(
      ask('Activate', uid('a')),
      success('Activate', uid(UID)),
      success('Activate', uid('a')),
    )
    expect(complaints(played)).toEqual([])
  })

  test.each([
    ['another value', member('ObjectType', 'PublicKey'), ['value']],
    ['another type', integer('ObjectType', 2), ['type']],
    ['nothing', '', ['missing']],
  ])('%s where the file shows a value fails', async (_, came, kinds) => {
    const played = await compareOne(
      ask('Get', uid('a')),
      success('Get', member('ObjectType', 'SymmetricKey') + uid(UID)),
      success('Get', came + uid('a')),
    )
    expect(complaints(played)).toEqual(kinds.map((kind) => `${kind} ${payload}/ObjectType`))
  })

  test('a field that the file does not show fails', async () => {
    const played = await compareOne(
      ask('Register'),
      success('Register', uid(UID)),
      success('Register', member('ObjectType', 'SymmetricKey') + uid('a')),
    )
    expect(complaints(played)).toEqual([`extra ${payload}/ObjectType`])
  })

  test('[KMIP 1.4 9.1.1.4] fields in another order fail', async () => {
    const played = await compareOne(
      ask('Create'),
      success('Create', member('ObjectType', 'SymmetricKey') + uid(UID)),
      success('Create', uid('a') + member('ObjectType', 'SymmetricKey')),
    )
    expect(complaints(played)).toEqual([`order ${payload}/UniqueIdentifier`])
  })

  test('two fields of one name where the file shows one fail', async () => {
    const played = await compareOne(
      ask('Activate'),
      success('Activate', uid(UID)),
      success('Activate', uid('a') + uid('b')),
    )
    expect(complaints(played)).toEqual([`extra ${payload}/UniqueIdentifier[1]`])
  })

  test('an enumeration is compared by number, however the file writes it', async () => {
    const shown = success('Get', member('ObjectType', '0x00000002') + uid(UID))
    const played = await compareOne(
      ask('Get'),
      shown,
      success('Get', member('ObjectType', 'SymmetricKey') + uid('a')),
    )
    expect(complaints(played)).toEqual([])
  })

  test('the bits of a mask may be named in any order', async () => {
    const mask = (names: string): string =>
      attribute('Cryptographic Usage Mask', integerNamed('AttributeValue', names))
    const played = await compareOne(
      ask('GetAttributes', text('AttributeName', 'Cryptographic Usage Mask')),
      success('GetAttributes', uid(UID) + mask('Decrypt Encrypt')),
      success('GetAttributes', uid('a') + mask('Encrypt Decrypt')),
    )
    expect(complaints(played)).toEqual([])
  })
})

describe('results', () => {
  test.each([
    ['success', success('Get', uid('a')), ['value', 'missing', 'extra']],
    ['another reason', failure('Get', 'PermissionDenied'), ['value']],
  ])('%s instead of the failure that the file shows fails', async (_, came, kinds) => {
    const played = await compareOne(ask('Get'), failure('Get', 'ItemNotFound'), came)
    expect(complaints(played).map((line) => line.split(' ')[0])).toEqual(kinds)
  })

  test('[8.4.1.25] the Result Message may be another', async () => {
    const shown = failure('Get', 'ItemNotFound', 'one')
    const played = await compareOne(ask('Get'), shown, failure('Get', 'ItemNotFound', 'two'))
    expect(complaints(played)).toEqual([])
    expect(played.variations).toEqual(['8.4.1.6', '8.4.1.25'].filter((rule) => rule.endsWith('25')))
  })

  test('fewer items than the file shows fail', async () => {
    const file = [
      request([ask('Get'), ask('Get')]),
      response([success('Get', uid(UID)), success('Get', uid(UID))]),
    ]
    const played = await playAgainst(file, [response([success('Get', uid('a'))])].map(dated))
    expect(complaints(played)).toContain('missing ')
  })

  test('a Unique Batch Item ID must come back as it was sent', async () => {
    const withId = (xml: string, value: string): string =>
      xml.replace('</Operation>', '').replace(/(<Operation [^>]*>)/u, `$1${id(value)}`)
    const id = (value: string): string => bytes('UniqueBatchItemID', value)
    const played = await compareOne(
      withId(ask('Activate'), '01'),
      withId(success('Activate', uid(UID)), '01'),
      withId(success('Activate', uid('a')), '02'),
    )
    expect(complaints(played)).toEqual([`value ${item}/UniqueBatchItemID`])
  })
})

describe('names', () => {
  const get = ask('Get', uid(UID))
  const first = [request([ask('Create')]), response([success('Create', uid(UID))])]

  test('a name stands for its first value in later questions and answers', async () => {
    const file = [...first, request([get]), response([success('Get', uid(UID))])]
    const answers = [response([success('Create', uid('a'))]), response([success('Get', uid('a'))])]
    expect(complaints(await playAgainst(file, answers.map(dated)))).toEqual([])
  })

  test('another value for a bound name fails', async () => {
    const file = [...first, request([get]), response([success('Get', uid(UID))])]
    const answers = [response([success('Create', uid('a'))]), response([success('Get', uid('b'))])]
    expect(complaints(await playAgainst(file, answers.map(dated)))).toEqual([
      `value ${payload}/UniqueIdentifier`,
    ])
  })

  test('one value for two names fails', async () => {
    const second = [
      request([ask('Create')]),
      response([success('Create', uid('$UNIQUE_IDENTIFIER_1'))]),
    ]
    const answers = [
      response([success('Create', uid('a'))]),
      response([success('Create', uid('a'))]),
    ]
    expect(complaints(await playAgainst([...first, ...second], answers.map(dated)))).toEqual([
      `rule ${payload}/UniqueIdentifier`,
    ])
  })

  test('an empty value for a name fails', async () => {
    const answers = [response([success('Create', uid(''))])].map(dated)
    expect(complaints(await playAgainst(first, answers))).toEqual([
      `rule ${payload}/UniqueIdentifier`,
    ])
  })

  test('a question with a name that nothing has bound fails', async () => {
    const file = [request([get]), response([success('Get', uid(UID))])]
    const played = await playAgainst(file, [response([success('Get', uid('a'))])].map(dated))
    expect(played.failure?.verdict.differences[0]?.got).toContain('UnboundName')
  })

  test('[KMIP 2.1 6.1.27] Locate must list objects in the order of the file', async () => {
    const create = (name: string): string[] => [
      request([ask('Create')]),
      response([success('Create', uid(name))]),
    ]
    const both = [...create('$UNIQUE_IDENTIFIER_0'), ...create('$UNIQUE_IDENTIFIER_1')]
    const shown = success('Locate', uid('$UNIQUE_IDENTIFIER_1') + uid('$UNIQUE_IDENTIFIER_0'))
    const file = [...both, request([ask('Locate')]), response([shown])]
    const created = ['a', 'b'].map((value) => response([success('Create', uid(value))]))
    const located = (list: string): string[] =>
      [...created, response([success('Locate', list)])].map(dated)
    expect(complaints(await playAgainst(file, located(uid('b') + uid('a'))))).toEqual([])
    expect(complaints(await playAgainst(file, located(uid('a') + uid('b'))))).toHaveLength(2)
    expect(complaints(await playAgainst(file, located(uid('b'))))).toEqual([
      `missing ${payload}/UniqueIdentifier[1]`,
    ])
  })
})

describe('times', () => {
  const dates = (name: string, value: string): string =>
    uid(UID) + attribute(name, date('AttributeValue', value))
  const asks = ask('GetAttributes', uid('a') + text('AttributeName', 'Initial Date'))
  const initial = async (seconds: number): Promise<readonly string[]> =>
    complaints(
      await compareOne(
        asks,
        success('GetAttributes', dates('Initial Date', '$NOW')),
        success('GetAttributes', dates('Initial Date', iso(seconds)).replace(UID, 'a')),
      ),
    )

  test("[8.4.1.9] a date of the server's own may differ, but not by hours", async () => {
    expect(await initial(NOW + 2)).toEqual([])
    expect(await initial(NOW + 7200)).toEqual([`value ${payload}/Attribute/AttributeValue`])
    expect(await initial(0)).toEqual([`value ${payload}/Attribute/AttributeValue`])
  })

  test('[8.4.1.9] a date that the question gave must come back as it was', async () => {
    const template = `<TemplateAttribute>${attribute('Activation Date', date('AttributeValue', '$NOW-3600'))}</TemplateAttribute>`
    const file = [
      request([ask('Create', template)]),
      response([success('Create', uid(UID))]),
      request([ask('GetAttributes', text('AttributeName', 'Activation Date'))]),
      response([success('GetAttributes', dates('Activation Date', '$NOW-3600'))]),
    ]
    const answers = (seconds: number): string[] =>
      [
        response([success('Create', uid('a'))]),
        response([
          success('GetAttributes', dates('Activation Date', iso(seconds)).replace(UID, 'a')),
        ]),
      ].map(dated)
    expect(complaints(await playAgainst(file, answers(NOW - 3600)))).toEqual([])
    expect(complaints(await playAgainst(file, answers(NOW - 3599)))).toHaveLength(1)
  })

  test('a custom date must come back as it was sent', async () => {
    const custom = (value: string): string => attribute('x-Date', date('AttributeValue', value))
    const shown = success('AddAttribute', uid(UID) + custom('$NOW'))
    const came = (seconds: number): string =>
      success('AddAttribute', uid('a') + custom(iso(seconds)))
    const question = ask('AddAttribute', custom('$NOW'))
    expect(complaints(await compareOne(question, shown, came(NOW)))).toEqual([])
    expect(complaints(await compareOne(question, shown, came(NOW + 1)))).toHaveLength(1)
  })
})

function integerNamed(tag: string, names: string): string {
  return `<${tag} type="Integer" value="${names}"/>`
}

/** The answer with a time stamp that can be encoded. */
function dated(xml: string): string {
  return xml.replace('$NOW', iso(NOW))
}
