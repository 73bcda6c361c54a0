import { beforeEach, describe, expect, test } from 'vitest'
import { Bench, identifierOf, uid } from './harness.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

const key = (group: string) => `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
  <CryptographicAlgorithm type="Enumeration" value="AES"/>
  <CryptographicLength type="Integer" value="128"/>
  <CryptographicUsageMask type="Integer" value="Encrypt"/>
  <ObjectGroup type="TextString" value="${group}"/></Attributes>`

async function ask(groups: readonly string[], as = 'alice') {
  const list = groups.map((each) => `<ObjectGroup type="TextString" value="${each}"/>`).join('')
  const payload = `<QueryFunction type="Enumeration" value="QueryObjects"/><ObjectGroups>${list}</ObjectGroups>`
  const { status, reason } = await bench.ask('2.1', 'Query', payload, as)
  return [status, reason]
}

describe('Query for Object Groups (KMIP 2.1 section 6.1.40)', () => {
  test('is answered for groups that there are, and refused for any other', async () => {
    await bench.ask('2.1', 'Create', key('tapes'), 'alice')
    expect(await ask(['tapes', 'tapes'])).toEqual(['Success', undefined])
    expect(await ask([])).toEqual(['Success', undefined])
    expect(await ask(['tapes', 'disks'])).toEqual(['OperationFailed', 'UnknownObjectGroup'])
    expect(await ask(['Tapes'])).toEqual(['OperationFailed', 'UnknownObjectGroup'])
  })

  test("does not tell of another client's groups", async () => {
    await bench.ask('2.1', 'Create', key('tapes'), 'alice')
    expect(await ask(['tapes'], 'bob')).toEqual(['OperationFailed', 'UnknownObjectGroup'])
  })

  test('knows the groups of archived objects, and those that rules are laid down for', async () => {
    const made = await bench.ask('2.1', 'Create', key('tapes'), 'alice')
    const { reason } = await bench.ask('2.1', 'Archive', uid(identifierOf(made)), 'alice')
    expect(reason).toBeUndefined()
    expect(await ask(['tapes'])).toEqual(['Success', undefined])
    const rule = `<DefaultsInformation><ObjectDefaults>
      <ObjectType type="Enumeration" value="SymmetricKey"/>
      <Attributes><CryptographicLength type="Integer" value="256"/></Attributes>
      <ObjectGroups><ObjectGroup type="TextString" value="disks"/></ObjectGroups>
      </ObjectDefaults></DefaultsInformation>`
    expect((await bench.ask('2.1', 'SetDefaults', rule, 'alice')).status).toBe('Success')
    expect(await ask(['disks'])).toEqual(['Success', undefined])
  })
})
