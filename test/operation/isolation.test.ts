import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { attribute1, Bench, createAes, findAll, name2, uid } from './harness.ts'
import { MISSING } from './refusal-case.ts'

const HEX = '<Data type="ByteString" value="00112233445566778899aabbccddeeff"/>'
const REASON = `<RevocationReason><RevocationReasonCode type="Enumeration"
  value="CessationOfOperation"/></RevocationReason>`
const COMMENT = '<Comment type="TextString" value="x"/>'
const REFERENCE = '<AttributeReference type="Enumeration" value="Comment"/>'
const COUNT = '<UsageLimitsCount type="LongInteger" value="1"/>'
const PRIVATE = (id: string) => `<PrivateKeyUniqueIdentifier type="TextString" value="${id}"/>`
const DERIVED = `<DerivationMethod type="Enumeration" value="HMAC"/><DerivationParameters>
  <CryptographicParameters><HashingAlgorithm type="Enumeration" value="SHA_256"/>
  </CryptographicParameters>${HEX.replaceAll('Data', 'DerivationData')}</DerivationParameters>
  <Attributes><CryptographicLength type="Integer" value="128"/></Attributes>`
const SECRET = '<ObjectType type="Enumeration" value="SecretData"/>'
const SPLIT = `<SplitKeyParts type="Integer" value="3"/>
  <SplitKeyThreshold type="Integer" value="2"/>
  <SplitKeyMethod type="Enumeration" value="XOR"/>`
const MASK = '<CryptographicUsageMask type="Integer" value="Encrypt"/>'

/** Requests that are about an object, of whoever's it is said to be. */
const ASKED: Readonly<Record<string, (id: string) => string>> = {
  Get: uid,
  GetAttributes: uid,
  GetAttributeList: uid,
  Check: uid,
  ObtainLease: uid,
  Export: uid,
  Validate: uid,
  Activate: uid,
  Revoke: (id) => uid(id) + REASON,
  Destroy: uid,
  Archive: uid,
  Recover: uid,
  AddAttribute: (id) => `${uid(id)}<NewAttribute>${COMMENT}</NewAttribute>`,
  ModifyAttribute: (id) => `${uid(id)}<NewAttribute>${COMMENT}</NewAttribute>`,
  SetAttribute: (id) => `${uid(id)}<NewAttribute>${COMMENT}</NewAttribute>`,
  DeleteAttribute: (id) => uid(id) + REFERENCE,
  GetUsageAllocation: (id) => uid(id) + COUNT,
  Encrypt: (id) => uid(id) + HEX,
  Decrypt: (id) => uid(id) + HEX,
  Sign: (id) => uid(id) + HEX,
  SignatureVerify: (id) => uid(id) + HEX + HEX.replaceAll('Data', 'SignatureData'),
  MAC: (id) => uid(id) + HEX,
  MACVerify: (id) => uid(id) + HEX + HEX.replaceAll('Data', 'MACData'),
  ReKey: uid,
  ReKeyKeyPair: PRIVATE,
  DeriveKey: (id) => `<ObjectType type="Enumeration" value="SymmetricKey"/>${uid(id)}${DERIVED}`,
  Certify: uid,
  ReCertify: uid,
  CreateSplitKey: (id) =>
    `<ObjectType type="Enumeration" value="SplitKey"/>${uid(id)}${SPLIT}<Attributes>${MASK}</Attributes>`,
  JoinSplitKey: (id) => `<ObjectType type="Enumeration" value="SymmetricKey"/>${uid(id)}${uid(id)}`,
  'Get wrapped': (id) => `<KeyWrappingSpecification>
    <WrappingMethod type="Enumeration" value="Encrypt"/><EncryptionKeyInformation>${uid(id)}
    <CryptographicParameters><BlockCipherMode type="Enumeration" value="NISTKeyWrap"/>
    </CryptographicParameters></EncryptionKeyInformation></KeyWrappingSpecification>`,
  'Register linked': (id) => `${SECRET}<Attributes>${MASK}<Link>
    <LinkType type="Enumeration" value="ParentLink"/>
    <LinkedObjectIdentifier type="TextString" value="${id}"/></Link></Attributes><SecretData>
    <SecretDataType type="Enumeration" value="Password"/><KeyBlock>
    <KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
    <KeyMaterial type="ByteString" value="7a"/></KeyValue></KeyBlock></SecretData>`,
}

/** Whose object it is, and who asks. */
const PAIRS = [
  ['ann@red', 'bob@blue'],
  ['ann@red', 'bob'],
  ['ann', 'bob@blue'],
  ['ann', 'bob'],
  ['ann@red', 'ann'],
  ['ann', 'ann@red'],
  // Of one namespace, where the policy lets a client see its own objects alone.
  ['ann@red', 'bob@red'],
] as const

