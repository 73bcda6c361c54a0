import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES } from '../../../src/config/roles.ts'
import { CompiledPolicy } from '../../../src/model/permission/permission.ts'
import { EMPTY_POLICY } from '../../../src/model/permission/policy.ts'
import { PolicyInForce } from '../../../src/server/policy-in-force.ts'
import { HAS_OPENSSL } from '../../adapter/certificate/openssl.ts'
import { Authority, keyObject, OFFICER, X509 } from '../../operation/certificate/sample.ts'
import { derivation2, hash, registerKey } from '../../operation/derive-key.fixture.ts'
import {
  Bench,
  createAes,
  identifierOf,
  identifiersOf,
  name2,
  uid,
} from '../../operation/harness.ts'
import {
  ask,
  KEY,
  mode,
  NO_ENCODING,
  register,
  wrapper,
  wrapping,
} from '../../operation/wrapping/sample.ts'

/** The objects that the last entry names. */
function lastObjects(bench: Bench): readonly string[] {
  const { object } = bench.audit.entries.at(-1) ?? {}
  return typeof object === 'string' ? [object] : (object ?? [])
}

describe('the entry of an item names what it only used', () => {
  test('the key that Get wraps under', async () => {
    const bench = await Bench.open()
    const key = await register(bench, KEY)
    const kek = await wrapper(bench)
    const asked = wrapping({ encryption: [kek, mode('NISTKeyWrap')], rest: NO_ENCODING })
    await ask(bench, key, asked, '2.1')
    expect(new Set(lastObjects(bench))).toEqual(new Set([key, kek]))
  })

  test('the base of Derive Key and the parts of Join Split Key', async () => {
    const bench = await Bench.open()
    const base = await registerKey(bench, { material: '000102030405060708090a0b0c0d0e0f' })
    const derivation = { from: [base], method: 'HASH', cryptographic: hash('SHA_256') }
    const attributes = '<CryptographicLength type="Integer" value="256"/>'
    const asked = derivation2({ ...derivation, type: 'SecretData', attributes })
    const derived = identifierOf(await bench.ask('2.1', 'DeriveKey', asked))
    expect(lastObjects(bench)).toEqual([base, derived])
    const parts = identifiersOf(
      await bench.ask(
        '2.1',
        'CreateSplitKey',
        `<ObjectType type="Enumeration" value="SplitKey"/><SplitKeyParts type="Integer" value="3"/>
        <SplitKeyThreshold type="Integer" value="3"/>
        <SplitKeyMethod type="Enumeration" value="XOR"/><Attributes>
        <CryptographicAlgorithm type="Enumeration" value="AES"/>
        <CryptographicLength type="Integer" value="128"/>
        <CryptographicUsageMask type="Integer" value="Encrypt"/></Attributes>`,
      ),
    )
    expect(parts).toHaveLength(3)
    const type = '<ObjectType type="Enumeration" value="SymmetricKey"/>'
    const joining = type + parts.map(uid).join('')
    const joined = identifierOf(await bench.ask('2.1', 'JoinSplitKey', joining))
    expect(new Set(lastObjects(bench))).toEqual(new Set([...parts, joined]))
  })

  test.runIf(HAS_OPENSSL)('the key that Certify signs with', async () => {
    const authority = new Authority()
    try {
      const bench = await authority.bench()
      const located = await bench.ask('2.1', 'Locate', namedPrivateKey, OFFICER)
      const [issuing] = identifiersOf(located)
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const key = identifierOf(
        await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey, name2('a key'))),
      )
      const asked = `${uid(key)}<Attributes>${X509}</Attributes>`
      const certificate = identifierOf(await bench.ask('2.1', 'Certify', asked))
      expect(issuing).toBeDefined()
      expect(new Set(lastObjects(bench))).toEqual(new Set([key, issuing, certificate]))
    } finally {
      authority.openssl.remove()
    }
  })
})

test('an entry tells by which revision of the policy it was decided', async () => {
  const permissions = new PolicyInForce(new CompiledPolicy(EMPTY_POLICY, BUILT_IN_ROLES, 7))
  const bench = await Bench.open({ permissions })
  bench.audit.lines.length = 0
  await bench.ask('2.1', 'Create', createAes(name2('a')))
  expect(bench.audit.entries.map(({ kind, revision }) => [kind, revision])).toEqual([
    ['operation', '7'],
  ])
  permissions.replace(new CompiledPolicy(EMPTY_POLICY, BUILT_IN_ROLES))
  await bench.ask('2.1', 'Create', createAes(name2('a')))
  expect(bench.audit.entries.at(-1)?.revision).toBeUndefined()
})

const namedPrivateKey = `<Attributes><Name>
  <NameValue type="TextString" value="issuing key"/>
  <NameType type="Enumeration" value="UninterpretedTextString"/></Name></Attributes>`
