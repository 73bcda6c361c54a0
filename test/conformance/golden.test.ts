import { describe, expect, test } from 'vitest'
import { checkAnswer } from '../../conformance/runner/golden.ts'
import { nodeOfItem, type Node } from '../../conformance/runner/template.ts'
import { decode } from '../../src/ttlv/decode.ts'
import {
  ask,
  attribute,
  bytes,
  bytesOf,
  integer,
  iso,
  member,
  NOW,
  request,
  response,
  success,
  text,
  uid,
} from './sample.ts'

const node = (xml: string): Node => nodeOfItem(decode(bytesOf(xml)))

/** What is wrong with an item as the answer to a question, as paths. */
function judge(question: string, item: string, version = '1.2'): readonly string[] {
  const answer = response([item], { version, timeStamp: iso(NOW) })
  return checkAnswer(node(request([question], { version })), node(answer)).map(({ path }) =>
    path.replace(/^ResponseMessage\/?/u, ''),
  )
}

const PAYLOAD = 'BatchItem/ResponsePayload'
const symmetric = (more = ''): string =>
  `<SymmetricKey><KeyBlock>${member('KeyFormatType', 'Raw')}<KeyValue>${bytes('KeyMaterial', '00')}${more}</KeyValue></KeyBlock></SymmetricKey>`
const got = (object: string, more = ''): string =>
  success('Get', member('ObjectType', 'SymmetricKey') + uid('a') + object + more)

describe('[clients B2] the Unique Batch Item ID', () => {
  const named = (item: string, name: string): string =>
    item.replace(/(<Operation [^>]*>)/u, `$1${bytes('UniqueBatchItemID', name)}`)
  const question = ask('Activate', uid('a'))
  const item = success('Activate', uid('a'))

  test.each([
    ['comes back', named(question, '514c'), named(item, '514c'), []],
    ['must not change', named(question, '514c'), named(item, '514d'), ['BatchItem[0]']],
    ['must not go missing', named(question, '514c'), item, ['BatchItem[0]']],
    ['comes to nobody who sent none', question, named(item, '514c'), ['BatchItem[0]']],
  ])('%s', (_, asked, came, wrong) => {
    expect(judge(asked, came)).toEqual(wrong)
  })

  test('belongs to an item of the same operation', () => {
    expect(judge(ask('Revoke', uid('a')), item)).toEqual(['BatchItem[0]'])
  })
})

describe('[clients P1] fields', () => {
  test.each([
    ['Register answers with the identifier', ask('Register'), success('Register', uid('a')), []],
    [
      'Register answers with no Object Type',
      ask('Register'),
      success('Register', member('ObjectType', 'SymmetricKey') + uid('a')),
      [PAYLOAD],
    ],
    ['Get answers with type, identifier and object', ask('Get'), got(symmetric()), []],
    [
      'Get answers with nothing after the object',
      ask('Get'),
      got(symmetric(), text('VendorIdentification', 'x')),
      [PAYLOAD],
    ],
    [
      'Create tells the Object Type first',
      ask('Create'),
      success('Create', uid('a') + member('ObjectType', 'SymmetricKey')),
      [PAYLOAD],
    ],
    ['Activate answers with the identifier', ask('Activate'), success('Activate'), [PAYLOAD]],
    [
      'Create answers with no Template-Attribute',
      ask('Create'),
      success('Create', `${member('ObjectType', 'SymmetricKey')}${uid('a')}<TemplateAttribute/>`),
      [PAYLOAD],
    ],
    [
      'an attribute has its value last',
      ask('GetAttributes'),
      success(
        'GetAttributes',
        uid('a') +
          attribute(
            'Contact Information',
            text('AttributeValue', 'c') + integer('AttributeIndex', 0),
          ),
      ),
      [`${PAYLOAD}/Attribute`],
    ],
  ])('%s', (_, question, item, wrong) => {
    expect(judge(question, item)).toEqual(wrong)
  })

  test('a header has its Time Stamp before its Batch Count', () => {
    const answer = response([success('Activate', uid('a'))], { timeStamp: '' }).replace(
      '</ResponseHeader>',
      `<TimeStamp type="DateTime" value="${iso(NOW)}"/></ResponseHeader>`,
    )
    const found = checkAnswer(node(request([ask('Activate', uid('a'))])), node(answer))
    expect(found.map(({ path }) => path)).toEqual(['ResponseMessage/ResponseHeader'])
  })

  test('a payload of 2.x is not one of 1.x', () => {
    const item = success('AddAttribute', uid('a'))
    expect(judge(ask('AddAttribute'), item, '1.4')).toEqual([PAYLOAD])
    expect(judge(ask('AddAttribute'), item, '2.0')).toEqual([])
  })
})

describe('[clients P2] attributes inside a Key Value', () => {
  const inside = attribute('x-a', text('AttributeValue', 'v'))

  test('come to nobody who did not ask', () => {
    expect(judge(ask('Get'), got(symmetric(inside)))).toEqual(['BatchItem[0]'])
  })

  test('come to who names them', () => {
    const question = `<KeyWrappingSpecification>${member('WrappingMethod', 'Encrypt')}${text('AttributeName', 'x-a')}</KeyWrappingSpecification>`
    expect(judge(ask('Get', question), got(symmetric(inside)))).toEqual([])
  })
})
