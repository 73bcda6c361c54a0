import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { codeOf } from './code-of.ts'
import { bytesOf } from './spec-examples.ts'

const limits = { messageBytes: 4096 }

/** A message whose body is `length` bytes of `fill`; a framer does not look inside. */
function message(length: number, fill: number): Uint8Array {
  const bytes = new Uint8Array(8 + length).fill(fill)
  bytes.set([0x42, 0x00, 0x78, 0x01])
  new DataView(bytes.buffer).setUint32(4, length)
  return bytes
}

function header(hex: string): Uint8Array {
  return bytesOf(hex)
}

function drain(framer: Framer): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let next = framer.next(); next !== undefined; next = framer.next()) {
    messages.push(Uint8Array.from(next))
  }
  return messages
}

describe('cutting a stream into messages', () => {
  const first = message(16, 1)
  const second = message(0, 2)
  const third = message(4088, 3)
  const stream = Buffer.concat([first, second, third, first])

  test('a message that comes byte by byte is handed out with its last byte and not before', () => {
    const framer = new Framer(limits)
    for (const byte of first.subarray(0, -1)) {
      framer.push(Uint8Array.of(byte))
      expect(framer.next()).toBeUndefined()
    }
    framer.push(first.subarray(-1))
    expect(drain(framer)).toEqual([first])
    expect(framer.pending).toBe(0)
  })

  test('several messages in one chunk come out one by one, in order', () => {
    const framer = new Framer(limits)
    framer.push(stream)
    expect(framer.pending).toBe(stream.length)
    const messages = drain(framer)
    expect(messages.map(({ length }) => length)).toEqual([24, 8, 4096, 24])
    expect(Buffer.concat(messages).equals(stream)).toBe(true)
  })

  test('chunks of every size give the same messages', () => {
    for (let size = 1; size <= stream.length; size += size < 40 ? 1 : 97) {
      const framer = new Framer(limits)
      const messages: Uint8Array[] = []
      for (let at = 0; at < stream.length; at += size) {
        framer.push(stream.subarray(at, at + size))
        messages.push(...drain(framer))
      }
      expect(messages.map(({ length }) => length)).toEqual([24, 8, 4096, 24])
      expect(Buffer.concat(messages).equals(stream)).toBe(true)
    }
  })

  test('one message across 10,000 chunks arrives whole', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    const long = message(1_000_000 - 8, 0)
    for (let at = 8; at < long.length; at += 1) long[at] = at % 251
    for (let at = 0; at < long.length; at += 100) framer.push(long.subarray(at, at + 100))
    expect(framer.next()?.equals(long)).toBe(true)
  })

  test('messages wait unread while bytes behind them keep coming', () => {
    const framer = new Framer(limits)
    for (let round = 0; round < 300; round += 1) framer.push(first)
    expect(drain(framer)).toHaveLength(300)
    for (let round = 0; round < 3000; round += 1) {
      framer.push(first)
      framer.push(first.subarray(0, 5))
      expect(framer.next()).toHaveLength(first.length)
      framer.push(first.subarray(5))
      expect(framer.next()).toHaveLength(first.length)
    }
    expect(framer.allocated).toBeLessThan(2048)
  })

  test('a message handed out has a buffer of its own', () => {
    const framer = new Framer(limits)
    const chunk = Uint8Array.from([...first, ...first])
    framer.push(chunk)
    chunk.fill(0xff)
    const one = framer.next()
    const two = framer.next()
    one?.fill(0)
    expect(two?.equals(first)).toBe(true)
    expect(one?.buffer.byteLength).toBe(first.length)
  })

  test('the stage tells a header and a body under way apart', () => {
    const framer = new Framer(limits)
    expect(framer.stage).toBe('idle')
    framer.push(first.subarray(0, 7))
    expect(framer.stage).toBe('header')
    framer.push(first.subarray(7, 8))
    expect(framer.stage).toBe('body')
    framer.push(first.subarray(8))
    expect(framer.stage).toBe('ready')
    framer.next()
    expect(framer.stage).toBe('idle')
  })
})

describe('a chunk that is one message', () => {
  const whole = message(16, 1)

  test('is told by its header and its length', () => {
    expect(new Framer(limits).isMessage(whole)).toBe(true)
    expect(new Framer(limits).isMessage(message(4088, 1))).toBe(true)
  })

  test.each([
    ['is shorter than its header says', whole.subarray(0, -1)],
    ['holds more than one message', Buffer.concat([whole, whole])],
    ['is shorter than a header', whole.subarray(0, 7)],
    ['has a tag of nobody', Uint8Array.from(whole, (byte, at) => (at === 0 ? 0x41 : byte))],
    ['is no structure', Uint8Array.from(whole, (byte, at) => (at === 3 ? 7 : byte))],
    ['has a length that is no multiple of eight', message(12, 1)],
    ['is over the limit', message(4096, 1)],
  ])('is not one that %s', (_, chunk) => {
    expect(new Framer(limits).isMessage(chunk)).toBe(false)
  })

  test('is not one behind a part of another, nor behind a fault', () => {
    const framer = new Framer(limits)
    framer.push(whole.subarray(0, 8))
    expect(framer.isMessage(whole)).toBe(false)
    const faulty = new Framer(limits)
    faulty.push(new Uint8Array(8))
    expect(codeOf(() => faulty.next())).toBe('MALFORMED_MESSAGE')
    faulty.wipe()
    expect(faulty.isMessage(whole)).toBe(false)
  })
})

