import { beforeEach, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { attribute1, Bench, find, uid } from './harness.ts'
import { askKey, bytesOf, data, flag, hex, registerKey } from './key-sample.ts'

const PAD = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37 + 11) & 0xff))

let bench: Bench
let pad: string

beforeEach(async () => {
  bench = await Bench.open()
  pad = await registerPad(bench)
})

async function registerPad(on: Bench): Promise<string> {
  return registerKey(on, {
    type: 'SecretData',
    mask: 'Encrypt Decrypt',
    format: 'Opaque',
    material: PAD,
    more: '<CryptographicAlgorithm type="Enumeration" value="OneTimePad"/>',
  })
}

const sum = (start: number, value: Uint8Array): string =>
  hex(value.map((byte, index) => byte ^ (PAD[start + index] ?? 0)))

test('a pad goes forward with each use, and apart for each direction', async () => {
  const plaintext = Buffer.from('secret')
  const ask = async (operation: string, value: Uint8Array) =>
    hex(bytesOf(await askKey(bench, operation, pad, data(value)), Tag.Data))
  const [first, second] = [sum(0, plaintext), sum(6, plaintext)]
  expect(await ask('Encrypt', plaintext)).toBe(first)
  expect(await ask('Encrypt', plaintext)).toBe(second)
  expect(await ask('Decrypt', Buffer.from(first, 'hex'))).toBe(hex(plaintext))
  expect(await ask('Decrypt', Buffer.from(second, 'hex'))).toBe(hex(plaintext))
})

test('clients at once never get the same bytes of a pad', async () => {
  const zeros = data('00'.repeat(4))
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => askKey(bench, 'Encrypt', pad, zeros)),
  )
  const used = answers
    .filter(({ status }) => status === 'Success')
    .map((answer) => hex(bytesOf(answer, Tag.Data)))
  expect(used.sort()).toEqual(
    Array.from({ length: 16 }, (_, index) => hex(PAD.subarray(index * 4, index * 4 + 4))).sort(),
  )
})

test('a pad that is used up encrypts no more, and keeps what is left', async () => {
  await askKey(bench, 'Encrypt', pad, data('00'.repeat(60)))
  const before = await bench.dump()
  const refused = await askKey(bench, 'Encrypt', pad, data('00'.repeat(5)))
  expect(refused.reason).toBe('PermissionDenied')
  expect(await bench.dump()).toEqual(before)
  const last = await askKey(bench, 'Encrypt', pad, data('00'.repeat(4)))
  expect(hex(bytesOf(last, Tag.Data))).toBe(hex(PAD.subarray(60)))
})

test('how far a pad is used is for clients to see, and not to turn back', async () => {
  await askKey(bench, 'Encrypt', pad, data('00'.repeat(7)))
  const name = 'y-One Time Pad Encrypted'
  const shown = await bench.ask(
    '1.4',
    'GetAttributes',
    `${uid(pad)}<AttributeName type="TextString" value="${name}"/>`,
  )
  expect(find(shown.payload, Tag.AttributeValue)).toMatchObject({ value: 7 })
  const turned = await bench.ask(
    '1.4',
    'ModifyAttribute',
    uid(pad) + attribute1(name, 'Integer', '0'),
  )
  expect(turned.reason).toBe('PermissionDenied')
})

test('parts of an operation and empty requests are refused', async () => {
  const parts = await askKey(bench, 'Encrypt', pad, data('00') + flag('InitIndicator'))
  expect(parts.reason).toBe('FeatureNotSupported')
  expect((await askKey(bench, 'Encrypt', pad, '')).reason).toBe('InvalidMessage')
})

test.each(['Get', 'Export'])(
  '%s shows that a pad is there, and not its bytes',
  async (operation) => {
    const answer = await bench.ask('2.1', operation, uid(pad))
    expect(answer.status).toBe('Success')
    expect(find(answer.payload, Tag.KeyBlock)).toBeDefined()
    expect(find(answer.payload, Tag.KeyMaterial)).toBeUndefined()
    const strict = await Bench.open({ policy: { getOneTimePad: 'refuse' } })
    const refused = await strict.ask('2.1', operation, uid(await registerPad(strict)))
    expect(refused.reason).toBe('PermissionDenied')
  },
)

test('a pad is not split: what its parts join to would be used once more', async () => {
  const wanted = `<ObjectType type="Enumeration" value="SplitKey"/>${uid(pad)}
    <SplitKeyParts type="Integer" value="2"/><SplitKeyThreshold type="Integer" value="2"/>
    <SplitKeyMethod type="Enumeration" value="XOR"/><Attributes/>`
  const before = await bench.dump()
  expect((await bench.ask('2.1', 'CreateSplitKey', wanted)).reason).toBe('PermissionDenied')
  expect(await bench.dump()).toEqual(before)
})
