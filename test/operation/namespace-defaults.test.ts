import { beforeEach, expect, test } from 'vitest'
import { defaultsOfXml, xmlOfDefaults } from '../../src/message/creation-rules.ts'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, find, findAll, identifierOf, textOf, uid } from './harness.ts'

const SHARED = `<DefaultsInformation><ObjectDefaults>
  <ObjectType type="Enumeration" value="SymmetricKey"/>
  <Attributes><CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="256"/>
    <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>
    <Sensitive type="Boolean" value="true"/>
    <Comment type="TextString" value="of the namespace"/></Attributes>
</ObjectDefaults></DefaultsInformation>`

const OWN = `<DefaultsInformation><ObjectDefaults>
  <ObjectType type="Enumeration" value="SymmetricKey"/>
  <Attributes><CryptographicLength type="Integer" value="192"/></Attributes>
</ObjectDefaults></DefaultsInformation>`

let bench: Bench
let shared = defaultsOfXml(SHARED)

beforeEach(async () => {
  shared = defaultsOfXml(SHARED)
  bench = await Bench.open({ defaultsOf: (tenant) => (tenant === 'red' ? shared : []) })
})

async function create(attributes: string, as: string) {
  const payload = `<ObjectType type="Enumeration" value="SymmetricKey"/>
    <Attributes>${attributes}</Attributes>`
  return bench.ask('2.1', 'Create', payload, as)
}

async function factsOf(identifier: string, as: string): Promise<readonly unknown[]> {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(identifier), as)
  const length = find(payload, Tag.CryptographicLength)
  const sensitive = find(payload, Tag.Sensitive)
  return [
    length !== undefined && 'value' in length ? length.value : undefined,
    sensitive !== undefined && 'value' in sensitive ? sensitive.value : undefined,
    textOf(find(payload, Tag.Comment)),
  ]
}

test('[KMIP 2.1 7.22] what a request does not say is as it is laid down for the namespace', async () => {
  const bare = identifierOf(await create('', 'alice@red'))
  expect(await factsOf(bare, 'alice@red')).toEqual([256, true, 'of the namespace'])
  const said = `<CryptographicLength type="Integer" value="128"/>
    <Sensitive type="Boolean" value="false"/>`
  const spoken = identifierOf(await create(said, 'bob@red'))
  expect(await factsOf(spoken, 'bob@red')).toEqual([128, false, 'of the namespace'])
})

test('nobody outside of the namespace has anything of it', async () => {
  for (const client of ['alice', 'alice@blue']) {
    expect(await create('', client)).toMatchObject({ reason: 'InvalidAttributeValue' })
    const { payload } = await bench.ask('2.1', 'Query', DEFAULTS, client)
    expect(find(payload, Tag.DefaultsInformation)).toBeUndefined()
  }
})

const DEFAULTS = '<QueryFunction type="Enumeration" value="QueryDefaultsInformation"/>'

test('what a client has laid down itself goes before, and is all that it can take back', async () => {
  await bench.ask('2.1', 'SetDefaults', OWN, 'alice@red')
  const own = identifierOf(await create('', 'alice@red'))
  expect(await factsOf(own, 'alice@red')).toEqual([192, true, 'of the namespace'])
  const other = identifierOf(await create('', 'bob@red'))
  expect(await factsOf(other, 'bob@red')).toEqual([256, true, 'of the namespace'])
  expect(await bench.ask('2.1', 'SetDefaults', '', 'alice@red')).toMatchObject({
    status: 'Success',
  })
  const again = identifierOf(await create('', 'alice@red'))
  expect(await factsOf(again, 'alice@red')).toEqual([256, true, 'of the namespace'])
})

test('Set Constraints does not make them the own ones of a client', async () => {
  await bench.ask('2.1', 'SetConstraints', '<Constraints/>', 'alice@red')
  shared = []
  expect(await create('', 'alice@red')).toMatchObject({ reason: 'InvalidAttributeValue' })
})

test('[KMIP 2.1 6.1.40] Query tells them beside those of the client', async () => {
  await bench.ask('2.1', 'SetDefaults', OWN, 'alice@red')
  const { payload } = await bench.ask('2.1', 'Query', DEFAULTS, 'alice@red')
  expect(findAll(payload, Tag.ObjectDefaults)).toHaveLength(2)
})

test('they are written as they are read', () => {
  expect(defaultsOfXml(xmlOfDefaults(shared))).toEqual(shared)
  expect(shared[0]?.entries).toHaveLength(5)
})