describe('judging a header before its body comes', () => {
  const bad: [string, string, string][] = [
    ['a tag that starts with 43', '43 00 78 01 00 00 00 10', 'MALFORMED_MESSAGE'],
    ['a request in HTTP', '50 4f 53 54 20 2f 6b 6d', 'MALFORMED_MESSAGE'],
    ['a type that is no structure', '42 00 78 08 00 00 00 10', 'MALFORMED_MESSAGE'],
    ['a type that is none', '42 00 78 00 00 00 00 10', 'MALFORMED_MESSAGE'],
    ['a length of 1', '42 00 78 01 00 00 00 01', 'MALFORMED_MESSAGE'],
    ['a length of 7', '42 00 78 01 00 00 00 07', 'MALFORMED_MESSAGE'],
    ['a length one byte over the limit', '42 00 78 01 00 00 0f f9', 'MALFORMED_MESSAGE'],
    ['a length eight bytes over the limit', '42 00 78 01 00 00 10 00', 'SERVER_LIMIT'],
    ['a length of 2^31', '42 00 78 01 80 00 00 00', 'SERVER_LIMIT'],
    ['a length of 2^32-8', '42 00 78 01 ff ff ff f8', 'SERVER_LIMIT'],
    ['a length of 2^32-1', '42 00 78 01 ff ff ff ff', 'MALFORMED_MESSAGE'],
  ]
  for (const [what, hex, code] of bad) {
    test(`${what} is refused as soon as eight bytes are there`, () => {
      const framer = new Framer(limits)
      framer.push(header(hex).subarray(0, 7))
      expect(framer.next()).toBeUndefined()
      framer.push(header(hex).subarray(7))
      expect(codeOf(() => framer.next())).toBe(code)
      expect(framer.allocated).toBeLessThanOrEqual(1024)
    })
  }

  test('a message of exactly the limit passes', () => {
    const framer = new Framer(limits)
    framer.push(message(4088, 9))
    expect(framer.next()).toHaveLength(4096)
  })

  test('an extension tag passes', () => {
    const framer = new Framer(limits)
    framer.push(header('54 00 01 01 00 00 00 00'))
    expect(framer.next()).toHaveLength(8)
  })

  test('messages before a bad header come out first, and the fault stays', () => {
    const framer = new Framer(limits)
    framer.push(Buffer.concat([message(8, 1), header('00 00 00 00 00 00 00 00')]))
    expect(framer.next()).toHaveLength(16)
    expect(codeOf(() => framer.next())).toBe('MALFORMED_MESSAGE')
    const before = framer.pending
    framer.push(message(8, 1))
    expect(framer.pending).toBe(before)
    expect(codeOf(() => framer.next())).toBe('MALFORMED_MESSAGE')
  })

  test('wiping does not mend a stream whose messages can no longer be told apart', () => {
    const framer = new Framer(limits)
    framer.push(header('00 00 00 00 00 00 00 00'))
    expect(codeOf(() => framer.next())).toBe('MALFORMED_MESSAGE')
    framer.wipe()
    framer.push(message(8, 1))
    expect(codeOf(() => framer.next())).toBe('MALFORMED_MESSAGE')
  })

  test('a fault holds no byte of what was received', () => {
    const framer = new Framer(limits)
    framer.push(header('73 65 63 72 65 74 21 21'))
    let fault: unknown
    try {
      framer.next()
    } catch (error) {
      fault = error
    }
    expect(fault).toBeInstanceOf(KmipFault)
    const text = [JSON.stringify(fault), String(fault), (fault as KmipFault).detail].join(' ')
    expect(text).not.toMatch(/73|secret/)
  })
})

describe('memory', () => {
  test('a header that announces much makes nothing of it allocated', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    framer.push(header('42 00 78 01 00 0f ff f8'))
    expect(framer.next()).toBeUndefined()
    expect(framer.allocated).toBeLessThanOrEqual(1024)
  })

  test('memory stays below twice the bytes received and a kilobyte', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    const long = message(1_048_568, 1)
    for (let at = 0; at < long.length; at += 997) {
      framer.push(long.subarray(at, at + 997))
      expect(framer.allocated).toBeLessThanOrEqual(2 * framer.pending + 1024)
    }
  })

  test('an idle framer gives the memory of a long message back', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    framer.push(message(100_000, 1))
    framer.next()
    expect(framer.allocated).toBeLessThanOrEqual(1024)
  })

  test('what is left of a long chunk does not keep the memory of all of it', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    framer.push(Buffer.concat([message(100_000, 1), message(64, 2).subarray(0, 9)]))
    framer.next()
    expect(framer.pending).toBe(9)
    expect(framer.allocated).toBeLessThanOrEqual(4 * 9 + 2048)
    framer.push(message(64, 2).subarray(9))
    expect(framer.next()?.equals(message(64, 2))).toBe(true)
  })

  test('wiping forgets what is pending', () => {
    const framer = new Framer(limits)
    framer.push(message(16, 1).subarray(0, 20))
    framer.wipe()
    expect(framer.pending).toBe(0)
    expect(framer.allocated).toBe(0)
    expect(framer.stage).toBe('idle')
  })
})
