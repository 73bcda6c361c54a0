import { beforeAll, describe, expect, test } from 'vitest'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { RNGAlgorithm } from '../../src/spec/enum/rng-algorithm.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import {
  ACTIVE,
  AES2,
  bits2,
  data,
  derivation2,
  hash,
  iv,
  registerHalf,
  registerKey,
  registerSecret,
  salt,
  type Derivation,
} from './derive-key.fixture.ts'
import { Bench, find, identifierOf, textOf, uid } from './harness.ts'
import {
  algorithm2,
  attributesOf,
  bytesIn,
  createPair,
  curve2,
  linksIn,
  mask2,
  numberIn,
} from './key-pair.fixture.ts'

const KEY = '000102030405060708090a0b0c0d0e0f'
const FIXED = Buffer.from('label\0context').toString('hex')
const hex = (text: string): string => Buffer.from(text).toString('hex')
const mode = (name: string): string => `<BlockCipherMode type="Enumeration" value="${name}"/>`

let bench: Bench
let key: string
let hmacKey: string

beforeAll(async () => {
  bench = await Bench.open()
  key = await registerKey(bench, { material: KEY })
  hmacKey = await registerKey(bench, { material: KEY, algorithm: 'HMAC_SHA256' })
})

async function derive(derivation: Derivation): Promise<string> {
  return identifierOf(await bench.ask('2.1', 'DeriveKey', derivation2(derivation)))
}

async function materialOf(identifier: string): Promise<string> {
  const { payload } = await bench.ask('2.1', 'Get', uid(identifier))
  return Buffer.from(bytesIn(payload, Tag.KeyMaterial)).toString('hex')
}

/** The first bytes of a secret that is derived. */
async function secretOf(derivation: Omit<Derivation, 'attributes'>, bits: number): Promise<string> {
  const attributes = bits2(bits)
  return materialOf(await derive({ ...derivation, type: 'SecretData', attributes }))
}

