import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  privateEncrypt,
  publicEncrypt,
  sign,
  type KeyObject,
} from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { Bench } from './harness.ts'
import {
  askKey,
  bytes,
  bytesIn,
  bytesOf,
  data,
  hex,
  parameters,
  registerAes,
  registerPair,
  validityIn,
  type PairSample,
} from './key-sample.ts'

/** Inputs that published attacks have used, made from the rules of each algorithm and sent through the operations. */
const KEY = Buffer.from('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 'hex')
const MESSAGE = Buffer.from('what is to be protected, and is longer than two blocks of AES')

let bench: Bench
let aes: string
let rsa: PairSample
let ec: PairSample
let ed25519: PairSample
let ed448: PairSample

beforeAll(async () => {
  bench = await Bench.open()
  aes = await registerAes(bench, KEY)
  rsa = await registerPair(bench, 'RSA')
  ec = await registerPair(bench, 'EC')
  ed25519 = await registerPair(bench, 'Ed25519')
  ed448 = await registerPair(bench, 'Ed448')
})

/** Every way to change one bit of each byte. */
const flips = (value: Uint8Array): readonly Uint8Array[] =>
  Array.from(value, (byte, index) => {
    const changed = Uint8Array.from(value)
    changed[index] = byte ^ (1 << (index % 8))
    return changed
  })

async function decrypt(rest: string, key = aes): Promise<string> {
  const answer = await askKey(bench, 'Decrypt', key, rest)
  if (answer.status === 'Success') return hex(bytesOf(answer, Tag.Data))
  expect(bytesIn(answer, Tag.Data)).toBeUndefined()
  return answer.reason ?? ''
}

describe('[SP 800-38D] GCM', () => {
  const iv = Buffer.from('cafebabefacedbaddecaf888', 'hex')
  const aad = Buffer.from('header')
  const cipher = createCipheriv('aes-256-gcm', KEY, iv).setAAD(aad)
  const ciphertext = Buffer.concat([cipher.update(MESSAGE), cipher.final()])
  const tag = cipher.getAuthTag()
  const open = async (
    change: Partial<Record<'iv' | 'aad' | 'ciphertext' | 'tag', Uint8Array>>,
    tagLength = 16,
  ): Promise<string> => {
    const sent = { iv, aad, ciphertext, tag, ...change }
    return decrypt(
      parameters({ BlockCipherMode: 'GCM', TagLength: tagLength }) +
        data(sent.ciphertext) +
        bytes('IVCounterNonce', sent.iv) +
        bytes('AuthenticatedEncryptionAdditionalData', sent.aad) +
        bytes('AuthenticatedEncryptionTag', sent.tag),
    )
  }

  test('opens what OpenSSL has sealed, with the tag whole or cut to what was asked for', async () => {
    expect(await open({})).toBe(hex(MESSAGE))
    for (const length of [12, 13, 14, 15]) {
      expect(await open({ tag: tag.subarray(0, length) }, length)).toBe(hex(MESSAGE))
    }
  })

  test('opens nothing that was changed by a bit, be it tag, IV, data or additional data', async () => {
    const changed = [
      ...flips(tag).map((value) => ({ tag: value })),
      ...flips(iv).map((value) => ({ iv: value })),
      ...flips(ciphertext).map((value) => ({ ciphertext: value })),
      ...flips(aad).map((value) => ({ aad: value })),
    ]
    const answers = await Promise.all(changed.map(async (change) => open(change)))
    expect(new Set(answers)).toEqual(new Set(['CryptographicFailure']))
  })

  test('opens nothing that was cut, lengthened or emptied', async () => {
    const answers = await Promise.all([
      open({ ciphertext: ciphertext.subarray(1) }),
      open({ ciphertext: ciphertext.subarray(0, -1) }),
      open({ ciphertext: Buffer.concat([ciphertext, Buffer.alloc(1)]) }),
      open({ ciphertext: new Uint8Array(0) }),
      open({ aad: new Uint8Array(0) }),
      open({ tag: Buffer.alloc(16) }),
      open({ tag: Buffer.alloc(16, 0xff) }),
    ])
    expect(new Set(answers)).toEqual(new Set(['CryptographicFailure']))
  })

  test.each([0, 1, 4, 8, 11])('takes no tag of %i bytes for a whole one', async (length) => {
    expect(await open({ tag: tag.subarray(0, length) })).toBe('InvalidField')
  })

  test('up to 1.3 opens what ends in its tag, and nothing that ends in another', async () => {
    const gcm = parameters({ BlockCipherMode: 'GCM', TagLength: 16 })
    const nonce = bytes('IVCounterNonce', iv)
    const plain = createCipheriv('aes-256-gcm', KEY, iv)
    const whole = Buffer.concat([plain.update(MESSAGE), plain.final(), plain.getAuthTag()])
    const ask = async (value: Uint8Array) =>
      bench.ask(
        '1.2',
        'Decrypt',
        `<UniqueIdentifier type="TextString" value="${aes}"/>${gcm}${data(value)}${nonce}`,
      )
    expect(hex(bytesOf(await ask(whole), Tag.Data))).toBe(hex(MESSAGE))
    for (const value of flips(whole).slice(-17)) {
      expect((await ask(value)).reason).toBe('CryptographicFailure')
    }
    const encrypted = await bench.ask(
      '1.2',
      'Encrypt',
      `<UniqueIdentifier type="TextString" value="${aes}"/>${gcm}${data(MESSAGE)}${nonce}`,
    )
    expect(hex(bytesOf(encrypted, Tag.Data))).toBe(hex(whole))
    expect(bytesIn(encrypted, Tag.AuthenticatedEncryptionTag)).toBeUndefined()
  })
})

describe('[RFC 8018 6.1.1] CBC with padding', () => {
  const iv = Buffer.alloc(16, 3)
  const padded = async (last: readonly number[]): Promise<string> => {
    const block = Buffer.concat([Buffer.alloc(16 - last.length, 0x41), Buffer.from(last)])
    const cipher = createCipheriv('aes-256-cbc', KEY, iv).setAutoPadding(false)
    const ciphertext = Buffer.concat([cipher.update(block), cipher.final()])
    return decrypt(
      parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' }) +
        data(ciphertext) +
        bytes('IVCounterNonce', iv),
    )
  }

  test('takes every padding that is one', async () => {
    for (let count = 1; count <= 16; count += 1) {
      const plaintext = await padded(Array.from({ length: count }, () => count))
      expect(plaintext).toBe('41'.repeat(16 - count))
    }
  })

  test.each([
    ['zero', [0]],
    ['seventeen', [17]],
    ['255', [255]],
    ['a count that the bytes before do not repeat', [1, 2, 3]],
    ['a first byte that is wrong', [1, 4, 4, 4]],
    ['one byte among many that is wrong', [5, 5, 6, 5, 5]],
    ['all but the last block byte', [15, ...Array.from({ length: 15 }, () => 16)]],
  ])('refuses %s', async (_, last) => {
    expect(await padded(last)).toBe('CryptographicFailure')
  })

  test('refuses no block at all, and a part of one', async () => {
    const cbc = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
    for (const value of ['', '00', '00'.repeat(17)]) {
      expect(await decrypt(cbc + data(value) + bytes('IVCounterNonce', iv))).toBe(
        'CryptographicFailure',
      )
    }
  })
})

describe.each([
  { mode: 'NISTKeyWrap', name: 'id-aes256-wrap', start: 'a6'.repeat(8), length: 32 },
  { mode: 'AESKeyWrapPadding', name: 'id-aes256-wrap-pad', start: 'a65959a6', length: 21 },
])('[RFC 3394, RFC 5649] $mode', ({ mode, name, start, length }) => {
  const plain = Buffer.alloc(length, 9)
  const cipher = createCipheriv(name, KEY, Buffer.from(start, 'hex'))
  const wrapped = Buffer.concat([cipher.update(plain), cipher.final()])
  const wrap = parameters({ BlockCipherMode: mode })

  test('gives and takes what OpenSSL does', async () => {
    const answer = await askKey(bench, 'Encrypt', aes, wrap + data(plain))
    expect(hex(bytesOf(answer, Tag.Data))).toBe(hex(wrapped))
    expect(await decrypt(wrap + data(wrapped))).toBe(hex(plain))
  })

  test('takes nothing that was changed, cut, turned round or empty', async () => {
    const answers = await Promise.all(
      [
        ...flips(wrapped),
        wrapped.subarray(8),
        wrapped.subarray(0, -8),
        wrapped.subarray(0, 8),
        wrapped.subarray(0, -1),
        Buffer.from(wrapped).reverse(),
        new Uint8Array(0),
      ].map(async (value) => decrypt(wrap + data(value))),
    )
    expect(new Set(answers)).toEqual(new Set(['CryptographicFailure']))
  })
})

describe('[RFC 8017 7.1] OAEP', () => {
  const oaep = parameters({
    PaddingMethod: 'OAEP',
    HashingAlgorithm: 'SHA_256',
    MaskGeneratorHashingAlgorithm: 'SHA_256',
  })
  const size = 256
  const mask = (seed: Uint8Array, length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => {
      const counter = Buffer.alloc(4)
      counter.writeUInt32BE(index)
      return createHash('sha256').update(seed).update(counter).digest()
    })
    return Buffer.concat(blocks).subarray(0, length)
  }
  const xor = (one: Uint8Array, other: Uint8Array): Buffer =>
    Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)))

  /** A ciphertext of a block that is made by the rules, but for what `spoil` does to it. */
  function sealed(key: KeyObject, spoil: (dataBlock: Buffer) => number): Buffer {
    const label = createHash('sha256').digest()
    const dataBlock = Buffer.concat([
      label,
      Buffer.alloc(size - 2 * 32 - 2 - 5),
      Buffer.from([1]),
      Buffer.from('hello'),
    ])
    const first = spoil(dataBlock)
    const seed = Buffer.alloc(32, 5)
    const hidden = xor(dataBlock, mask(seed, dataBlock.length))
    const block = Buffer.concat([Buffer.of(first), xor(seed, mask(hidden, 32)), hidden])
    return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block)
  }

  test('opens a block that is made by the rules', async () => {
    const good = sealed(rsa.publicKey, () => 0)
    expect(await decrypt(oaep + data(good), rsa.privateId)).toBe(hex(Buffer.from('hello')))
  })

  test.each<[string, (dataBlock: Buffer) => number]>([
    ['a first byte that is not zero', () => 1],
    ['the hash of another label', (block) => (block[0] = (block[0] ?? 0) ^ 1) * 0],
    ['something else than zeros before the one', (block) => (block[40] = 2) * 0],
    ['no one at all', (block) => (block[block.length - 6] = 0) * 0],
  ])('does not open %s', async (_, spoil) => {
    const bad = sealed(rsa.publicKey, spoil)
    expect(await decrypt(oaep + data(bad), rsa.privateId)).toBe('CryptographicFailure')
  })

  test('does not open with another hash, mask or label, nor what is no number of the key', async () => {
    const good = sealed(rsa.publicKey, () => 0)
    const other = (change: Record<string, string>) =>
      parameters({
        PaddingMethod: 'OAEP',
        HashingAlgorithm: 'SHA_256',
        MaskGeneratorHashingAlgorithm: 'SHA_256',
        ...change,
      })
    const answers = await Promise.all([
      decrypt(other({ HashingAlgorithm: 'SHA_1' }) + data(good), rsa.privateId),
      decrypt(other({ MaskGeneratorHashingAlgorithm: 'SHA_1' }) + data(good), rsa.privateId),
      decrypt(other({ PSource: '00' }) + data(good), rsa.privateId),
      decrypt(oaep + data(Buffer.alloc(256, 0xff)), rsa.privateId),
      decrypt(oaep + data(Buffer.alloc(256)), rsa.privateId),
    ])
    expect(new Set(answers)).toEqual(new Set(['CryptographicFailure']))
  })
})