describe.each(PAIRS)('an object of %s is not there for %s', (theirs, who) => {
  let bench: Bench
  let theirKey = ''
  let ownKey = ''

  beforeAll(async () => {
    bench = await Bench.open()
    theirKey = await bench.createKey(name2('theirs'), theirs)
    ownKey = await bench.createKey('', who)
  })

  test.each(Object.keys(ASKED))('in %s', async (key) => {
    const [operation = ''] = key.split(' ')
    const before = await bench.dump()
    const answerTo = async (id: string) => {
      const rest = ASKED[key]?.(id) ?? ''
      const payload = key === 'Get wrapped' ? uid(ownKey) + rest : rest
      const { bytes, items } = await bench.send('2.1', [{ operation, payload }], {}, who)
      const text = Buffer.from(bytes).toString('latin1')
      return { text: text.replaceAll(id, 'X'), item: items[0] }
    }
    const missing = await answerTo(MISSING)
    const foreign = await answerTo(theirKey)
    expect(foreign.item?.message).toBe(missing.item?.message)
    if (key === 'Register linked') return
    expect(missing.item?.reason).toMatch(/NotFound$/)
    expect(foreign.text).toBe(missing.text)
    expect(await bench.dump()).toEqual(before)
  })

  test('in Locate, by whatever it is looked for', async () => {
    const filters = [
      '',
      `<Attributes>${name2('theirs')}</Attributes>`,
      `<Attributes>${uid(theirKey)}</Attributes>`,
      '<Attributes><CryptographicAlgorithm type="Enumeration" value="AES"/></Attributes>',
      '<Attributes><State type="Enumeration" value="PreActive"/></Attributes>',
      '<MaximumItems type="Integer" value="1"/>',
    ]
    for (const filter of filters) {
      const { payload } = await bench.ask('2.1', 'Locate', filter, who)
      const found = findAll(payload, Tag.UniqueIdentifier).map(({ value }) => value)
      const texts = found.map((value) => Buffer.from(value as Uint8Array).toString())
      expect(texts).not.toContain(theirKey)
    }
    const named = attribute1('Unique Identifier', 'TextString', theirKey)
    const { payload } = await bench.ask('1.4', 'Locate', named, who)
    expect(findAll(payload, Tag.UniqueIdentifier)).toEqual([])
  })
})

/** Different clients of different tenants. */
const APART = PAIRS.slice(0, 4)

describe.each(APART)('what %s has does not keep %s from', (theirs, who) => {
  test('a name, or a rule for new objects', async () => {
    const bench = await Bench.open()
    await bench.createKey(name2('n'), theirs)
    const constraints = `<Constraints><Constraint><ObjectTypes>
      <ObjectType type="Enumeration" value="SymmetricKey"/></ObjectTypes><Attributes>
      <CryptographicLength type="Integer" value="256"/></Attributes></Constraint></Constraints>`
    await bench.ask('2.1', 'SetConstraints', constraints, theirs)
    const made = await bench.ask('2.1', 'Create', createAes(name2('n')), who)
    expect(made.status).toBe('Success')
    const rules = await bench.ask('2.1', 'GetConstraints', '', who)
    expect(findAll(rules.payload, Tag.CryptographicLength)).toEqual([])
  })

  test('an identifier of its choice', async () => {
    const bench = await Bench.open()
    const id = await bench.createKey('', theirs)
    const import2 = (identifier: string) => `${uid(identifier)}${SECRET}<Attributes>${MASK}
      </Attributes><SecretData><SecretDataType type="Enumeration" value="Password"/><KeyBlock>
      <KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
      <KeyMaterial type="ByteString" value="7a"/></KeyValue></KeyBlock></SecretData>`
    const answers = []
    for (const identifier of [id, MISSING]) {
      const payload = import2(identifier)
      const { bytes } = await bench.send('2.1', [{ operation: 'Import', payload }], {}, who)
      answers.push(Buffer.from(bytes).toString('latin1').replaceAll(identifier, 'X'))
    }
    expect(answers[0]).toBe(answers[1])
    const own = await bench.ask('2.1', 'Get', uid(id), who)
    expect(findAll(own.payload, Tag.KeyMaterial)).toHaveLength(1)
    const again = await bench.ask('2.1', 'Import', import2(id), who)
    expect(again.reason).toBe('ObjectAlreadyExists')
    expect((await bench.ask('2.1', 'Destroy', uid(id), who)).status).toBe('Success')
    expect((await bench.ask('2.1', 'Get', uid(id), theirs)).status).toBe('Success')
  })
})