// Expectations by Python's hashlib and hmac, and for all but two also by `openssl kdf` (3.0) and `openssl enc`.
describe('a key is derived by', () => {
  test('HASH over the key', async () => {
    expect(
      await secretOf({ from: [key], method: 'HASH', cryptographic: hash('SHA_256') }, 256),
    ).toBe('be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991')
  })

  test('HMAC over Derivation Data, with the hash of the parameters for a key that has none', async () => {
    const derivation = {
      from: [key],
      method: 'HMAC',
      cryptographic: hash('SHA_512'),
      parameters: data('0102'),
    }
    expect(await secretOf(derivation, 256)).toBe(
      '53982e7f964ef69bae9d42ea80b08de6b6e7d3972c8399504b4f3056b5a5d3c2',
    )
  })

  test('HMAC with the hash of an HMAC key, whatever the parameters say (1.4 section 4.6)', async () => {
    const parameters = data(hex('derivation data'))
    const expected = '7a50107d186645e4f5f88bc7910de0cc'
    const plain = { from: [hmacKey], method: 'HMAC', parameters }
    expect(await secretOf(plain, 128)).toBe(expected)
    expect(await secretOf({ ...plain, cryptographic: hash('SHA_512') }, 128)).toBe(expected)
  })

  test('HMAC over Secret Data that is named behind the key (1.4 section 4.6)', async () => {
    const secret = await registerSecret(bench, { material: hex('derivation data') })
    expect(await secretOf({ from: [hmacKey, secret], method: 'HMAC' }, 128)).toBe(
      '7a50107d186645e4f5f88bc7910de0cc',
    )
  })

  test('ENCRYPT of Derivation Data in CBC', async () => {
    const text = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex')
    const derivation = {
      from: [key],
      method: 'ENCRYPT',
      cryptographic: mode('CBC'),
      parameters: iv('0f'.repeat(16)) + data(text),
    }
    expect(await secretOf(derivation, 256)).toBe(
      '20a9f992b44c5be8041ffcdc6cae996a9bacc67d049293ab5ca12e7985b468a1',
    )
  })

  test.each([
    [
      'NIST800_108_C',
      '',
      'c54e1eb4dc54b9cdcf41b7bed4f738e7eb284c2a1edec68bf0a77577a3d1560154b3423dd761d75c',
    ],
    [
      'NIST800_108_F',
      iv('a0a1a2a3'),
      '8dee945501a0154f29372b31c82c7944dca8746c7505f7059bd0a55b4ee56b9944f20fefb005e0d4',
    ],
    [
      'NIST800_108_DPI',
      '',
      '89ff340db85a56477c9a02c872859441084653ad437cdf71684b7e79dc6424dd494077a435a184ca',
    ],
  ])('%s over label and context (SP 800-108)', async (method, vector, expected) => {
    const derivation = { from: [hmacKey], method, parameters: vector + data(FIXED) }
    expect(await secretOf(derivation, 320)).toBe(expected)
  })

  test('PBKDF2 with the hash that is asked for', async () => {
    const password = await registerSecret(bench, { material: hex('correct horse') })
    const derivation = {
      from: [password],
      method: 'PBKDF2',
      cryptographic: hash('SHA_512'),
      parameters: salt(hex('saltsalt'), 1_000),
    }
    expect(await secretOf(derivation, 320)).toBe(
      'fac5120fc8f0e1ff27b3b9bd6fb923f0f7892def252573bc026d3d04b80eefd9124fd0ff2236b968',
    )
  })

  test('HKDF with SHA-256 unless another hash is said (2.1 section 7.12)', async () => {
    expect(await secretOf({ from: [key], method: 'HKDF' }, 128)).toBe(
      '4e24185f0cf7d7413ccbe2ba72d38dfc',
    )
    const derivation = {
      from: [key],
      method: 'HKDF',
      cryptographic: hash('SHA_384'),
      parameters: `${data(hex('info'))}<Salt type="ByteString" value="${hex('salt')}"/>`,
    }
    expect(await secretOf(derivation, 384)).toBe(
      '37ab70af0408496c1faed15197ef7cb6253cd24f303bb327e470f8fa359744ed420705932bd74006afafe0518e262fd2',
    )
  })

  test('the steps of AWS Signature Version 4, with the values of its own documentation', async () => {
    const material = hex('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')
    const from = [await registerSecret(bench, { material })]
    const parameters = ['20150830', 'us-east-1', 'iam'].map((part) => data(hex(part))).join('')
    expect(await secretOf({ from, method: 'AWSSignatureVersion4', parameters }, 256)).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    )
  })

  test('agreement of a private and a public key, in either order (RFC 5903 section 8.1)', async () => {
    const own = await registerHalf(
      bench,
      'PrivateKey',
      'c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433'.padStart(80, '0'),
    )
    const peer = await registerHalf(
      bench,
      'PublicKey',
      '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63' +
        '56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
    )
    const cryptographic = '<CryptographicAlgorithm type="Enumeration" value="ECDH"/>'
    const expected = 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de'
    for (const from of [
      [own, peer],
      [peer, own],
    ]) {
      expect(await secretOf({ from, method: 'AsymmetricKey', cryptographic }, 256)).toBe(expected)
    }
    expect(await secretOf({ from: [own, peer], method: 'AsymmetricKey' }, 128)).toBe(
      expected.slice(0, 32),
    )
  })

  test.each(['CURVE25519', 'CURVE448', 'SECP521R1_OF_NIST'])(
    'agreement on %s, the same on both sides',
    async (name) => {
      const curve = curve2(name === 'SECP521R1_OF_NIST' ? 'P_521' : name)
      const both = mask2('DeriveKey') + ACTIVE
      const payload = `<CommonAttributes>${algorithm2('ECDH')}${curve}${both}</CommonAttributes>`
      const [alice, bob] = [await createPair(bench, payload), await createPair(bench, payload)]
      const method = 'AsymmetricKey'
      const ours = await secretOf({ from: [alice.privateKey, bob.publicKey], method }, 256)
      expect(await secretOf({ from: [bob.privateKey, alice.publicKey], method }, 256)).toBe(ours)
    },
  )
})

