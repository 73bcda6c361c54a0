import { expect, test } from 'vitest'
import { ASKER, HERE, POLICY, RELATIONS, type Relation } from './cases.ts'
import { Oracle, type Fate, type PlainIdentity, type PlainObject } from './oracle.ts'
import { registration, Stage, uidText, type Kind, type Made } from './stage.ts'

const DENIED_OBJECT = '12 The client may not do this with the object'
const MISSING = 'ffffffff-0000-4000-8000-000000000000'
const ROLES = ['user', 'keeper'] as const
const oracle = new Oracle(POLICY)
const who = (role: string): PlainIdentity => ({ id: ASKER, role, namespace: HERE })
const OWN: Relation = { what: 'own', owner: ASKER }

async function place(stage: Stage, kind: Kind, relation: Relation): Promise<Made | undefined> {
  if (relation.isAbsent === true) return undefined
  const namespace = relation.namespace ?? HERE
  return stage.make(kind, { relation, namespace, state: 'Active' })
}

const enumeration = (name: string, value: string): string =>
  `<${name} type="Enumeration" value="${value}"/>`

const wrappedBy = (key: string): string => `<KeyWrappingSpecification>
  ${enumeration('WrappingMethod', 'Encrypt')}<EncryptionKeyInformation>${uidText(key)}
  <CryptographicParameters>${enumeration('BlockCipherMode', 'NISTKeyWrap')}</CryptographicParameters>
  </EncryptionKeyInformation></KeyWrappingSpecification>`

const derivation = (key: string): string => `${enumeration('ObjectType', 'SymmetricKey')}
  ${uidText(key)}${enumeration('DerivationMethod', 'HMAC')}
  <DerivationParameters><CryptographicParameters>
  ${enumeration('HashingAlgorithm', 'SHA_256')}</CryptographicParameters>
  <DerivationData type="ByteString" value="00"/></DerivationParameters>
  <Attributes>${enumeration('CryptographicAlgorithm', 'AES')}
  <CryptographicLength type="Integer" value="128"/>
  <CryptographicUsageMask type="Integer" value="Encrypt"/></Attributes>`

/** What the client is told, where everything else about the request is in order. */
function expected(fate: Fate, absent: string): string {
  if (fate === 'allowed') return 'done'
  return fate === 'refused' ? DENIED_OBJECT : absent
}

test.each(ROLES)('what wraps is asked for as Encrypt, for %s', async (role) => {
  const stage = await Stage.open()
  const asker = who(role)
  const key = await place(stage, 'symmetric', OWN)
  const get = async (wrapping: string): Promise<string> => {
    const payload = uidText(key?.id ?? '') + wrappedBy(wrapping)
    return (await stage.ask(asker, 'Get', { payload })).outcome
  }
  const absent = await get(MISSING)
  const told: string[] = []
  for (const relation of RELATIONS) {
    const wrapping = await place(stage, 'wrapping', relation)
    const fate = wrapping ? oracle.decide(asker, 'Encrypt', wrapping.object) : 'hidden'
    const outcome = await get(wrapping?.id ?? MISSING)
    expect([relation.what, outcome]).toEqual([relation.what, expected(fate, absent)])
    told.push(outcome)
  }
  expect(new Set(told)).toEqual(new Set(['done', DENIED_OBJECT, absent]))
})

test.each(ROLES)('what a key is derived from is asked for as Derive Key, for %s', async (role) => {
  const stage = await Stage.open()
  const asker = who(role)
  const derive = async (key: string): Promise<string> =>
    (await stage.ask(asker, 'DeriveKey', { payload: derivation(key) })).outcome
  const absent = await derive(MISSING)
  const told: string[] = []
  for (const relation of RELATIONS) {
    const base = await place(stage, 'derivation', relation)
    const fate = base ? oracle.decide(asker, 'DeriveKey', base.object) : 'hidden'
    const outcome = await derive(base?.id ?? MISSING)
    expect([relation.what, outcome]).toEqual([relation.what, expected(fate, absent)])
    told.push(outcome)
  }
  expect(new Set(told)).toEqual(new Set(['done', DENIED_OBJECT, absent]))
})

const KINDS: Readonly<Record<'symmetric' | 'private', Pick<PlainObject, 'type' | 'usage'>>> = {
  symmetric: { type: 'SymmetricKey', usage: ['Encrypt', 'Decrypt', 'MACGenerate', 'MACVerify'] },
  private: { type: 'PrivateKey', usage: ['Sign'] },
}

test.each(ROLES)('a new object is looked at as it will be, for %s', async (role) => {
  const stage = await Stage.open()
  const asker = who(role)
  const told: string[] = []
  for (const kind of ['symmetric', 'private'] as const) {
    for (const [at, { what, name = 'x-', groups = [], policyName }] of RELATIONS.entries()) {
      const called = `${name}${kind}-${String(at)}`
      const relation: Relation = {
        ...{ what, owner: ASKER, groups },
        ...(policyName === undefined ? {} : { policyName }),
      }
      const payload = registration(kind, called, relation)
      const object: PlainObject = {
        ...{ owner: ASKER, namespace: HERE, names: [called], groups },
        ...KINDS[kind],
        ...(policyName === undefined ? {} : { policyName }),
      }
      const { outcome } = await stage.ask(asker, 'Register', { payload, version: '1.4' })
      const isAllowed = oracle.decide(asker, 'Register', object) === 'allowed'
      expect([kind, what, outcome]).toEqual([kind, what, isAllowed ? 'done' : DENIED_OBJECT])
      told.push(outcome)
    }
  }
  expect(new Set(told)).toEqual(new Set(['done', DENIED_OBJECT]))
})

const GROUPS = ['g-held', 'g-denied', 'g-all', 'g-see', 'g-other', 'of no statement']

test.each(ROLES)(
  'a changed object is looked at as it was and as it will be, for %s',
  async (role) => {
    const stage = await Stage.open()
    const asker = who(role)
    const told: string[] = []
    for (const from of GROUPS) {
      for (const to of GROUPS.filter((group) => group !== from)) {
        const made = await place(stage, 'symmetric', { ...OWN, groups: [from] })
        if (made === undefined) throw new TypeError('nothing was made')
        const payload = `${uidText(made.id)}
        <NewAttribute><ObjectGroup type="TextString" value="${to}"/></NewAttribute>`
        const { outcome } = await stage.ask(asker, 'AddAttribute', { payload })
        const after = { ...made.object, groups: [from, to] }
        const was = oracle.decide(asker, 'AddAttribute', made.object)
        const willBe = oracle.decide(asker, 'AddAttribute', after)
        const hidden = (
          await stage.ask(asker, 'AddAttribute', { payload: payload.replace(made.id, MISSING) })
        ).outcome
        const wanted =
          was === 'allowed' && willBe !== 'allowed' ? DENIED_OBJECT : expected(was, hidden)
        expect([from, to, outcome]).toEqual([from, to, wanted])
        told.push(outcome)
      }
    }
    expect(told).toContain('done')
    expect(told).toContain(DENIED_OBJECT)
  },
)
