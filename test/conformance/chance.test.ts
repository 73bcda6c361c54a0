import { describe, expect, test } from 'vitest'
import { Bindings } from '../../conformance/runner/bindings.ts'
import { caseOf } from '../../conformance/runner/case.ts'
import { isOutput } from '../../conformance/runner/chance.ts'
import { checkMessage } from '../../conformance/runner/message-rules.ts'
import { play, type Played } from '../../conformance/runner/play.ts'
import { childOf, nodeOfItem } from '../../conformance/runner/template.ts'
import { decode } from '../../src/ttlv/decode.ts'
import {
  ask,
  bytes,
  bytesOf,
  complaints,
  failure,
  integer,
  iso,
  member,
  NOW,
  request,
  response,
  scripted,
  success,
  uid,
} from './sample.ts'

const UID = '$UNIQUE_IDENTIFIER_0'
const STREAM = '$CORRELATION_VALUE'
const payload = 'BatchItem[0]/ResponsePayload'
const begins = '<InitIndicator type="Boolean" value="true"/>'

/** A question, what the file shows for it, and what comes. */
type Step = readonly [question: string, shown: string, came: string]

async function converse(
  ...steps: readonly Step[]
): Promise<Played & { readonly asked: readonly Uint8Array[] }> {
  const file = steps.flatMap(([question, shown]) => [request([question]), response([shown])])
  const channel = scripted(steps.map(([, , came]) => response([came], { timeStamp: iso(NOW) })))
  const conversation = caseOf('samples/SAMPLE-1', `<KMIP>${file.join('')}</KMIP>`)
  return {
    ...(await play(conversation, channel, new Bindings(NOW), checkMessage)),
    asked: channel.asked,
  }
}

/** The object with identifier `a` comes to be. */
function begun(operation: 'Create' | 'Register', type = 'SymmetricKey'): Step {
  const question = ask(operation, member('ObjectType', type))
  const shownType = operation === 'Create' ? member('ObjectType', type) : ''
  return [
    question,
    success(operation, shownType + uid(UID)),
    success(operation, shownType + uid('a')),
  ]
}

/** An operation of that object: fields of the question, of the answer shown and of the one that comes. */
function use(operation: string, asked: string, shown: string, came: string): Step {
  return [
    ask(operation, uid(UID) + asked),
    success(operation, uid(UID) + shown),
    success(operation, uid('a') + came),
  ]
}

const data = (value: string): string => bytes('Data', value)
const iv = (value: string): string => bytes('IVCounterNonce', value)

/** What is wrong with a use of an object, once that object has come to be. */
async function wrongWith(...steps: readonly Step[]): Promise<readonly string[]> {
  return complaints(await converse(...steps))
}

describe('[8.4.1.8b] operations that depend on chance', () => {
  test.each([
    ['other bytes', 'cdcd', []],
    ['fewer bytes than were asked for', 'cd', [`value ${payload}/Data`]],
    ['no bytes', '', [`value ${payload}/Data`]],
  ])('RNG Retrieve may give %s', async (_, came, expected) => {
    const step: Step = [
      ask('RNGRetrieve', integer('DataLength', 2)),
      success('RNGRetrieve', data('abab')),
      success('RNGRetrieve', data(came)),
    ]
    expect(await wrongWith(step)).toEqual(expected)
  })

  test.each([
    { what: 'Encrypt may differ where the server chose the IV', came: 'cdcd 0202', wrong: [] },
    { what: 'the length stays, whoever chose the IV', came: 'cdcdcd 0202', wrong: ['Data'] },
    { what: 'the length of the IV stays', came: 'abab 020202', wrong: ['IVCounterNonce'] },
    {
      what: 'an IV that the client chose fixes the output',
      asked: iv('0101'),
      came: 'cdcd 0101',
      wrong: ['Data'],
    },
  ])('$what', async ({ asked = '', came, wrong }) => {
    const [encrypted = '', nonce = ''] = came.split(' ')
    const shown = data('abab') + iv('0101')
    const step = use('Encrypt', data('00') + asked, shown, data(encrypted) + iv(nonce))
    expect(await wrongWith(begun('Register'), step)).toEqual(
      wrong.map((field) => `value ${payload}/${field}`),
    )
  })

  test('an IV that the file does not show is one too many', async () => {
    const step = use('Encrypt', data('00'), data('abab'), data('abab') + iv('0101'))
    expect(await wrongWith(begun('Register'), step)).toEqual([`extra ${payload}/IVCounterNonce`])
  })

  test.each([
    ['PublicKey', 'Encrypt', 'cdcd', []],
    ['PublicKey', 'Encrypt', 'cdcdcd', ['value']],
    ['PublicKey', 'Decrypt', 'cdcd', ['value']],
    ['PrivateKey', 'Encrypt', 'cdcd', ['value']],
    ['SymmetricKey', 'Encrypt', 'cdcd', ['value']],
  ])('with a registered %s %s may give %s: wrong is %j', async (type, operation, came, wrong) => {
    const step = use(operation, data('00'), data('abab'), data(came))
    const expected = wrong.map((kind) => `${kind} ${payload}/Data`)
    expect(await wrongWith(begun('Register', type), step)).toEqual(expected)
  })

  test('a public key that could not be registered is none', async () => {
    const refused: Step = [
      ask('Register', member('ObjectType', 'PublicKey')),
      failure('Register', 'InvalidField'),
      failure('Register', 'InvalidField'),
    ]
    const step: Step = [
      ask('Encrypt', uid('a') + data('00')),
      success('Encrypt', uid(UID) + data('abab')),
      success('Encrypt', uid('a') + data('cdcd')),
    ]
    expect(await wrongWith(refused, step)).toEqual([`value ${payload}/Data`])
  })
})

