import { describe, expect, test } from 'vitest'
import { SEAL_OVERHEAD, envelopeSealer } from '../../src/adapter/sealer-envelope.ts'
import type { RecordLabel } from '../../src/port/sealer.ts'
import type { Secret } from '../../src/secret/secret.ts'
import {
  envelope,
  envelopeKeys,
  envelopeLabel as label,
  fromHex,
  secretOf,
  toHex,
} from './fixtures/envelope.ts'

const BROKEN = {
  name: 'KmipFault',
  code: 'UNAVAILABLE',
  message: 'A stored record failed its integrity check',
}
const plaintext = new TextEncoder().encode('the quick brown fox jumps over the lazy dog')

describe('sealing', () => {
  test('what was sealed opens under its label', () => {
    const sealer = envelopeSealer(envelopeKeys())
    for (const length of [0, 1, 15, 16, 17, 1000, 1_048_576]) {
      const content = Uint8Array.from({ length }, (_, index) => index * 7)
      const sealed = sealer.seal(label, content)
      expect(sealed.length).toBe(length + SEAL_OVERHEAD)
      expect(shown(sealer.open(label, sealed))).toBe(toHex(content))
    }
  })

  test('records that another program sealed open, old epochs and moved keys included', () => {
    const sealer = envelopeSealer(envelopeKeys())
    for (const record of envelope.records) {
      expect(shown(sealer.open(label, fromHex(record.sealed)))).toBe(record.plaintext)
    }
  })

  test('the newest epoch seals', () => {
    const sealed = envelopeSealer(envelopeKeys()).seal(label, plaintext)
    expect(toHex(sealed.subarray(0, 9))).toBe('010000000300000003')
  })

  test('the same plaintext never gives the same bytes', () => {
    const sealer = envelopeSealer(envelopeKeys())
    const seen = new Set<string>()
    for (let count = 0; count < 200; count += 1) {
      const sealed = sealer.seal(label, plaintext)
      // IV and wrapped key, IV of the record, and ciphertext: each must be fresh.
      for (const [from, to] of [
        [9, 21],
        [21, 53],
        [69, 81],
        [81, 124],
      ]) {
        seen.add(`${from} ${toHex(sealed.subarray(from, to))}`)
      }
    }
    expect(seen.size).toBe(800)
  })

  test('nothing of the plaintext or of the label can be seen in it', () => {
    const sealer = envelopeSealer(envelopeKeys())
    const content = Buffer.from('plaintext marker '.repeat(20))
    for (let count = 0; count < 50; count += 1) {
      const sealed = Buffer.from(sealer.seal(label, content))
      for (let at = 0; at + 6 <= 17; at += 1) {
        expect(sealed.includes(content.subarray(at, at + 6))).toBe(false)
      }
      expect(sealed.includes(Buffer.from(label.id))).toBe(false)
      expect(sealed.includes(label.keyspace)).toBe(false)
    }
  })

  test('the plaintext handed in is left as it was, and the opened one is the caller’s', () => {
    const sealer = envelopeSealer(envelopeKeys())
    const content = Uint8Array.from(plaintext)
    const sealed = sealer.seal(label, content)
    expect(content).toEqual(plaintext)
    const first = sealer.open(label, sealed)
    first.destroy()
    expect(shown(sealer.open(label, sealed))).toBe(toHex(plaintext))
  })

  test('the keys handed in may be destroyed', () => {
    const keys = envelopeKeys()
    const sealer = envelopeSealer(keys)
    keys.index.destroy()
    for (const key of keys.epochs.values()) key.destroy()
    const [record] = envelope.records
    expect(shown(sealer.open(label, fromHex(record?.sealed ?? '')))).toBe(record?.plaintext)
    expect(toHex(sealer.blind('name', new TextEncoder().encode('payroll')))).toBe(
      envelope.blinded[0]?.output,
    )
  })
})