describe('[RFC 8017 7.2] PKCS#1 v1.5 encryption', () => {
  const v15 = parameters({ PaddingMethod: 'PKCS1V1_5' })
  const sealedAs = (block: Buffer): Buffer =>
    publicEncrypt({ key: rsa.publicKey, padding: constants.RSA_NO_PADDING }, block)

  test('tells an attacker of no block that is wrong: each decrypts, the same way each time', async () => {
    const zeroless = Buffer.concat([Buffer.of(0, 2), Buffer.alloc(254, 1)])
    const short = Buffer.concat([Buffer.of(0, 2), Buffer.alloc(7, 1), Buffer.alloc(247)])
    const first = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(252, 1), Buffer.of(0, 7)])
    for (const block of [zeroless, short, first]) {
      const ciphertext = data(sealedAs(block))
      const once = await decrypt(v15 + ciphertext, rsa.privateId)
      expect(once).toMatch(/^(?:[0-9a-f]{2})*$/u)
      expect(await decrypt(v15 + ciphertext, rsa.privateId)).toBe(once)
      expect(hex(block)).not.toContain(once === '' ? 'nothing' : once)
    }
  })

  test('opens what OpenSSL has sealed', async () => {
    const padding = constants.RSA_PKCS1_PADDING
    const ciphertext = publicEncrypt({ key: rsa.publicKey, padding }, MESSAGE)
    expect(await decrypt(v15 + data(ciphertext), rsa.privateId)).toBe(hex(MESSAGE))
  })
})

