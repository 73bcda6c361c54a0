import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/secret/secret.ts'

const CANARY = 'correct horse battery staple'
const bytesOf = (text: string) => new TextEncoder().encode(text)
const hexOf = (secret: Secret) =>
  secret.expose((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))

/** The planted bytes as anything that prints them might show them. */
const FORMS = [
  CANARY,
  Buffer.from(CANARY).toString('hex'),
  Buffer.from(CANARY).toString('base64'),
  Array.from(bytesOf(CANARY)).join(','),
]

describe('a secret has no text form', () => {
  const secret = Secret.copyOf(bytesOf(CANARY))
  const printed: Readonly<Record<string, string>> = {
    String: String(secret),
    'JSON.stringify': JSON.stringify({ secret }),
    inspect: inspect(secret, { showHidden: true, depth: 9 }),
    'inspect of what holds it': inspect({ list: [secret] }, { depth: 9 }),
    'error message': new Error(`cannot use ${secret.toString()}`).message,
    'own properties': Object.getOwnPropertyNames(secret).join(),
    'Object.entries': Object.entries(secret).join(),
    structuredClone: JSON.stringify(structuredClone(secret)),
  }
  test.each(Object.keys(printed))('in %s', (way) => {
    for (const form of FORMS) expect(printed[way]).not.toContain(form)
  })

  test('and shows its length alone', () => {
    expect(inspect(secret)).toBe(`Secret(${CANARY.length} bytes)`)
    expect(JSON.parse(JSON.stringify(secret))).toBe(`Secret(${CANARY.length} bytes)`)
  })
})

describe('the bytes of a secret', () => {
  test('copyOf leaves the bytes it was given alone', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const secret = Secret.copyOf(bytes)
    secret.destroy()
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  })

  test('copyOf is not changed by its source', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const secret = Secret.copyOf(bytes)
    bytes.fill(9)
    expect(hexOf(secret)).toBe('010203')
  })

  test('copyOf owns its whole buffer, even when it copies a view of the shared pool', () => {
    const secret = Secret.copyOf(Buffer.from([1, 2, 3]))
    expect(secret.expose(({ buffer }) => buffer.byteLength)).toBe(3)
  })

  test('take owns the bytes it was given, and destroy zeroes them', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const secret = Secret.take(bytes)
    secret.destroy()
    expect(bytes).toEqual(new Uint8Array(3))
    expect(secret.length).toBe(0)
    expect(hexOf(secret)).toBe('')
  })

  test('a clone outlives the destruction of what it was made from', () => {
    const secret = Secret.copyOf(Uint8Array.of(1, 2, 3))
    const clone = secret.clone()
    secret.destroy()
    expect(hexOf(clone)).toBe('010203')
  })

  test('destroying twice does no harm', () => {
    const secret = Secret.copyOf(Uint8Array.of(1))
    secret.destroy()
    secret.destroy()
    expect(secret.length).toBe(0)
  })
})

describe('equality', () => {
  test.each([
    [[1, 2, 3], [1, 2, 3], true],
    [[1, 2, 3], [1, 2, 4], false],
    [[1, 2, 3], [1, 2], false],
    [[], [], true],
  ])('of %j and %j is %s', (one, other, equal) => {
    expect(Secret.copyOf(Uint8Array.from(one)).equals(Secret.copyOf(Uint8Array.from(other)))).toBe(
      equal,
    )
  })
})
