import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  sign,
  verify,
} from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { CURVES } from '../../src/adapter/key-format/curve.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { CryptographicUsageMask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { RecommendedCurve } from '../../src/spec/enum/recommended-curve.ts'
import { Tag } from '../../src/spec/tag.ts'
import { attribute1, Bench, find, name1, name2, textOf, uid } from './harness.ts'
import {
  algorithm1,
  algorithm2,
  attributesOf,
  bytesIn,
  createPair,
  curve2,
  linksIn,
  namesIn,
  numberIn,
  pairIn,
  pairOf1,
  pairOf2,
  QUICK2,
} from './key-pair.fixture.ts'

let bench: Bench

beforeAll(async () => {
  bench = await Bench.open()
})

const keyOf = async (identifier: string) => (await bench.ask('2.1', 'Get', uid(identifier))).payload

describe('a key pair that was created', () => {
  test('consists of two halves that link to one another (1.4 section 4.2)', async () => {
    const { privateKey, publicKey } = await createPair(bench)
    const [ofPrivate, ofPublic] = [
      await attributesOf(bench, privateKey),
      await attributesOf(bench, publicKey),
    ]
    expect(linksIn(ofPrivate)).toEqual([[LinkType.PublicKeyLink, publicKey]])
    expect(linksIn(ofPublic)).toEqual([[LinkType.PrivateKeyLink, privateKey]])
    const { Sign, Verify } = CryptographicUsageMask
    expect(numberIn(ofPrivate, Tag.CryptographicUsageMask)).toBe(Sign)
    expect(numberIn(ofPublic, Tag.CryptographicUsageMask)).toBe(Verify)
  })

  test('of RSA signs with one half what the other verifies', async () => {
    const { privateKey, publicKey } = await createPair(bench, pairOf2(algorithm2('RSA', 2048)))
    const [ofPrivate, ofPublic] = [await keyOf(privateKey), await keyOf(publicKey)]
    expect(numberIn(ofPrivate, Tag.KeyFormatType)).toBe(KeyFormatType.PKCS_1)
    expect(numberIn(ofPublic, Tag.KeyFormatType)).toBe(KeyFormatType.PKCS_1)
    const keyFrom = (bytes: Uint8Array) =>
      ({ key: Buffer.from(bytes), format: 'der', type: 'pkcs1' }) as const
    const key = createPrivateKey(keyFrom(bytesIn(ofPrivate, Tag.KeyMaterial)))
    const signature = createSign('sha256').update('data').sign(key)
    const peer = createPublicKey(keyFrom(bytesIn(ofPublic, Tag.KeyMaterial)))
    expect(createVerify('sha256').update('data').verify(peer, signature)).toBe(true)
    expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65_537n })
  }, 60_000)

  test('of DSA has the lengths asked for, and y = g^x mod p', async () => {
    const domain = `<CryptographicDomainParameters><Qlength type="Integer" value="160"/>
      </CryptographicDomainParameters>`
    const pair = await createPair(bench, pairOf2(algorithm2('DSA', 1024) + domain))
    const [ofPrivate, ofPublic] = [await keyOf(pair.privateKey), await keyOf(pair.publicKey)]
    const integer = (from: typeof ofPrivate, tag: { readonly number: number }) =>
      BigInt(`0x${Buffer.from(bytesIn(from, tag)).toString('hex')}`)
    const [p, q, g] = [Tag.P, Tag.Q, Tag.G].map((tag) => integer(ofPrivate, tag))
    const power = (base = 0n, exponent = 0n, modulus = 1n): bigint => {
      let result = 1n
      for (const bit of exponent.toString(2)) {
        result = (result * result * (bit === '1' ? base : 1n)) % modulus
      }
      return result
    }
    expect([p?.toString(2).length, q?.toString(2).length]).toEqual([1024, 160])
    expect(power(g, integer(ofPrivate, Tag.X), p)).toBe(integer(ofPublic, Tag.Y))
  }, 60_000)

  test.each(
    CURVES.map(({ openssl, recommended, orderBytes }) => ({
      name: membersOf(RecommendedCurve).nameOf(recommended) ?? '',
      openssl,
      orderBytes,
    })),
  )('on $name has the point that OpenSSL finds for its number', async ({ name, openssl }) => {
    const pair = await createPair(bench, pairOf2(algorithm2('EC') + curve2(name)))
    const [ofPrivate, ofPublic] = [await keyOf(pair.privateKey), await keyOf(pair.publicKey)]
    expect(numberIn(ofPrivate, Tag.KeyFormatType)).toBe(KeyFormatType.TransparentECPrivateKey)
    expect(numberIn(ofPublic, Tag.KeyFormatType)).toBe(KeyFormatType.TransparentECPublicKey)
    const ecdh = createECDH(openssl)
    const number = Buffer.from(bytesIn(ofPrivate, Tag.D))
    const first = number.findIndex((byte) => byte !== 0)
    ecdh.setPrivateKey(number.subarray(first))
    expect(Buffer.from(bytesIn(ofPublic, Tag.QString)).equals(ecdh.getPublicKey())).toBe(true)
  })

  test.each([
    ['1.0', 'ECDSA', KeyFormatType.TransparentECDSAPublicKey],
    ['1.2', 'ECDH', KeyFormatType.TransparentECDHPublicKey],
    ['1.2', 'EC', KeyFormatType.TransparentECDSAPublicKey],
    ['1.3', 'ECDSA', KeyFormatType.TransparentECPublicKey],
    ['2.0', 'ECDSA', KeyFormatType.TransparentECPublicKey],
  ])('is given in KMIP %s, for %s, under the name its format has there', async (...row) => {
    const [version, algorithm, format] = row
    const { publicKey } = await createPair(bench, pairOf2(algorithm2(algorithm) + curve2('P_256')))
    const { payload } = await bench.ask(version, 'Get', uid(publicKey))
    expect(numberIn(payload, Tag.KeyFormatType)).toBe(format)
    expect(bytesIn(payload, Tag.QString)).toHaveLength(65)
  })

  test.each(['Ed25519', 'Ed448'])('of %s signs what its other half verifies', async (name) => {
    const pair = await createPair(bench, pairOf2(algorithm2(name)))
    const [ofPrivate, ofPublic] = [await keyOf(pair.privateKey), await keyOf(pair.publicKey)]
    const key = createPrivateKey({
      key: Buffer.from(bytesIn(ofPrivate, Tag.KeyMaterial)),
      format: 'der',
      type: 'pkcs8',
    })
    const peer = createPublicKey({
      key: Buffer.from(bytesIn(ofPublic, Tag.KeyMaterial)),
      format: 'der',
      type: 'spki',
    })
    expect(key.asymmetricKeyType).toBe(name.toLowerCase())
    expect(verify(null, Buffer.from('a'), peer, sign(null, Buffer.from('a'), key))).toBe(true)
  })

  test.each([
    ['CURVE25519', 'x25519', 256],
    ['CURVE448', 'x448', 448],
  ])('of ECDH on %s is one of %s', async (curve, type, bits) => {
    const { privateKey } = await createPair(bench, pairOf2(algorithm2('ECDH') + curve2(curve)))
    const material = bytesIn(await keyOf(privateKey), Tag.KeyMaterial)
    const key = createPrivateKey({ key: Buffer.from(material), format: 'der', type: 'pkcs8' })
    expect(key.asymmetricKeyType).toBe(type)
    expect(numberIn(await attributesOf(bench, privateKey), Tag.CryptographicLength)).toBe(bits)
  })

  test.each([
    [192, 'P_192'],
    [224, 'P_224'],
    [256, 'P_256'],
    [384, 'P_384'],
    [521, 'P_521'],
  ] as const)('of ECDSA with %d bits and no curve is on %s', async (bits, curve) => {
    const { publicKey } = await createPair(bench, pairOf2(algorithm2('ECDSA', bits)))
    expect(numberIn(await keyOf(publicKey), Tag.RecommendedCurve)).toBe(RecommendedCurve[curve])
  })

  test('has RSA with 2048 bits and P-256 where the request leaves the length to the server', async () => {
    const rsa = await createPair(bench, pairOf2(algorithm2('RSA')))
    const ec = await createPair(bench, pairOf2(algorithm2('ECDH')))
    const lengthOf = async (identifier: string) =>
      numberIn(await attributesOf(bench, identifier), Tag.CryptographicLength)
    expect([await lengthOf(rsa.privateKey), await lengthOf(ec.privateKey)]).toEqual([2048, 256])
  }, 60_000)
})

