import { describe, expect, test } from 'vitest'
import { libkmip } from '../../conformance/interop/clients/readers/libkmip.ts'
import { pykmip } from '../../conformance/interop/clients/readers/pykmip.ts'
import type { Reader, Source } from '../../conformance/interop/clients/readers/reader.ts'
import {
  libmongocrypt,
  scality,
  seagate,
  tolerant,
} from '../../conformance/interop/clients/readers/tolerant.ts'
import {
  bytes,
  dateTime,
  enumeration,
  integer,
  structure,
  text,
} from '../../conformance/interop/clients/wire/bytes.ts'
import { messageOf, ReaderError } from '../../conformance/interop/clients/wire/field.ts'
import {
  attribute,
  enumAttribute,
  identifier,
  keyBlock,
  textAttribute,
  version,
  type KmipVersion,
} from '../../conformance/interop/clients/wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  ObjectType,
  Operation,
} from '../../conformance/interop/clients/wire/numbers.ts'

/** Records as they came, to be read one after the other. */
function sourceOf(...records: readonly Buffer[]): Source {
  const left = [...records]
  const read = async (most: number): Promise<Buffer> => {
    const record = left.shift()
    if (record === undefined) return Promise.reject(new ReaderError('nothing more comes'))
    const rest = record.subarray(Math.min(most, record.length))
    if (rest.length > 0) left.unshift(rest)
    return Promise.resolve(record.subarray(0, most))
  }
  return {
    read,
    record: async () => read(Number.POSITIVE_INFINITY),
    get hasMore() {
      return left.length > 0
    },
  }
}

/** Whether a reader bears an answer that comes in these records. */
async function bears(reader: Reader, ...records: readonly Buffer[]): Promise<boolean> {
  try {
    reader.check(messageOf(await reader.receive(sourceOf(...records))))
    return true
  } catch (error) {
    if (error instanceof ReaderError) return false
    throw error
  }
}

interface Doctoring {
  readonly stated?: KmipVersion
  readonly stamp?: readonly Buffer[]
  readonly header?: readonly Buffer[]
  readonly operation?: readonly Buffer[]
}

function answer(operation: number, payload: readonly Buffer[], doctored: Doctoring = {}): Buffer {
  return structure(
    'ResponseMessage',
    structure(
      'ResponseHeader',
      version(doctored.stated ?? '1.0'),
      ...(doctored.stamp ?? [dateTime('TimeStamp', 1_700_000_000)]),
      ...(doctored.header ?? []),
      integer('BatchCount', 1),
    ),
    structure(
      'BatchItem',
      ...(doctored.operation ?? [enumeration('Operation', operation)]),
      enumeration('ResultStatus', 0),
      structure('ResponsePayload', ...payload),
    ),
  )
}

const material = bytes('KeyMaterial', Buffer.alloc(32))
const symmetric = (...more: readonly Buffer[]): Buffer =>
  structure(
    'SymmetricKey',
    structure(
      'KeyBlock',
      enumeration('KeyFormatType', KeyFormat.raw),
      structure('KeyValue', material, ...more),
      enumeration('CryptographicAlgorithm', Algorithm.aes),
      integer('CryptographicLength', 256),
    ),
  )
const get = (object: Buffer, ...more: readonly Buffer[]): Buffer[] => [
  enumeration('ObjectType', ObjectType.symmetricKey),
  identifier('1'),
  object,
  ...more,
]
const good = answer(Operation.get, get(symmetric()))
const registered = answer(Operation.register, [identifier('1')])
const located = answer(Operation.locate, [identifier('1')])

describe('[clients 7] what kills whom', () => {
  test.each([
    ['libkmip', libkmip],
    ['libmongocrypt', libmongocrypt],
    ['PyKMIP', pykmip],
    ['Scality', scality],
    ['Seagate', seagate],
    ['a tolerant client', tolerant],
  ])('%s bears answers as they should be', async (_, reader) => {
    for (const whole of [good, registered, located]) {
      expect(await bears(reader, whole)).toBe(true)
    }
  })

  const cases = [
    {
      what: 'an answer cut after its first eight bytes',
      records: [good.subarray(0, 8), good.subarray(8)],
      bearers: [true, true, true],
    },
    {
      what: 'a body in two records',
      records: [good.subarray(0, 60), good.subarray(60)],
      bearers: [false, true, true],
    },
    {
      what: 'no Time Stamp',
      records: [answer(Operation.get, get(symmetric()), { stamp: [] })],
      bearers: [false, true, false],
    },
    {
      what: 'a Server Correlation Value in 1.0',
      records: [
        answer(Operation.get, get(symmetric()), { header: [text('ServerCorrelationValue', 's')] }),
      ],
      bearers: [false, true, false],
    },
    {
      what: 'Located Items in 1.2',
      records: [
        answer(Operation.locate, [integer('LocatedItems', 1), identifier('1')], { stated: '1.2' }),
      ],
      bearers: [false, true, true],
    },
    {
      what: 'no Operation',
      records: [answer(Operation.get, get(symmetric()), { operation: [] })],
      bearers: [false, true, false],
    },
    {
      what: 'an Object Type in the answer of Register',
      records: [answer(Operation.register, [enumeration('ObjectType', 2), identifier('1')])],
      bearers: [false, true, false],
    },
    {
      what: 'a custom attribute inside the Key Value',
      records: [answer(Operation.get, get(symmetric(textAttribute('x-a', 'v'))))],
      bearers: [false, true, true],
    },
    {
      what: 'a field after the object of Get',
      records: [answer(Operation.get, get(symmetric(), text('VendorIdentification', 'v')))],
      bearers: [true, true, false],
    },
  ]

  test.each(cases)('$what', async ({ records, bearers }) => {
    const found = [libkmip, libmongocrypt, pykmip].map(async (reader) => bears(reader, ...records))
    expect(await Promise.all(found)).toEqual(bearers)
  })
})

