import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { hexOfTag, ItemType, type Item } from '../../src/ttlv/item.ts'
import { attribute1, Bench, find, findAll, textOf, uid } from './harness.ts'

const link = `<Attribute><AttributeName type="TextString" value="Link"/><AttributeValue>
  <LinkType type="Enumeration" value="NextLink"/>
  <LinkedObjectIdentifier type="TextString" value="other"/></AttributeValue></Attribute>`

/** Tags of what is inside, one level down. */
function tagsIn(item: Item | undefined): readonly string[] {
  return item?.type === ItemType.Structure ? item.value.map(({ tag }) => hexOfTag(tag)) : []
}

describe('[KMIP 1.4 4.14] the attribute in the answer to a change', () => {
  test.each([
    ['a name that came later', 'Comment', attribute1('Comment', 'TextString', 'c')],
    ['a member of an enumeration that came later', 'Link', link],
    ['nothing newer', 'Contact Information', attribute1('Contact Information', 'TextString', 'c')],
  ])('is shown as its client said it in 1.1: %s', async (_, name, attribute) => {
    const bench = await Bench.open()
    const key = await bench.createKey()
    const { status, payload } = await bench.ask('1.1', 'AddAttribute', uid(key) + attribute)
    expect(status).toBe('Success')
    const shown = find(payload, Tag.Attribute)
    expect(textOf(find(shown, Tag.AttributeName))).toBe(name)
    expect(tagsIn(shown)).toEqual([
      hexOfTag(Tag.AttributeName.number),
      hexOfTag(Tag.AttributeValue.number),
    ])
    const value = find(shown, Tag.AttributeValue)
    expect(value?.type === ItemType.Structure ? tagsIn(value).length : 1).toBe(
      name === 'Link' ? 2 : 1,
    )
  })
})

describe('an attribute of a later minor version', () => {
  test('is kept, and shown to those who speak it', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey()
    const comment = attribute1('Comment', 'TextString', 'c')
    expect((await bench.ask('1.1', 'AddAttribute', uid(key) + comment)).status).toBe('Success')
    const namesIn = async (version: string) =>
      findAll((await bench.ask(version, 'GetAttributes', uid(key))).payload, Tag.AttributeName).map(
        textOf,
      )
    expect(await namesIn('1.1')).not.toContain('Comment')
    expect(await namesIn('1.4')).toContain('Comment')
  })

  test.each([
    ['1.4', attribute1('Quantum Safe', 'Boolean', 'true'), 'PermissionDenied'],
    [
      '2.1',
      '<NewAttribute><OperationPolicyName type="TextString" value="p"/></NewAttribute>',
      'InvalidAttribute',
    ],
  ])('is none where it is of another major version: %s', async (version, attribute, reason) => {
    const bench = await Bench.open()
    const key = await bench.createKey()
    expect((await bench.ask(version, 'AddAttribute', uid(key) + attribute)).reason).toBe(reason)
  })
})