describe('attributes of a key pair (1.4 section 4.2)', () => {
  test('of one half go before those of both; names of both come together', async () => {
    const contact = (text: string) => `<ContactInformation type="TextString" value="${text}"/>`
    const group = (text: string) => `<ObjectGroup type="TextString" value="${text}"/>`
    const pair = await createPair(
      bench,
      pairOf2(
        algorithm2('EC') + contact('both') + group('all'),
        contact('private') + group('own') + name2('kp-private'),
        name2('kp-public'),
      ),
    )
    const ofPrivate = await attributesOf(bench, pair.privateKey)
    const ofPublic = await attributesOf(bench, pair.publicKey)
    const textIn = (item: typeof ofPrivate, tag: { readonly number: number }) =>
      textOf(find(item, tag))
    expect(textIn(ofPrivate, Tag.ContactInformation)).toBe('private')
    expect(textIn(ofPublic, Tag.ContactInformation)).toBe('both')
    expect([namesIn(ofPrivate), namesIn(ofPublic)]).toEqual([['kp-private'], ['kp-public']])
    const groups = await bench.ask(
      '1.4',
      'GetAttributes',
      `${uid(pair.privateKey)}<AttributeName type="TextString" value="Object Group"/>`,
    )
    expect(groups.payload).toBeDefined()
    expect(textIn(ofPublic, Tag.ObjectGroup)).toBe('all')
  })

  test('come from templates, which have less to say than the request (1.4 section 4.2)', async () => {
    const template = `<ObjectType type="Enumeration" value="Template"/>
      <TemplateAttribute>${name1('kp-template')}</TemplateAttribute>
      <Template>${algorithm1('ECDSA', 256)}${attribute1('Contact Information', 'TextString', 'template')}
      </Template>`
    expect((await bench.ask('1.2', 'Register', template)).status).toBe('Success')
    const named = `<Name><NameValue type="TextString" value="kp-template"/>
      <NameType type="Enumeration" value="UninterpretedTextString"/></Name>`
    const made = await bench.ask(
      '1.2',
      'CreateKeyPair',
      pairOf1(named, attribute1('Contact Information', 'TextString', 'request')),
    )
    const { privateKey, publicKey } = pairIn(made)
    const contactOf = async (identifier: string) =>
      textOf(find(await attributesOf(bench, identifier), Tag.ContactInformation))
    expect([await contactOf(privateKey), await contactOf(publicKey)]).toEqual([
      'request',
      'template',
    ])
  })

  test('that both halves have alike may be said of one of them (1.4 table 168)', async () => {
    const payload = `<PrivateKeyAttributes>${algorithm2('EC')}${curve2('SECP256K1')}
      </PrivateKeyAttributes>`
    const { publicKey } = await createPair(bench, payload)
    const attributes = await attributesOf(bench, publicKey)
    expect(numberIn(attributes, Tag.RecommendedCurve)).toBe(RecommendedCurve.SECP256K1)
  })
})

