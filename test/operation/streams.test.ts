import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { Streams } from '../../src/operation/streams.ts'
import { Bench, START, uid, type AnswerItem } from './harness.ts'
import {
  askKey,
  bytes,
  bytesIn,
  bytesOf,
  data,
  flag,
  hex,
  parameters,
  registerAes,
  registerPair,
  validityIn,
} from './key-sample.ts'

const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const IV = Buffer.from('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf', 'hex')
const CBC = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
const GCM = parameters({ BlockCipherMode: 'GCM', TagLength: 16 })
const iv = bytes('IVCounterNonce', IV)
const INIT = flag('InitIndicator')
const FINAL = flag('FinalIndicator')

/** OpenSSL's own CBC with PKCS#5 padding. */
function cbc(plaintext: Uint8Array): string {
  const cipher = createCipheriv('aes-128-cbc', KEY, IV)
  return cipher.update(plaintext, undefined, 'hex') + cipher.final('hex')
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const text = (value: string): string => data(Buffer.from(value))
const goOn = (answer: AnswerItem): string =>
  bytes('CorrelationValue', bytesOf(answer, Tag.CorrelationValue))
const limits = (total: number, unit: string): string =>
  `<UsageLimits><UsageLimitsTotal type="LongInteger" value="${total}"/>
    <UsageLimitsUnit type="Enumeration" value="${unit}"/></UsageLimits>`

let bench: Bench
let key: string

beforeEach(async () => {
  bench = await Bench.open({ streams: { perClient: 3, bytes: 64, seconds: 60 } })
  key = await registerAes(bench, KEY)
})

async function encrypt(rest: string, uniqueIdentifier = key): Promise<AnswerItem> {
  return askKey(bench, 'Encrypt', uniqueIdentifier, rest)
}

async function hash(rest: string, as = 'alice'): Promise<AnswerItem> {
  return bench.ask('1.4', 'Hash', rest, as)
}

const SHA256 = parameters({ HashingAlgorithm: 'SHA_256' })

describe('[KMIP 1.4 4] operations by parts', () => {
  test('give what the operation gives at once, however the data is cut', async () => {
    const plaintext = Buffer.from('forty-one bytes of something to be hidden')
    for (const cuts of [
      [0, 1],
      [16, 32],
      [5, 37],
      [41, 41],
      [0, 0],
    ] as const) {
      const [first, second] = cuts
      const begun = await encrypt(CBC + data(plaintext.subarray(0, first)) + iv + INIT)
      const next = await encrypt(data(plaintext.subarray(first, second)) + goOn(begun))
      const last = await encrypt(data(plaintext.subarray(second)) + goOn(next) + FINAL)
      const parts = [begun, next, last].map((part) => bytesIn(part, Tag.Data) ?? new Uint8Array(0))
      expect(hex(Buffer.concat(parts))).toBe(cbc(plaintext))
      expect(bytesIn(last, Tag.CorrelationValue)).toBeUndefined()
    }
  })

  test('say nothing of data where there is none', async () => {
    const begun = await encrypt(CBC + data('00') + iv + INIT)
    expect(bytesIn(begun, Tag.Data)).toBeUndefined()
  })

  test('tell the IV that the server made with the first part alone', async () => {
    const begun = await encrypt(GCM + data('00') + INIT)
    const last = await encrypt(data('01') + goOn(begun) + FINAL)
    expect(bytesOf(begun, Tag.IVCounterNonce).length).toBe(12)
    expect(bytesIn(last, Tag.IVCounterNonce)).toBeUndefined()
    expect(bytesOf(last, Tag.AuthenticatedEncryptionTag).length).toBe(16)
  })

  test('that begin and end at once are no different from one request', async () => {
    const answer = await hash(SHA256 + text('abc') + INIT + FINAL)
    expect(hex(bytesOf(answer, Tag.Data))).toBe(sha256('abc'))
  })

  test('keep several streams of a client apart', async () => {
    const one = await hash(SHA256 + text('a') + INIT)
    const two = await hash(SHA256 + text('x') + INIT)
    await hash(text('y') + goOn(two))
    expect(hex(bytesOf(await hash(text('b') + goOn(one) + FINAL), Tag.Data))).toBe(sha256('ab'))
    expect(hex(bytesOf(await hash(goOn(two) + FINAL), Tag.Data))).toBe(sha256('xy'))
  })

  test('make and check MACs, whose value may come with any part', async () => {
    const hmac = parameters({ CryptographicAlgorithm: 'HMAC_SHA256' })
    const mac = createHmac('sha256', KEY).update('abc').digest()
    const begun = await askKey(bench, 'MAC', key, hmac + text('ab') + INIT)
    const last = await askKey(bench, 'MAC', key, text('c') + goOn(begun) + FINAL)
    expect(hex(bytesOf(last, Tag.MACData))).toBe(hex(mac))
    for (const [early, late] of [
      [bytes('MACData', mac), ''],
      ['', bytes('MACData', mac)],
    ] as const) {
      const first = await askKey(bench, 'MACVerify', key, hmac + text('ab') + early + INIT)
      const end = await askKey(bench, 'MACVerify', key, text('c') + late + goOn(first) + FINAL)
      expect([validityIn(first), validityIn(end)]).toEqual([undefined, 'Valid'])
    }
  })

  test('sign and verify', async () => {
    const { privateId, publicId } = await registerPair(bench, 'EC')
    const begun = await askKey(bench, 'Sign', privateId, text('ab') + INIT)
    const signed = await askKey(bench, 'Sign', privateId, text('c') + goOn(begun) + FINAL)
    const signature = bytes('SignatureData', bytesOf(signed, Tag.SignatureData))
    const first = await askKey(bench, 'SignatureVerify', publicId, text('a') + signature + INIT)
    const last = await askKey(bench, 'SignatureVerify', publicId, text('bc') + goOn(first) + FINAL)
    expect(validityIn(last)).toBe('Valid')
  })
})

describe('a Correlation Value', () => {
  test.each([
    ['1.4', 'ItemNotFound'],
    ['2.1', 'InvalidCorrelationValue'],
  ])('in %s serves nobody but who began, for the same operation and key', async (version, no) => {
    const begun = await encrypt(CBC + data('00') + iv + INIT)
    const foreign = await bench.createKey(
      '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>',
      'bob',
    )
    const other = await registerAes(bench, KEY)
    const value = goOn(begun)
    const refused = [
      await bench.ask(version, 'Encrypt', uid(foreign) + data('00') + value, 'bob'),
      await bench.ask(version, 'Encrypt', uid(other) + data('00') + value),
      await bench.ask(version, 'Decrypt', uid(key) + data('00') + value),
      await bench.ask(version, 'Hash', data('00') + value),
      await bench.ask(version, 'Encrypt', uid(key) + data('00') + bytes('CorrelationValue', '00')),
      await bench.ask(version, 'Encrypt', uid(key) + data('00') + bytes('CorrelationValue', '')),
    ]
    expect(refused.map(({ reason }) => reason)).toEqual(refused.map(() => no))
    // None of this has disturbed the stream.
    const last = await encrypt(data('01') + value + FINAL)
    expect(hex(bytesOf(last, Tag.Data))).toBe(cbc(Buffer.of(0, 1)))
  })

  test('of one client is unknown to another, where no key tells them apart', async () => {
    const begun = await hash(SHA256 + text('a') + INIT)
    expect((await hash(text('b') + goOn(begun), 'bob')).reason).toBe('ItemNotFound')
    expect((await hash(goOn(begun) + FINAL)).status).toBe('Success')
  })

  test('is of no use after the last part', async () => {
    const begun = await hash(SHA256 + text('a') + INIT)
    await hash(goOn(begun) + FINAL)
    expect((await hash(goOn(begun) + FINAL)).reason).toBe('ItemNotFound')
  })

  test('is of no use after a failure', async () => {
    const begun = await encrypt(parameters({ BlockCipherMode: 'CBC' }) + data('00') + iv + INIT)
    const broken = await encrypt(data('00') + goOn(begun) + FINAL)
    expect(broken.reason).toBe('InvalidField')
    expect((await encrypt(data('00') + goOn(begun))).reason).toBe('InvalidCorrelationValue')
  })

  test('is forgotten when nobody goes on for too long, and not before', async () => {
    const begun = await hash(SHA256 + text('a') + INIT)
    bench.now += 59
    expect((await hash(text('b') + goOn(begun))).status).toBe('Success')
    bench.now += 59
    expect((await hash(text('c') + goOn(begun))).status).toBe('Success')
    bench.now += 60
    expect((await hash(goOn(begun) + FINAL)).reason).toBe('ItemNotFound')
  })

  test('is needed for a last part, and none is given for a first one', async () => {
    const begun = await hash(SHA256 + text('a') + INIT)
    expect((await hash(SHA256 + text('a') + FINAL)).reason).toBe('ItemNotFound')
    expect((await hash(goOn(begun) + INIT)).reason).toBe('InvalidField')
  })
})

describe('limits of streams', () => {
  test('are of each client by itself', async () => {
    const begun: AnswerItem[] = []
    for (let count = 0; count < 3; count += 1) begun.push(await hash(SHA256 + INIT))
    expect((await hash(SHA256 + INIT)).reason).toBe('GeneralFailure')
    expect((await hash(SHA256 + INIT, 'bob')).status).toBe('Success')
    await Promise.all(begun.slice(0, 1).map(async (answer) => hash(goOn(answer) + FINAL)))
    expect((await hash(SHA256 + INIT)).status).toBe('Success')
  })

  test('count bytes that are kept, and only those', async () => {
    const tag = bytes('AuthenticatedEncryptionTag', '00'.repeat(16))
    const nonce = bytes('IVCounterNonce', '00'.repeat(12))
    const kept = await askKey(
      bench,
      'Decrypt',
      key,
      GCM + data('00'.repeat(60)) + nonce + tag + INIT,
    )
    expect(kept.status).toBe('Success')
    const more = await askKey(bench, 'Decrypt', key, data('00'.repeat(5)) + goOn(kept))
    expect(more.reason).toBe('ServerLimitExceeded')
    const flowing = await hash(SHA256 + data('00'.repeat(100)) + INIT)
    expect(flowing.status).toBe('Success')
  })

  test('parts that could not be undone are not taken in a batch that may be', async () => {
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const items = [
      { operation: 'Hash', payload: SHA256 + text('abc'), id: '01' },
      { operation: 'Hash', payload: SHA256 + INIT, id: '02' },
    ]
    const { items: answers } = await bench.send('1.4', items, { header: undo })
    expect(answers.map(({ reason }) => reason)).toEqual([undefined, 'FeatureNotSupported'])
  })
})

describe('[KMIP 1.4 3.21] Usage Limits', () => {
  test('count the bytes of every part', async () => {
    const limited = await registerAes(bench, KEY, limits(5, 'Byte'))
    const begun = await encrypt(CBC + data('0001') + iv + INIT, limited)
    const next = await encrypt(data('0203') + goOn(begun), limited)
    const over = await encrypt(data('0405') + goOn(next), limited)
    expect([next.status, over.reason]).toEqual(['Success', 'PermissionDenied'])
    // What was refused was not taken: the stream can end with what is left.
    const last = await encrypt(data('04') + goOn(next) + FINAL, limited)
    expect(hex(bytesOf(last, Tag.Data))).toBe(cbc(Buffer.of(0, 1, 2, 3, 4)))
  })

  test('count an operation by parts as one use', async () => {
    const limited = await registerAes(bench, KEY, limits(1, 'Object'))
    const begun = await encrypt(CBC + data('00') + iv + INIT, limited)
    const last = await encrypt(data('01') + goOn(begun) + FINAL, limited)
    expect(last.status).toBe('Success')
    expect((await encrypt(CBC + data('00') + iv, limited)).reason).toBe('PermissionDenied')
  })

  test('are not touched by what only processes', async () => {
    const limited = await registerAes(bench, KEY, limits(1, 'Byte'))
    const ciphertext = data(cbc(Buffer.from('many more than one byte')))
    const answer = await askKey(bench, 'Decrypt', limited, CBC + ciphertext + iv)
    expect(answer.status).toBe('Success')
  })

  test('hold when many clients use a key at once', async () => {
    const limited = await registerAes(bench, KEY, limits(10, 'Object'))
    const all = Array.from({ length: 32 }, async () => encrypt(CBC + data('00') + iv, limited))
    const done = (await Promise.all(all)).filter(({ status }) => status === 'Success')
    expect(done.length).toBe(10)
  })

  test('that change under a part do not make it be taken twice', async () => {
    const limited = await registerAes(bench, KEY, limits(10_000, 'Byte'))
    const plaintext = Buffer.from('a stream in the midst of others')
    /** Asks, and lets another request be faster than this one's first try. */
    const overtaken = async (rest: string): Promise<AnswerItem> => {
      const { store } = bench
      const commit = store.commit.bind(store)
      store.commit = async (change) => {
        store.commit = commit
        await encrypt(CBC + data('00') + iv, limited)
        return commit(change)
      }
      return encrypt(rest, limited)
    }
    const begun = await overtaken(CBC + data(plaintext.subarray(0, 10)) + iv + INIT)
    const next = await overtaken(data(plaintext.subarray(10, 20)) + goOn(begun))
    const last = await overtaken(data(plaintext.subarray(20)) + goOn(begun) + FINAL)
    const parts = [begun, next, last].map((part) => bytesIn(part, Tag.Data) ?? new Uint8Array(0))
    expect(hex(Buffer.concat(parts))).toBe(cbc(plaintext))
  })
})

describe('a stream that cannot go on', () => {
  test('[KMIP 1.4 11.1] ends when the answer to one of its parts is too large', async () => {
    const begun = await encrypt(CBC + data(Buffer.alloc(16)) + iv + INIT)
    const size = '<MaximumResponseSize type="Integer" value="400"/>'
    const payload = uid(key) + data(Buffer.alloc(512)) + goOn(begun)
    const answer = await bench.send('1.4', [{ operation: 'Encrypt', payload }], { header: size })
    expect(answer.items.map(({ reason }) => reason)).toEqual(['ResponseTooLarge'])
    const next = await encrypt(data(Buffer.alloc(16)) + goOn(begun))
    expect(next.reason).toBe('InvalidCorrelationValue')
  })

  test('goes on when another answer of the message was too large', async () => {
    const begun = await encrypt(CBC + data(Buffer.alloc(16)) + iv + INIT)
    const size = '<MaximumResponseSize type="Integer" value="400"/>'
    const random = '<DataLength type="Integer" value="512"/>'
    const answer = await bench.send(
      '1.4',
      [
        {
          operation: 'Encrypt',
          payload: uid(key) + data(Buffer.alloc(16)) + goOn(begun),
          id: '01',
        },
        { operation: 'RNGRetrieve', payload: random, id: '02' },
      ],
      { header: size },
    )
    expect(answer.items.map(({ reason }) => reason)).toEqual([undefined, 'ResponseTooLarge'])
    const next = await encrypt(data(Buffer.alloc(16)) + goOn(begun))
    expect(next.status).toBe('Success')
  })
})

describe('streams that are left alone', () => {
  const run = { canBeUndone: false, whenSettled: settle, whenDropped: () => undefined }
  function settle(callback: (isDone: boolean) => void): void {
    callback(true)
  }

  test('are forgotten by a clock that runs only while there are any', () => {
    let now = START
    let task: (() => void) | undefined
    const destroyed: string[] = []
    const alarm = {
      now: () => now,
      every: (_: number, sweep: () => void) => {
        task = sweep
        return () => {
          task = undefined
        }
      },
    }
    const streams = new Streams({ perClient: 3, bytes: 64, seconds: 60 }, nodeRandom, alarm)
    expect(task).toBeUndefined()
    const binding = { client: 'alice', operation: 'Hash', key: '' } as const
    const work = {
      gathers: false,
      take: () => ({}),
      finish: () => ({}),
      destroy: () => void destroyed.push('work'),
    }
    streams.begin(binding, () => work, {}, { run, now })
    now += 59
    task?.()
    expect(destroyed).toEqual([])
    now += 1
    task?.()
    expect(destroyed).toEqual(['work'])
    expect(task).toBeUndefined()
  })
})

test('the streams of a client that is gone end, one that is being worked on with its part', () => {
  const destroyed: string[] = []
  const streams = new Streams({ perClient: 3, bytes: 64, seconds: 60 }, nodeRandom)
  const settle: ((isDone: boolean) => void)[] = []
  const begin = (client: string) => {
    const run = {
      canBeUndone: false,
      whenSettled: (effect: (isDone: boolean) => void) => void settle.push(effect),
      whenDropped: () => undefined,
    }
    const work = {
      gathers: false,
      take: () => ({}),
      finish: () => ({}),
      destroy: () => void destroyed.push(client),
    }
    streams.begin({ client, operation: 'Hash', key: '' }, () => work, {}, { run, now: START })
  }
  begin('alice')
  begin('bob')
  for (const each of settle.splice(0)) each(true)
  begin('carol')
  streams.endOf((client) => client !== 'bob')
  expect(destroyed).toEqual(['alice'])
  for (const each of settle) each(true)
  expect(destroyed).toEqual(['alice', 'carol'])
})