describe('opening what was tampered with', () => {
  const sealer = envelopeSealer(envelopeKeys())

  test('each single bit that is flipped is noticed', () => {
    const sealed = sealer.seal(label, plaintext)
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Uint8Array.from(sealed)
      altered[bit >>> 3] = (altered[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      expect(
        refusalOf(() => sealer.open(label, altered)),
        `bit ${bit}`,
      ).toMatchObject(BROKEN)
    }
  })

  test('each shorter or longer record is refused', () => {
    const sealed = sealer.seal(label, plaintext)
    for (let length = 0; length < sealed.length; length += 1) {
      const cut = sealed.subarray(0, length)
      expect(
        refusalOf(() => sealer.open(label, cut)),
        `length ${length}`,
      ).toMatchObject(BROKEN)
    }
    const longer = Uint8Array.of(...sealed, 0)
    expect(refusalOf(() => sealer.open(label, longer))).toMatchObject(BROKEN)
  })

  test('each single bit of the label counts', () => {
    const sealed = sealer.seal(label, plaintext)
    const others: RecordLabel[] = [
      { ...label, keyspace: 'objecu' },
      { ...label, keyspace: 'objec' },
      { ...label, keyspace: '' },
      { ...label, id: label.id.subarray(1) },
      { ...label, id: Uint8Array.of(...label.id, 0) },
    ]
    for (let bit = 0; bit < label.id.length * 8; bit += 1) {
      const id = Uint8Array.from(label.id)
      id[bit >>> 3] = (id[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      others.push({ ...label, id })
    }
    for (let bit = 0; bit < 53; bit += 1) {
      const flipped = Number(BigInt(label.version) ^ (1n << BigInt(bit)))
      others.push({ ...label, version: flipped })
    }
    for (let bit = 0; bit < 32; bit += 1) {
      others.push({ ...label, type: Number(BigInt(label.type) ^ (1n << BigInt(bit))) })
    }
    for (const other of others) {
      expect(refusalOf(() => sealer.open(other, sealed))).toMatchObject(BROKEN)
    }
  })

  test('bytes that move between two neighbours of the label are noticed', () => {
    const one = { keyspace: 'ab', id: fromHex('63'), version: 1, type: 0 }
    const other = { keyspace: 'a', id: fromHex('6263'), version: 1, type: 0 }
    const sealed = sealer.seal(one, plaintext)
    expect(refusalOf(() => sealer.open(other, sealed))).toMatchObject(BROKEN)
  })

  test('a record in the place of another is noticed, and so is an older version', () => {
    const first = { ...label, version: 1 }
    const second = { ...label, version: 2 }
    const older = sealer.seal(first, plaintext)
    const newer = sealer.seal(second, plaintext)
    expect(refusalOf(() => sealer.open(second, older))).toMatchObject(BROKEN)
    expect(refusalOf(() => sealer.open(first, newer))).toMatchObject(BROKEN)
  })

  test('parts of two records of one label do not fit together', () => {
    const one = sealer.seal(label, plaintext)
    const other = sealer.seal(label, plaintext)
    const mixed = Uint8Array.of(...one.subarray(0, 69), ...other.subarray(69))
    expect(refusalOf(() => sealer.open(label, mixed))).toMatchObject(BROKEN)
  })

  test('a record of another store, or under other keys, is noticed', () => {
    const sealed = sealer.seal(label, plaintext)
    const keys = envelopeKeys()
    const otherStore = envelopeSealer({ ...keys, storeId: fromHex('ff'.repeat(16)) })
    const epochs = new Map([[3, secretOf('04'.repeat(32))]])
    const otherKeys = envelopeSealer({ ...envelopeKeys(), epochs })
    expect(refusalOf(() => otherStore.open(label, sealed))).toMatchObject(BROKEN)
    expect(refusalOf(() => otherKeys.open(label, sealed))).toMatchObject(BROKEN)
  })

  test('a record of an epoch that is gone, or under the number of another, is refused', () => {
    const sealed = sealer.seal(label, plaintext)
    const onlyOld = new Map([[1, secretOf('01'.repeat(32))]])
    const without = envelopeSealer({ ...envelopeKeys(), epochs: onlyOld })
    expect(refusalOf(() => without.open(label, sealed))).toMatchObject({
      ...BROKEN,
      detail: `epoch of object ${envelope.label.id} version 7`,
    })
    const renamed = Uint8Array.from(sealed)
    renamed[8] = 1
    expect(refusalOf(() => sealer.open(label, renamed))).toMatchObject(BROKEN)
  })
})

describe('blinding', () => {
  test('blinded values are as another program computes them', () => {
    const sealer = envelopeSealer(envelopeKeys())
    // Twice: the second answer comes from memory.
    for (const { purpose, input, output } of [...envelope.blinded, ...envelope.blinded]) {
      expect(toHex(sealer.blind(purpose, fromHex(input)))).toBe(output)
    }
  })

  test('purpose and input are kept apart', () => {
    const sealer = envelopeSealer(envelopeKeys())
    const pairs: [string, string][] = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['', 'abc'],
      ['abc', ''],
      ['a\0', 'b'],
      ['a', '\0b'],
    ]
    const values = pairs.map(([purpose, input]) =>
      toHex(sealer.blind(purpose, new TextEncoder().encode(input))),
    )
    expect(new Set(values).size).toBe(pairs.length)
  })

  test('another index key blinds otherwise, another epoch does not', () => {
    const input = new TextEncoder().encode('payroll')
    const here = toHex(envelopeSealer(envelopeKeys()).blind('name', input))
    const index = secretOf('99'.repeat(32))
    const epochs = new Map([[9, secretOf('09'.repeat(32))]])
    const otherIndex = envelopeSealer({ ...envelopeKeys(), index })
    const otherEpoch = envelopeSealer({ ...envelopeKeys(), epochs })
    expect(toHex(otherIndex.blind('name', input))).not.toBe(here)
    expect(toHex(otherEpoch.blind('name', input))).toBe(here)
  })

  test('the caller may change what it got', () => {
    const sealer = envelopeSealer(envelopeKeys())
    const input = new TextEncoder().encode('payroll')
    for (let count = 0; count < 3; count += 1) {
      const value = sealer.blind('name', input)
      expect(toHex(value)).toBe(envelope.blinded[0]?.output)
      value.fill(0)
    }
  })
})

test('a destroyed sealer does nothing any more', () => {
  const sealer = envelopeSealer(envelopeKeys())
  const sealed = sealer.seal(label, plaintext)
  sealer.blind('name', plaintext)
  sealer.destroy()
  sealer.destroy()
  const gone = { code: 'UNAVAILABLE', message: 'The keys of the store are gone' }
  expect(refusalOf(() => sealer.seal(label, plaintext))).toMatchObject(gone)
  expect(refusalOf(() => sealer.open(label, sealed))).toMatchObject(gone)
  expect(refusalOf(() => sealer.blind('name', plaintext))).toMatchObject(gone)
})

function refusalOf(attempt: () => unknown): unknown {
  try {
    attempt()
  } catch (error) {
    return error
  }
  return 'no refusal'
}

function shown(secret: Secret): string {
  return secret.expose(toHex)
}
