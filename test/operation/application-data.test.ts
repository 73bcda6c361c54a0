import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, createAes, find, findAll, identifierOf, textOf, uid } from './harness.ts'

const information = (namespace: string, data = '') => `<ApplicationSpecificInformation>
  <ApplicationNamespace type="TextString" value="${namespace}"/>${data}
  </ApplicationSpecificInformation>`
const attribute1 = (namespace: string) => `<Attribute>
  <AttributeName type="TextString" value="Application Specific Information"/><AttributeValue>
  <ApplicationNamespace type="TextString" value="${namespace}"/></AttributeValue></Attribute>`
const DATA = '<ApplicationData type="TextString" value="mine"/>'

async function dataOf(bench: Bench, key: string): Promise<readonly (string | undefined)[]> {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(key))
  return findAll(payload, Tag.ApplicationData).map(textOf)
}

describe('Application Data that a request leaves out (1.4 section 3.36)', () => {
  test('is made up in the namespaces of the server, and is no two objects’', async () => {
    const bench = await Bench.open({ policy: { applicationNamespaces: ['tape'] } })
    const [first, second] = [
      await bench.createKey(information('tape')),
      await bench.createKey(information('tape')),
    ]
    const data = [...(await dataOf(bench, first)), ...(await dataOf(bench, second))]
    expect(data.every((each) => each !== undefined && each !== '')).toBe(true)
    expect(new Set(data).size).toBe(2)
  })

  test('is made up when the attribute is added or changed later, and shown in 1.x', async () => {
    const bench = await Bench.open({ policy: { applicationNamespaces: ['tape'] } })
    const key = await bench.createKey()
    const added = await bench.ask('1.4', 'AddAttribute', uid(key) + attribute1('tape'))
    const shown = textOf(find(added.payload, Tag.ApplicationData))
    expect(await dataOf(bench, key)).toEqual([shown])
    const changed = await bench.ask('1.4', 'ModifyAttribute', uid(key) + attribute1('tape'))
    const next = textOf(find(changed.payload, Tag.ApplicationData))
    expect(next).not.toBe(shown)
    expect(await dataOf(bench, key)).toEqual([next])
  })

  test('is refused elsewhere, and nothing is stored', async () => {
    const bench = await Bench.open({ policy: { applicationNamespaces: ['tape'] } })
    const key = await bench.createKey()
    const before = await bench.dump()
    const created = await bench.ask('2.1', 'Create', createAes(information('disk')))
    const added = await bench.ask('1.4', 'AddAttribute', uid(key) + attribute1('disk'))
    const set = await bench.ask(
      '2.1',
      'SetAttribute',
      `${uid(key)}<NewAttribute>${information('disk')}</NewAttribute>`,
    )
    const reason = 'ApplicationNamespaceNotSupported'
    expect([created.reason, added.reason, set.reason]).toEqual([reason, reason, reason])
    expect(await bench.dump()).toEqual(before)
  })

  test('is never made up where a request has it, whatever the namespace', async () => {
    const bench = await Bench.open()
    const made = await bench.ask('2.1', 'Create', createAes(information('disk', DATA)))
    expect(await dataOf(bench, identifierOf(made))).toEqual(['mine'])
  })
})

test('Query lists the namespaces, and says what it is told to say (1.4 section 4.25)', async () => {
  const bench = await Bench.open({
    policy: {
      applicationNamespaces: ['tape', 'disk'],
      query: { capabilities: { attestationCapability: true } },
    },
  })
  const query = async (name: string) =>
    (await bench.ask('1.4', 'Query', `<QueryFunction type="Enumeration" value="${name}"/>`)).payload
  const names = findAll(await query('QueryApplicationNamespaces'), Tag.ApplicationNamespace)
  expect(names.map(textOf)).toEqual(['tape', 'disk'])
  const capabilities = await query('QueryCapabilities')
  expect(find(capabilities, Tag.AttestationCapability)).toMatchObject({ value: true })
  expect(find(capabilities, Tag.BatchUndoCapability)).toMatchObject({ value: true })
  expect(findAll(await query('QueryValidations'), Tag.ValidationInformation)).toEqual([])
})
