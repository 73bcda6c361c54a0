import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encryptGcm, IV_BYTES } from '../../../src/adapter/aes-gcm.ts'
import { openEscrow, sealEscrow } from '../../../src/adapter/backup/escrow.ts'
import { lengthPrefixed } from '../../../src/adapter/length-prefixed.ts'
import { deriveKey } from '../../../src/adapter/sealer-envelope.ts'
import { Secret } from '../../../src/secret/secret.ts'

const context = {
  key: Secret.copyOf(new Uint8Array(32).fill(1)),
  backupId: new Uint8Array(16).fill(2),
  header: new Uint8Array(100).fill(3),
}
const key = (byte: number) => Secret.copyOf(new Uint8Array(32).fill(byte))

/** Seals what the product would not, as one could who has the key of a backup. */
function sealed(plain: Uint8Array): Uint8Array {
  const { ciphertext, tag } = encryptGcm(
    {
      key: deriveKey(context.key, context.backupId, 'backup escrow'),
      iv: new Uint8Array(IV_BYTES),
      associated: createHash('sha256').update(context.header).digest(),
    },
    plain,
  )
  return Buffer.concat([ciphertext, tag])
}

const counted = (value: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, value)
const whole = [
  new Uint8Array(16).fill(4),
  counted(1),
  new Uint8Array(32).fill(5),
  ...[counted(7), new TextEncoder().encode('default'), counted(9), new Uint8Array(32).fill(6)],
]

describe('the keys of a store in a backup with shares', () => {
  test('come out as they were put in', () => {
    const epochs = [{ number: 7, line: 'default', seals: 9, key: key(6) }]
    const keys = { storeId: new Uint8Array(16).fill(4), generation: 1, index: key(5), epochs }
    const opened = openEscrow(sealEscrow(keys, context), context)
    expect(opened).toMatchObject({ generation: 1, epochs: [{ number: 7, line: 'default' }] })
    expect(opened?.epochs[0]?.key.equals(key(6))).toBe(true)
    expect(opened?.index.equals(key(5))).toBe(true)
  })

  test('are what was written by hand', () => {
    const opened = openEscrow(sealed(lengthPrefixed(whole)), context)
    expect(opened?.epochs[0]?.key.equals(key(6))).toBe(true)
  })

  test.each([
    ['with a byte too many', Buffer.concat([lengthPrefixed(whole), Uint8Array.of(1)])],
    ['with a length beyond the end', Buffer.concat([lengthPrefixed(whole), counted(200)])],
    ['with half an epoch more', lengthPrefixed([...whole, counted(8)])],
    ['with a key of 16 bytes', lengthPrefixed([...whole.slice(0, 6), new Uint8Array(16)])],
    ['without an epoch', lengthPrefixed(whole.slice(0, 3))],
    ['of nothing', new Uint8Array(0)],
  ])('%s are none', (_, plain) => {
    expect(openEscrow(sealed(plain), context)).toBeUndefined()
  })

  test('do not open with another header', () => {
    const other = { ...context, header: new Uint8Array(100).fill(8) }
    expect(openEscrow(sealed(lengthPrefixed(whole)), other)).toBeUndefined()
  })
})
