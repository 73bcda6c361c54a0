import { expect, test } from 'vitest'
import { bmpOf } from '../../../src/adapter/pkcs12/password.ts'

test.each([
  ['smeg', '0073006d006500670000'],
  ['', '0000'],
  ['é€', '00e920ac0000'],
  ['😀', 'd83dde000000'],
])('[RFC 7292 appendix B.1] the password %j is UTF-16 with a zero at its end', (text, expected) => {
  expect(Buffer.from(bmpOf(new TextEncoder().encode(text))).toString('hex')).toBe(expected)
})

test('a byte order mark is none of the password, and bytes that are no text are replaced', () => {
  const shown = (...bytes: number[]) => Buffer.from(bmpOf(Uint8Array.from(bytes))).toString('hex')
  expect(shown(0xef, 0xbb, 0xbf, 0x61)).toBe('00610000')
  expect(shown(0x61, 0xff, 0x62)).toBe('0061fffd00620000')
})
