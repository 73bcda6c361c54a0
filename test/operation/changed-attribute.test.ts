import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { hexOfTag, ItemType, type Item } from '../../src/ttlv/item.ts'
import { attribute1, Bench, find, textOf, uid } from './harness.ts'

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