/** What Signature Verify says of a signature of the message. */
async function verdict(key: string, with_: string, signature: Uint8Array): Promise<string> {
  const rest = with_ + data(MESSAGE) + bytes('SignatureData', signature)
  const answer = await askKey(bench, 'SignatureVerify', key, rest)
  return validityIn(answer) ?? answer.reason ?? ''
}

describe('signatures', () => {
  const v15 = parameters({ HashingAlgorithm: 'SHA_256' })
  const pss = parameters({
    PaddingMethod: 'PSS',
    HashingAlgorithm: 'SHA_256',
    MaskGeneratorHashingAlgorithm: 'SHA_256',
  })

  test.each<[string, () => Promise<readonly [PairSample, string, Uint8Array]>]>([
    [
      'PKCS#1 v1.5',
      async () => Promise.resolve([rsa, v15, sign('sha256', MESSAGE, rsa.privateKey)]),
    ],
    [
      'PSS',
      async () => {
        const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }
        return Promise.resolve([rsa, pss, sign('sha256', MESSAGE, key)])
      },
    ],
    ['ECDSA', async () => Promise.resolve([ec, v15, sign('sha256', MESSAGE, ec.privateKey)])],
    [
      'Ed25519',
      async () => Promise.resolve([ed25519, '', sign(null, MESSAGE, ed25519.privateKey)]),
    ],
    ['Ed448', async () => Promise.resolve([ed448, '', sign(null, MESSAGE, ed448.privateKey)])],
  ])('%s: OpenSSL makes one that is valid, and no change of it is', async (_, make) => {
    const [pair, with_, good] = await make()
    expect(await verdict(pair.publicId, with_, good)).toBe('Valid')
    const bad = [
      ...flips(good),
      good.subarray(1),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), good]),
      new Uint8Array(0),
      Buffer.alloc(good.length),
      Buffer.alloc(good.length, 0xff),
    ]
    const verdicts = await Promise.all(bad.map(async (each) => verdict(pair.publicId, with_, each)))
    expect(new Set(verdicts)).toEqual(new Set(['Invalid']))
  })

  test('[RFC 8017 9.2] PKCS#1 v1.5 takes no block but the one', async () => {
    const digest = createHash('sha256').update(MESSAGE).digest()
    const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex')
    const info = Buffer.concat([prefix, digest])
    const padding = constants.RSA_NO_PADDING
    const signed = (block: Buffer) => privateEncrypt({ key: rsa.privateKey, padding }, block)
    const block = (filling: number, behind: Buffer) => {
      const head = Buffer.concat([
        Buffer.of(0, 1),
        Buffer.alloc(filling, 0xff),
        Buffer.of(0),
        behind,
      ])
      return Buffer.concat([head, Buffer.alloc(256 - head.length)])
    }
    const noNull = Buffer.from('302f300b06096086480165030402010420', 'hex')
    const zeros = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(202), Buffer.of(0), info])
    expect(await verdict(rsa.publicId, v15, signed(block(202, info)))).toBe('Valid')
    const forged = [
      // Bleichenbacher 2006: too little filling, and rubbish behind the digest.
      block(8, info),
      block(100, info),
      block(202, Buffer.concat([prefix, createHash('sha256').update('other').digest()])),
      block(204, Buffer.concat([noNull, digest])),
      block(221, digest),
      Buffer.concat([Buffer.of(0, 2), block(202, info).subarray(2)]),
      zeros.length === 256 ? zeros : zeros.subarray(0, 256),
    ]
    for (const each of forged) {
      expect(await verdict(rsa.publicId, v15, signed(each))).toBe('Invalid')
    }
  })

  test('[RFC 8017 9.1] PSS is bound to its hash, mask and salt', async () => {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const salted = (saltLength: number) =>
      sign('sha256', MESSAGE, { key: rsa.privateKey, padding, saltLength })
    // Any salt length is taken where none is named: the signature tells which it is.
    for (const length of [0, 20, 32, 222]) {
      expect(await verdict(rsa.publicId, pss, salted(length))).toBe('Valid')
    }
    const wrong = [
      parameters({ PaddingMethod: 'PSS', HashingAlgorithm: 'SHA_384' }),
      parameters({
        PaddingMethod: 'PSS',
        HashingAlgorithm: 'SHA_256',
        MaskGeneratorHashingAlgorithm: 'SHA_512',
      }),
      v15,
    ]
    for (const with_ of wrong) {
      expect(await verdict(rsa.publicId, with_, salted(32))).toBe('Invalid')
    }
  })

  test('[SEC 1 4.1.4] ECDSA takes no zero, no order of the curve and no loose DER', async () => {
    const order = Buffer.from(
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      'hex',
    )
    const integer = (value: Uint8Array): Buffer => {
      const body = (value[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), value]) : value
      return Buffer.concat([Buffer.of(2, body.length), body])
    }
    const pair = (r: Uint8Array, s: Uint8Array): Buffer => {
      const both = Buffer.concat([integer(r), integer(s)])
      return Buffer.concat([Buffer.of(0x30, both.length), both])
    }
    const [zero, one] = [Buffer.of(0), Buffer.of(1)]
    const good = sign('sha256', MESSAGE, ec.privateKey)
    const padded = Buffer.concat([good, Buffer.of(5, 0)])
    padded[1] = (padded[1] ?? 0) + 2
    const bad = [
      pair(zero, zero),
      pair(zero, one),
      pair(one, zero),
      pair(order, one),
      pair(one, order),
      pair(order, order),
      padded,
      Buffer.concat([Buffer.of(0x30, 0x81), good.subarray(1)]),
      sign('sha256', MESSAGE, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    ]
    for (const each of bad) expect(await verdict(ec.publicId, v15, each)).toBe('Invalid')
  })

  test('[RFC 8032 5.1.7] Ed25519 takes no scalar at or above the order of the group', async () => {
    const good = sign(null, MESSAGE, ed25519.privateKey)
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const scalar = BigInt(`0x${hex(Buffer.from(good.subarray(32)).reverse())}`)
    const raised = Buffer.from((scalar + order).toString(16).padStart(64, '0'), 'hex').reverse()
    const malleable = Buffer.concat([good.subarray(0, 32), raised])
    expect(await verdict(ed25519.publicId, '', malleable)).toBe('Invalid')
  })

  test('of a digest are not those of the digest hashed again', async () => {
    const digest = createHash('sha256').update(MESSAGE).digest()
    for (const pair of [rsa, ec]) {
      const answer = await askKey(
        bench,
        'Sign',
        pair.privateId,
        v15 + bytes('DigestedData', digest),
      )
      const signature = bytesOf(answer, Tag.SignatureData)
      expect(await verdict(pair.publicId, v15, signature)).toBe('Valid')
      const again = v15 + data(digest) + bytes('SignatureData', signature)
      const wrong = await askKey(bench, 'SignatureVerify', pair.publicId, again)
      expect(validityIn(wrong)).toBe('Invalid')
    }
  })
})

describe('[RFC 2104] HMAC', () => {
  const hmac = parameters({ CryptographicAlgorithm: 'HMAC_SHA256' })
  const good = createHmac('sha256', KEY).update(MESSAGE).digest()
  const check = async (mac: Uint8Array, value: Uint8Array = MESSAGE): Promise<string> => {
    const rest = hmac + data(value) + bytes('MACData', mac)
    const answer = await askKey(bench, 'MACVerify', aes, rest)
    return validityIn(answer) ?? answer.reason ?? ''
  }

  test('is that of OpenSSL and nothing else', async () => {
    expect(await check(good)).toBe('Valid')
    const bad = [
      ...flips(good),
      good.subarray(0, 31),
      good.subarray(0, 1),
      new Uint8Array(0),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.alloc(32),
      createHmac('sha1', KEY).update(MESSAGE).digest(),
      createHmac('sha256', Buffer.concat([KEY, Buffer.of(1)]))
        .update(MESSAGE)
        .digest(),
    ]
    const verdicts = await Promise.all(bad.map(async (mac) => check(mac)))
    expect(new Set(verdicts)).toEqual(new Set(['Invalid']))
    expect(await check(good, MESSAGE.subarray(1))).toBe('Invalid')
  })
})