describe('in a batch', () => {
  test('the private key becomes the ID Placeholder (1.4 section 4.2)', async () => {
    const answer = await bench.send('1.4', [
      { operation: 'CreateKeyPair', payload: pairOf1(algorithm1('ECDSA', 256)), id: '01' },
      { operation: 'Activate', id: '02' },
    ])
    const [created, activated] = answer.items
    if (created === undefined) throw new TypeError('nothing came back')
    expect(textOf(find(activated?.payload, Tag.UniqueIdentifier))).toBe(pairIn(created).privateKey)
  })

  test('each half can be named by the operation that made it (2.1 section 4.58)', async () => {
    const named = (value: string) => ({
      operation: 'Activate',
      payload: `<UniqueIdentifier type="Enumeration" value="${value}"/>`,
    })
    const answer = await bench.send('2.1', [
      { operation: 'CreateKeyPair', payload: QUICK2 },
      named('CreateKeyPairPublicKey'),
      named('CreateKeyPairPrivateKey'),
    ])
    const [created, ...activated] = answer.items
    if (created === undefined) throw new TypeError('nothing came back')
    const { privateKey, publicKey } = pairIn(created)
    expect(activated.map(({ payload }) => textOf(find(payload, Tag.UniqueIdentifier)))).toEqual([
      publicKey,
      privateKey,
    ])
  })

  test('that is undone leaves neither half behind (1.4 section 4.2)', async () => {
    const before = await bench.dump()
    const header = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const items = [
      { operation: 'CreateKeyPair', payload: QUICK2 },
      { operation: 'Get', payload: uid('none') },
    ]
    const answer = await bench.send('2.1', items, { header })
    expect(answer.items.map(({ status }) => status)).toEqual(['OperationUndone', 'OperationFailed'])
    expect(await bench.dump()).toEqual(before)
  })
})