describe('a key that was derived', () => {
  const method = 'HMAC'
  const parameters = data('0102')

  test('links to what it was derived from, and that to it (1.4 section 4.6)', async () => {
    const secret = await registerSecret(bench, { material: '00' })
    const base = await registerKey(bench, { material: KEY, algorithm: 'HMAC_SHA256' })
    const made = await derive({ from: [base, secret], method, attributes: AES2 })
    const { DerivationBaseObjectLink, DerivedKeyLink } = LinkType
    expect(linksIn(await attributesOf(bench, made))).toEqual([
      [DerivationBaseObjectLink, base],
      [DerivationBaseObjectLink, secret],
    ])
    expect(linksIn(await attributesOf(bench, base))).toEqual([[DerivedKeyLink, made]])
    expect(linksIn(await attributesOf(bench, secret))).toEqual([[DerivedKeyLink, made]])
  })

  test('is what the request says, made by no generator (1.4 section 3.44)', async () => {
    const attributes = AES2 + mask2('Encrypt') + ACTIVE
    const made = await derive({ from: [hmacKey], method, parameters, attributes })
    const shown = await attributesOf(bench, made)
    expect(numberIn(shown, Tag.ObjectType)).toBe(ObjectType.SymmetricKey)
    expect(numberIn(shown, Tag.RNGAlgorithm)).toBe(RNGAlgorithm.Unspecified)
    expect(await materialOf(made)).toHaveLength(32)
    const other = await derive({
      from: [hmacKey],
      method,
      parameters,
      type: 'SecretData',
      attributes: bits2(8),
    })
    expect(numberIn(await attributesOf(bench, other), Tag.ObjectType)).toBe(ObjectType.SecretData)
  })

  test('is as well protected as its bases are, whatever the request says', async () => {
    const protection = `<Sensitive type="Boolean" value="true"/>
      <Extractable type="Boolean" value="false"/>${ACTIVE}${mask2('DeriveKey')}`
    const base = await registerKey(bench, {
      material: KEY,
      algorithm: 'HMAC_SHA256',
      attributes: protection,
    })
    const attributes = `${AES2}<Sensitive type="Boolean" value="false"/>`
    const made = await derive({ from: [base], method, parameters, attributes })
    const shown = await attributesOf(bench, made)
    const flag = (tag: { readonly number: number }) => {
      const item = find(shown, tag)
      return item?.type === ItemType.Boolean ? item.value : undefined
    }
    expect([flag(Tag.Sensitive), flag(Tag.Extractable)]).toEqual([true, false])
  })

  test('takes the parameters of its base where the request has none (1.4 section 4.6)', async () => {
    const own = `<CryptographicParameters>${hash('SHA_256')}</CryptographicParameters>`
    const base = await registerKey(bench, {
      material: KEY,
      attributes: ACTIVE + mask2('DeriveKey') + own,
    })
    expect(await secretOf({ from: [base], method: 'HASH' }, 32)).toBe('be45cb26')
  })

  test('may come of a base that is kept wrapped, which stays so (RFC 3394 section 4.1)', async () => {
    const attributes = ACTIVE + mask2('WrapKey UnwrapKey')
    const kek = await registerKey(bench, { material: KEY, attributes })
    const wrapped = '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'
    const payload = `<ObjectType type="Enumeration" value="SymmetricKey"/>
      <Attributes>${ACTIVE}${mask2('DeriveKey')}</Attributes><SymmetricKey><KeyBlock>
      <KeyFormatType type="Enumeration" value="Raw"/>
      <KeyValue type="ByteString" value="${wrapped}"/>${AES2}<KeyWrappingData>
      <WrappingMethod type="Enumeration" value="Encrypt"/><EncryptionKeyInformation>
      <UniqueIdentifier type="TextString" value="${kek}"/><CryptographicParameters>
      ${mode('NISTKeyWrap')}</CryptographicParameters></EncryptionKeyInformation>
      <EncodingOption type="Enumeration" value="NoEncoding"/></KeyWrappingData>
      </KeyBlock></SymmetricKey>`
    const base = identifierOf(await bench.ask('2.1', 'Register', payload))
    const derivation = { from: [base], method: 'HASH', cryptographic: hash('SHA_256') }
    expect(await secretOf(derivation, 128)).toBe('a8faed6abbf35c12a4b26e40f6feb19d')
    const { payload: kept } = await bench.ask('2.1', 'Get', uid(base))
    expect(Buffer.from(bytesIn(kept, Tag.KeyValue)).toString('hex')).toBe(wrapped)
  })

  test('becomes the ID Placeholder (1.4 section 4.6)', async () => {
    const derivation = derivation2({ from: [hmacKey], method, parameters, attributes: AES2 })
    const { items } = await bench.send('2.1', [
      { operation: 'DeriveKey', payload: derivation },
      { operation: 'Activate' },
    ])
    const named = items.map(({ payload }) => textOf(find(payload, Tag.UniqueIdentifier)))
    expect(named[1]).toBe(named[0])
  })

  test('and others of one base at the same time are all linked', async () => {
    const base = await registerKey(bench, { material: KEY, algorithm: 'HMAC_SHA256' })
    const derivation = { from: [base], method, parameters, attributes: AES2 }
    const made = await Promise.all(Array.from({ length: 5 }, async () => derive(derivation)))
    const links = linksIn(await attributesOf(bench, base)).map(([, to]) => to)
    expect([...links].sort()).toEqual([...made].sort())
  })
})