describe('PyKMIP', () => {
  const attributes = (...list: readonly Buffer[]): Buffer =>
    answer(Operation.getAttributes, [identifier('1'), ...list], { stated: '1.2' })

  test.each([
    ['reads the attributes that it knows', enumAttribute('State', 1), true],
    ['knows no Original Creation Date', enumAttribute('Original Creation Date', 1), false],
    ['reads custom attributes of text', textAttribute('x-a', 'v'), true],
    ['reads no other custom attributes', enumAttribute('x-a', 1), false],
  ])('%s', async (_, list, borne) => {
    expect(await bears(pykmip, attributes(list))).toBe(borne)
  })

  test('raises on an operation that it does not know, in Query', async () => {
    const query = (operation: number): Buffer =>
      answer(Operation.query, [enumeration('Operation', operation)])
    expect(await bears(pykmip, query(Operation.get))).toBe(true)
    expect(await bears(pykmip, query(0x2d))).toBe(false)
  })

  test('wants a key to tell its length', async () => {
    const block = keyBlock(KeyFormat.raw, Buffer.alloc(32))
    const short = answer(Operation.get, get(structure('SymmetricKey', block)))
    expect(await bears(pykmip, short)).toBe(false)
    expect(await bears(libkmip, short)).toBe(true)
  })

  test('reads a wrapped value inside its structure alone', async () => {
    const wrapped = (value: Buffer): Buffer =>
      structure(
        'SymmetricKey',
        structure(
          'KeyBlock',
          enumeration('KeyFormatType', KeyFormat.raw),
          value,
          enumeration('CryptographicAlgorithm', Algorithm.aes),
          integer('CryptographicLength', 256),
        ),
      )
    const bare = wrapped(bytes('KeyValue', Buffer.alloc(40)))
    const inside = wrapped(structure('KeyValue', material))
    expect(await bears(pykmip, answer(Operation.get, get(bare)))).toBe(false)
    expect(await bears(pykmip, answer(Operation.get, get(inside)))).toBe(true)
  })

  test('wants a failure to tell its reason and its message', async () => {
    const failure = (...told: readonly Buffer[]): Buffer =>
      structure(
        'ResponseMessage',
        structure(
          'ResponseHeader',
          version('1.2'),
          dateTime('TimeStamp', 1_700_000_000),
          integer('BatchCount', 1),
        ),
        structure(
          'BatchItem',
          enumeration('Operation', Operation.get),
          enumeration('ResultStatus', 1),
          ...told,
        ),
      )
    const reason = enumeration('ResultReason', 1)
    expect(await bears(pykmip, failure(reason))).toBe(false)
    expect(await bears(pykmip, failure(reason, text('ResultMessage', 'no')))).toBe(true)
  })
})

describe('libkmip', () => {
  test('has room for 127 bytes of an identifier', async () => {
    const named = (length: number): Buffer =>
      answer(Operation.register, [identifier('i'.repeat(length))])
    expect(await bears(libkmip, named(127))).toBe(true)
    expect(await bears(libkmip, named(128))).toBe(false)
  })

  test('knows few attributes', async () => {
    const list = attribute('Fresh', (tag) => enumeration(tag, 1))
    expect(await bears(libkmip, answer(Operation.getAttributes, [identifier('1'), list]))).toBe(
      false,
    )
  })
})

describe('one event, one answer', () => {
  test('Scality takes no two answers from one record', async () => {
    expect(await bears(scality, Buffer.concat([good, located]))).toBe(false)
  })

  test('Scality takes no answer from two records', async () => {
    expect(await bears(scality, good.subarray(0, 8), good.subarray(8))).toBe(false)
  })

  test('Seagate reads no further than 4096 bytes, and once', async () => {
    const long = answer(
      Operation.get,
      get(symmetric(), text('VendorIdentification', 'v'.repeat(4_096))),
    )
    expect(await bears(seagate, long)).toBe(false)
    expect(await bears(seagate, good.subarray(0, 60), good.subarray(60))).toBe(false)
  })

  test('libmongocrypt bears no byte after the answer', async () => {
    expect(await bears(libmongocrypt, Buffer.concat([good, Buffer.alloc(1)]))).toBe(false)
  })
})