describe("[8.4.1.8a] a key of the server's own", () => {
  test.each([
    ['Encrypt', 'Data', 'cdcd', true],
    ['Encrypt', 'Data', 'cdcdcd', false],
    ['MAC', 'MACData', 'cdcd', true],
    ['MAC', 'MACData', 'cd', false],
    ['Sign', 'SignatureData', 'cdcdcd', true],
  ])('%s gives %s as %s: %s', async (operation, field, came, isPermitted) => {
    const step = use(operation, data('00'), bytes(field, 'abab'), bytes(field, came))
    const expected = isPermitted ? [] : [`value ${payload}/${field}`]
    expect(await wrongWith(begun('Create'), step)).toEqual(expected)
    expect(await wrongWith(begun('Register'), step)).toEqual([`value ${payload}/${field}`])
  })

  test("the file's ciphertext decrypts to something else of the same length", async () => {
    const decrypted = (came: string) => use('Decrypt', data('abab'), data('0001'), data(came))
    expect(await wrongWith(begun('Create'), decrypted('cdcd'))).toEqual([])
    expect(await wrongWith(begun('Create'), decrypted('cd'))).toEqual([`value ${payload}/Data`])
  })

  test('what the server encrypted decrypts to what it was', async () => {
    const encrypted = use('Encrypt', data('0001'), data('abab'), data('cdcd'))
    const decrypted = (came: string) => use('Decrypt', data('$DATA_0'), data('0001'), data(came))
    expect(await wrongWith(begun('Create'), encrypted, decrypted('0001'))).toEqual([])
    expect(await wrongWith(begun('Create'), encrypted, decrypted('0002'))).toEqual([
      `value ${payload}/Data`,
    ])
  })

  test('what the server encrypted has another MAC than in the file', async () => {
    const encrypted = use('Encrypt', data('0001'), data('abab'), data('cdcd'))
    const mac = use('MAC', data('$DATA_0'), bytes('MACData', 'abab'), bytes('MACData', 'cdcd'))
    expect(await wrongWith(begun('Create'), encrypted, mac)).toEqual([])
  })
})

describe('output that a file shows and then uses by a name', () => {
  const encrypted = (came: string) =>
    use('Encrypt', data('00') + iv('01'), data('$DATA'), data(came))
  const sent = (message: Uint8Array | undefined) => {
    const item = childOf(nodeOfItem(decode(message ?? new Uint8Array(0))), 'BatchItem')
    return childOf(childOf(item, 'RequestPayload'), 'Data')?.item.value
  }
  const shown = (came: string) => use('Hash', data('00'), data(came), data(came))
  const named = use('Decrypt', data('$DATA_0'), data('00'), data('00'))

  test('is the latest of that field', async () => {
    const { asked, failure: found } = await converse(
      begun('Register'),
      shown('aa'),
      shown('bb'),
      named,
    )
    expect(found).toBeUndefined()
    expect(sent(asked[3])).toEqual(Uint8Array.of(0xbb))
  })

  test('stays what it was when it was first used', async () => {
    const { asked } = await converse(begun('Register'), shown('aa'), named, shown('bb'), named)
    expect(sent(asked[4])).toEqual(Uint8Array.of(0xaa))
  })

  test('is what an answer bound the name to, where one did', async () => {
    const used = use('Decrypt', data('$DATA'), data('00'), data('00'))
    const { asked } = await converse(begun('Register'), encrypted('aa'), shown('bb'), used)
    expect(sent(asked[3])).toEqual(Uint8Array.of(0xaa))
  })

  test('is not the output of another field', async () => {
    const signed = use(
      'Sign',
      data('00'),
      bytes('SignatureData', 'aa'),
      bytes('SignatureData', 'aa'),
    )
    expect(await wrongWith(begun('Register'), signed, named)).toEqual(['rule '])
  })
})

describe('Correlation Values', () => {
  const first = (came: string) =>
    use('Encrypt', begins, bytes('CorrelationValue', STREAM), bytes('CorrelationValue', came))
  const further = (came: string) =>
    use(
      'Encrypt',
      bytes('CorrelationValue', STREAM),
      bytes('CorrelationValue', STREAM),
      bytes('CorrelationValue', came),
    )
  const field = `${payload}/CorrelationValue`

  test('a new stream gives the name a new value', async () => {
    const steps = [begun('Register'), first('aa'), further('aa'), first('bb'), further('bb')]
    expect(await wrongWith(...steps)).toEqual([])
  })

  test('a stream keeps its value', async () => {
    expect(await wrongWith(begun('Register'), first('aa'), further('bb'))).toEqual([
      `value ${field}`,
    ])
  })

  test('the value of the stream before is none for a new one', async () => {
    const steps = [begun('Register'), first('aa'), first('bb'), further('aa')]
    expect(await wrongWith(...steps)).toEqual([`value ${field}`])
    expect(await wrongWith(begun('Register'), first('aa'), first('aa'))).toEqual([`rule ${field}`])
  })
})

test('output of cryptography is a field of the payload and nothing else', () => {
  const message = nodeOfItem(
    decode(bytesOf(response([success('Hash', data('aa'))], { timeStamp: iso(NOW) }))),
  )
  const expected = childOf(childOf(childOf(message, 'BatchItem'), 'ResponsePayload'), 'Data')
  const facts = {
    version: '1.4',
    operation: 'Hash',
    asked: undefined,
    answered: undefined,
    bindings: new Bindings(NOW),
    serverTime: NOW,
  }
  const inside = (...within: readonly string[]) => ({ facts, within, expected, actual: undefined })
  expect(isOutput(inside('BatchItem', 'ResponsePayload'))).toBe(true)
  expect(isOutput(inside('ResponsePayload', 'KeyMaterial'))).toBe(false)
})
