import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nodePkcs12 } from '../../../src/adapter/pkcs12/index.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Bench, find, identifierOf, uid } from '../harness.ts'
import { MISSING } from '../refusal-case.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
const ACTIVE = '<ActivationDate type="DateTime" value="2001-01-01T00:00:00Z"/>'

const link = (type: string, to: string): string =>
  `<Link><LinkType type="Enumeration" value="${type}"/>
   <LinkedObjectIdentifier type="TextString" value="${to}"/></Link>`
const password = (attributes = ACTIVE, type = 'Password'): string =>
  `<ObjectType type="Enumeration" value="SecretData"/><Attributes>${attributes}</Attributes>
   <SecretData><SecretDataType type="Enumeration" value="${type}"/><KeyBlock>
   <KeyFormatType type="Enumeration" value="Opaque"/><KeyValue>
   <KeyMaterial type="ByteString" value="70617373"/></KeyValue></KeyBlock></SecretData>`
const key = (attributes: string, value: string): string =>
  `<ObjectType type="Enumeration" value="PrivateKey"/><Attributes>
   <CryptographicUsageMask type="Integer" value="Sign"/>${attributes}</Attributes><PrivateKey>
   <KeyBlock><KeyFormatType type="Enumeration" value="PKCS_12"/>
   <KeyValue type="ByteString" value="${value}"/></KeyBlock></PrivateKey>`

describe('a private key as PKCS#12', () => {
  let bench: Bench
  let container: string
  let held: string

  beforeAll(async () => {
    const store = { privateKey: Secret.copyOf(pkcs8), certificates: [] }
    const bytes = await nodePkcs12.write(store, Secret.copyOf(Buffer.from('pass')))
    container = bytes.expose((view) => Buffer.from(view).toString('hex'))
  })
  beforeEach(async () => {
    bench = await Bench.open()
    held = identifierOf(await bench.ask('2.1', 'Register', password()))
  })

  async function refusal(attributes: string, value = container): Promise<unknown> {
    const before = await bench.dump()
    const { reason } = await bench.ask('2.1', 'Register', key(attributes, value))
    expect(await bench.dump()).toEqual(before)
    return reason
  }

  test('is kept as PKCS#8 and given back in a container that the same password opens', async () => {
    const made = await bench.ask(
      '2.1',
      'Register',
      key(link('PKCS_12PasswordLink', held), container),
    )
    const identifier = identifierOf(made)
    const plain = await bench.ask('2.1', 'Get', uid(identifier))
    const material = find(plain.payload, Tag.KeyMaterial)
    const bytes = material?.type === ItemType.ByteString ? material.value : new Uint8Array(0)
    expect(
      createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }).equals(
        privateKey,
      ),
    ).toBe(true)
    const packed = await bench.ask(
      '2.1',
      'Get',
      `${uid(identifier)}<KeyFormatType type="Enumeration" value="PKCS_12"/>`,
    )
    const value = find(packed.payload, Tag.KeyValue)
    const given = Secret.copyOf(value?.type === ItemType.ByteString ? value.value : pkcs8)
    const opened = await nodePkcs12.read(given, Secret.copyOf(Buffer.from('pass')))
    expect(opened.friendlyName).toBe('alias')
    expect(opened.privateKey.equals(Secret.copyOf(bytes))).toBe(true)
  })

  test('needs one link to a password (KMIP 1.4 section 11.4, KMIP 2.1 section 11.46)', async () => {
    const wrong = identifierOf(await bench.ask('2.1', 'Register', password(ACTIVE, 'Seed')))
    const other = await bench.createKey()
    const to = (identifier: string) => link('PKCS_12PasswordLink', identifier)
    expect(await refusal('')).toBe('BadPassword')
    expect(await refusal(to(held) + to(wrong))).toBe('BadPassword')
    expect(await refusal(to(wrong))).toBe('BadPassword')
    expect(await refusal(to(other))).toBe('BadPassword')
    expect(await refusal(to(MISSING))).toBe('BadPassword')
    expect(await refusal(link('CertificateLink', held))).toBe('BadPassword')
  })

  test('needs a password that may be used', async () => {
    const sleeping = identifierOf(await bench.ask('2.1', 'Register', password('')))
    expect(await refusal(link('PKCS_12PasswordLink', sleeping))).toBe('BadPassword')
  })

  test('needs the right password and a container, and tells no more of either', async () => {
    const good = link('PKCS_12PasswordLink', held)
    const wrong = Secret.copyOf(Buffer.from('other'))
    const store = { privateKey: Secret.copyOf(pkcs8), certificates: [] }
    const foreign = await nodePkcs12.write(store, wrong)
    const hex = foreign.expose((view) => Buffer.from(view).toString('hex'))
    expect(await refusal(good, hex)).toBe('CryptographicFailure')
    expect(await refusal(good, '3000')).toBe('InvalidField')
    expect(await refusal(good, container.slice(0, -2))).toBe('InvalidField')
    const name = '<PKCS_12FriendlyName type="TextString" value="nobody"/>'
    expect(await refusal(good + name)).toBe('InvalidField')
  })

  test('is not to be had of what has no password, is sensitive or is no private key', async () => {
    const wanted = '<KeyFormatType type="Enumeration" value="PKCS_12"/>'
    const registered = async (attributes: string): Promise<string> =>
      identifierOf(await bench.ask('2.1', 'Register', key(attributes, container)))
    const sensitive = await registered(
      `${link('PKCS_12PasswordLink', held)}<Sensitive type="Boolean" value="true"/>`,
    )
    const loose = await registered(link('PKCS_12PasswordLink', held))
    const reference = '<AttributeReference type="Enumeration" value="Link"/>'
    await bench.ask('2.1', 'DeleteAttribute', uid(loose) + reference)
    const reasonOf = async (identifier: string) =>
      (await bench.ask('2.1', 'Get', uid(identifier) + wanted)).reason
    expect(await reasonOf(sensitive)).toBe('Sensitive')
    expect(await reasonOf(loose)).toBe('BadPassword')
    expect(await reasonOf(await bench.createKey())).toBe('KeyFormatTypeNotSupported')
  })

  test('costs a client one of its places for slow work, to be opened and to be written', async () => {
    const narrow = await Bench.open({ policy: { slowWorkPerClient: 1 } })
    const secret = identifierOf(await narrow.ask('2.1', 'Register', password()))
    const asking = key(link('PKCS_12PasswordLink', secret), container)
    const brought = await Promise.all([
      narrow.ask('2.1', 'Register', asking),
      narrow.ask('2.1', 'Register', asking),
    ])
    expect(brought.map(({ reason }) => reason)).toEqual([undefined, 'ServerLimitExceeded'])
    const wanted = `${uid(identifierOf(brought[0]))}
      <KeyFormatType type="Enumeration" value="PKCS_12"/>`
    const given = await Promise.all([
      narrow.ask('2.1', 'Get', wanted),
      narrow.ask('2.1', 'Get', wanted),
    ])
    expect(given.map(({ reason }) => reason)).toEqual([undefined, 'ServerLimitExceeded'])
  })

  test('leaves out a chain that is not one (KMIP 1.4 section 4.11)', async () => {
    const own = link('PKCS_12PasswordLink', held)
    const other = await bench.createKey()
    const identifier = identifierOf(
      await bench.ask('2.1', 'Register', key(own + link('CertificateLink', other), container)),
    )
    const { reason } = await bench.ask(
      '2.1',
      'Get',
      `${uid(identifier)}<KeyFormatType type="Enumeration" value="PKCS_12"/>`,
    )
    expect(reason).toBe('InvalidField')
  })
})
