import { describe, expect, test } from 'vitest'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import { AttributeSet } from '../../src/model/attribute-set.ts'
import { strengthOf } from '../../src/model/key-strength.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import {
  checkGuardedWrap,
  checkTrustable,
  isTrusted,
  withTrust,
} from '../../src/model/wrapping-trust.ts'
import { BlockCipherMode as Mode } from '../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as Hash } from '../../src/spec/enum/hashing-algorithm.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { PaddingMethod } from '../../src/spec/enum/padding-method.ts'
import { CryptographicUsageMask as Mask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import type { CryptographicParameters } from '../../src/spec/structure/cryptographic-parameters.ts'
import { codeOf, entry, keyIn } from './sample.ts'

/** A key with an algorithm and a length beside what else is said. */
function key(algorithm: A, length: number, ...entries: readonly AttributeEntry[]): ManagedObject {
  const attributes = AttributeSet.from([
    entry('CryptographicAlgorithm', algorithm),
    entry('CryptographicLength', length),
    ...entries,
  ])
  return { ...keyIn('Active'), attributes }
}

const hidden = [entry('AlwaysSensitive', true), entry('NeverExtractable', true)]
const uses = (mask: number) => entry('CryptographicUsageMask', mask)
const WRAPS = Mask.WrapKey | Mask.UnwrapKey
const publicKey = (length: number): ManagedObject => ({
  ...key(A.RSA, length, uses(Mask.WrapKey)),
  objectType: ObjectType.PublicKey,
})

describe('which keys can be trusted', () => {
  const half = (mask: number) => key(A.RSA, 4096, ...hidden, uses(mask))

  test.each<[string, ManagedObject, ManagedObject | undefined, string | undefined]>([
    ['one that wraps and unwraps', key(A.AES, 256, ...hidden, uses(WRAPS)), undefined, undefined],
    ['a public key from elsewhere', publicKey(4096), undefined, undefined],
    ['a public key whose half unwraps', publicKey(4096), half(Mask.UnwrapKey), undefined],
    [
      'one that decrypts',
      key(A.AES, 256, ...hidden, uses(WRAPS | Mask.Decrypt)),
      undefined,
      'NOT_PERMITTED',
    ],
    [
      'one for everything',
      key(A.AES, 256, ...hidden, uses(Mask.Unrestricted)),
      undefined,
      'NOT_PERMITTED',
    ],
    [
      'one that wraps nothing',
      key(A.AES, 256, ...hidden, uses(Mask.UnwrapKey)),
      undefined,
      'NOT_PERMITTED',
    ],
    [
      'one that was seen',
      key(A.AES, 256, hidden[1] ?? entry('Fresh', true), uses(WRAPS)),
      undefined,
      'NOT_PERMITTED',
    ],
    [
      'one that could leave',
      key(A.AES, 256, hidden[0] ?? entry('Fresh', true), uses(WRAPS)),
      undefined,
      'NOT_PERMITTED',
    ],
    [
      'a public key whose half decrypts',
      publicKey(4096),
      half(Mask.UnwrapKey | Mask.Decrypt),
      'NOT_PERMITTED',
    ],
    [
      'a public key whose half was seen',
      publicKey(4096),
      key(A.RSA, 4096, uses(Mask.UnwrapKey)),
      'NOT_PERMITTED',
    ],
    [
      'no key',
      { ...key(A.AES, 256), objectType: ObjectType.SecretData },
      undefined,
      'WRONG_OBJECT_TYPE',
    ],
    ['a destroyed one', { ...key(A.AES, 256), content: undefined }, undefined, 'OBJECT_DESTROYED'],
  ])('%s', (_, object, privateHalf, code) => {
    expect(
      codeOf(() => {
        checkTrustable(object, privateHalf)
      }),
    ).toBe(code)
  })

  test('the mark comes once, and goes', () => {
    const plain = key(A.AES, 256)
    const marked = withTrust(plain, true)
    expect([isTrusted(plain), isTrusted(marked)]).toEqual([false, true])
    expect(withTrust(marked, true)).toBe(marked)
    expect(isTrusted(withTrust(marked, false))).toBe(false)
  })
})

describe('how guarded keys leave', () => {
  const aes = (length: number) => withTrust(key(A.AES, length), true)
  const rsa = (length: number) => withTrust(publicKey(length), true)
  const oaep = (hashingAlgorithm: Hash) => ({ paddingMethod: PaddingMethod.OAEP, hashingAlgorithm })
  const by = (blockCipherMode: Mode) => ({ blockCipherMode })

  test.each<[string, ManagedObject, CryptographicParameters, string | undefined]>([
    ['RFC 3394', aes(256), by(Mode.NISTKeyWrap), undefined],
    ['RFC 5649', aes(256), by(Mode.AESKeyWrapPadding), undefined],
    ['GCM', aes(256), by(Mode.GCM), undefined],
    ['CBC', aes(256), by(Mode.CBC), 'NOT_PERMITTED'],
    ['ECB', aes(256), by(Mode.ECB), 'NOT_PERMITTED'],
    ['CTR', aes(256), by(Mode.CTR), 'NOT_PERMITTED'],
    ['no mode', aes(256), {}, 'NOT_PERMITTED'],
    ['a weaker key', aes(192), by(Mode.NISTKeyWrap), 'NOT_PERMITTED'],
    [
      'a key of no known strength',
      withTrust(keyIn('Active'), true),
      by(Mode.NISTKeyWrap),
      'NOT_PERMITTED',
    ],
    ['a key that nobody trusts', key(A.AES, 256), by(Mode.NISTKeyWrap), 'NOT_PERMITTED'],
    ['OAEP with SHA-256', rsa(15_360), oaep(Hash.SHA_256), undefined],
    ['OAEP with SHA-1', rsa(15_360), oaep(Hash.SHA_1), 'NOT_PERMITTED'],
    ['PKCS#1 v1.5', rsa(15_360), { paddingMethod: PaddingMethod.PKCS1V1_5 }, 'NOT_PERMITTED'],
    ['RSA of 4096 bits', rsa(4096), oaep(Hash.SHA_256), 'NOT_PERMITTED'],
  ])('AES-256 under %s', (_, wrapping, parameters, code) => {
    expect(
      codeOf(() => {
        checkGuardedWrap(key(A.AES, 256), wrapping, parameters)
      }),
    ).toBe(code)
  })

  test('a key that does not say how long it is leaves under none', () => {
    const guarded = { ...key(A.AES, 256), attributes: AttributeSet.from([]) }
    const code = codeOf(() => {
      checkGuardedWrap(guarded, aes(256), by(Mode.NISTKeyWrap))
    })
    expect(code).toBe('NOT_PERMITTED')
  })
})

test.each<[A, number, number]>([
  [A.AES, 128, 128],
  [A.AES, 256, 256],
  [A.DES3, 168, 112],
  [A.RSA, 2048, 112],
  [A.RSA, 3072, 128],
  [A.RSA, 4096, 128],
  [A.RSA, 15_360, 256],
  [A.RSA, 512, 0],
  [A.EC, 256, 128],
  [A.EC, 521, 256],
  [A.HMAC_SHA512, 512, 256],
])(
  'the strength of algorithm %i of %i bits is %i (NIST SP 800-57 part 1 table 2)',
  (algorithm, length, bits) => {
    expect(strengthOf(key(algorithm, length))).toBe(bits)
  },
)
