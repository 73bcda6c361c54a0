import { createDecipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clientProfiles } from '../../src/config/client-profile.ts'
import { parseConfig } from '../../src/config/load.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { faultOf } from '../schema/fault-of.ts'
import { Bench, attribute1, find, findAll, identifierOf, textOf, uid } from './harness.ts'

/** A bench that serves alice by a profile, and bob as the standard has it. */
async function benchWith(profile: string): Promise<Bench> {
  const { clients } = parseConfig(`clients: [{ name: alice, ${profile} }]`, 'file')
  return Bench.open({ profiles: clientProfiles(clients) })
}

const PAIR = `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="RSA"/>
  <CryptographicLength type="Integer" value="1024"/></CommonAttributes>`

/** The Unique Identifier of a private key, which has a Link. */
async function linkedKey(bench: Bench, as: string): Promise<string> {
  const { payload } = await bench.ask('2.1', 'CreateKeyPair', PAIR, as)
  return textOf(find(payload, Tag.PrivateKeyUniqueIdentifier)) ?? ''
}

function names1(item: Item | undefined): readonly (string | undefined)[] {
  return findAll(item, Tag.AttributeName).map(textOf)
}

describe('a client that some attributes are hidden from', () => {
  test.each(['GetAttributes', 'GetAttributeList'])(
    'is not shown them by %s, where another client is',
    async (operation) => {
      const bench = await benchWith('hide: [Link]')
      for (const [as, isShown] of [
        ['alice', false],
        ['bob', true],
      ] as const) {
        const key = uid(await linkedKey(bench, as))
        const old = await bench.ask('1.4', operation, key, as)
        expect(names1(old.payload).includes('Link'), as).toBe(isShown)
        expect(names1(old.payload), as).toContain('State')
        const { payload } = await bench.ask('2.1', operation, key, as)
        const references = findAll(payload, Tag.AttributeReference)
        const link = { type: ItemType.Enumeration, value: Tag.Link.number }
        const isListed = references.some(
          ({ type, value }) => type === link.type && value === link.value,
        )
        expect(find(payload, Tag.Link) !== undefined || isListed, as).toBe(isShown)
      }
    },
  )

  test('is shown them when it names them', async () => {
    const bench = await benchWith('hide: [Link]')
    const key = uid(await linkedKey(bench, 'alice'))
    const name = '<AttributeName type="TextString" value="Link"/>'
    expect(names1((await bench.ask('1.2', 'GetAttributes', key + name)).payload)).toEqual(['Link'])
    const reference = '<AttributeReference type="Enumeration" value="Link"/>'
    const { payload } = await bench.ask('2.0', 'GetAttributes', key + reference)
    expect(find(payload, Tag.Link)).toBeDefined()
  })

  test('keeps its custom attributes of text alone where it is PyKMIP', async () => {
    const bench = await benchWith('preset: pykmip')
    const payload = `<ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute>
      ${attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')}
      ${attribute1('Cryptographic Length', 'Integer', '128')}
      ${attribute1('Cryptographic Usage Mask', 'Integer', '12')}
      ${attribute1('x-text', 'TextString', 'word')}${attribute1('x-number', 'Integer', '7')}
      </TemplateAttribute>`
    const key = uid(identifierOf(await bench.ask('1.4', 'Create', payload)))
    const names = names1((await bench.ask('1.4', 'GetAttributes', key)).payload)
    expect(names).toContain('x-text')
    expect(names).not.toContain('x-number')
    expect(names).not.toContain('Random Number Generator')
  })
})

describe('a client that has the IV in front of the data', () => {
  const TEXT = '000102030405060708090a0b0c0d0e0f1011'
  const data = (value: string) => `<Data type="ByteString" value="${value}"/>`
  const cbc = `<CryptographicParameters><BlockCipherMode type="Enumeration" value="CBC"/>
    <PaddingMethod type="Enumeration" value="PKCS5"/></CryptographicParameters>`
  const bytesOf = (item: Item | undefined) =>
    item?.type === ItemType.ByteString ? Buffer.from(item.value) : Buffer.alloc(0)

  async function activeKey(bench: Bench, as: string): Promise<string> {
    const active = '<ActivationDate type="DateTime" value="2001-01-01T00:00:00+00:00"/>'
    return uid(await bench.createKey(active, as))
  }

  test('is given what it gives back, and both are AES in CBC', async () => {
    const bench = await benchWith('ivPrefixedData: true')
    const key = await activeKey(bench, 'alice')
    const sealed = await bench.ask('1.2', 'Encrypt', key + cbc + data(TEXT))
    expect(find(sealed.payload, Tag.IVCounterNonce)).toBeUndefined()
    const both = bytesOf(find(sealed.payload, Tag.Data))
    const material = bytesOf(find((await bench.ask('1.2', 'Get', key)).payload, Tag.KeyMaterial))
    const decipher = createDecipheriv('aes-128-cbc', material, both.subarray(0, 16))
    const plain = Buffer.concat([decipher.update(both.subarray(16)), decipher.final()])
    expect(plain.toString('hex')).toBe(TEXT)
    const opened = await bench.ask('1.2', 'Decrypt', key + cbc + data(both.toString('hex')))
    expect(bytesOf(find(opened.payload, Tag.Data)).toString('hex')).toBe(TEXT)
  })

  test('may still send the IV in its field', async () => {
    const bench = await benchWith('ivPrefixedData: true')
    const key = await activeKey(bench, 'alice')
    const iv = '<IVCounterNonce type="ByteString" value="000102030405060708090a0b0c0d0e0f"/>'
    const sealed = await bench.ask('1.2', 'Encrypt', key + cbc + data(TEXT) + iv)
    const alone = bytesOf(find(sealed.payload, Tag.Data))
    expect(alone).toHaveLength(32)
    const opened = await bench.ask('1.2', 'Decrypt', key + cbc + data(alone.toString('hex')) + iv)
    expect(bytesOf(find(opened.payload, Tag.Data)).toString('hex')).toBe(TEXT)
  })

  test('of ECB takes nothing away, and too little data is refused as ever', async () => {
    const bench = await benchWith('ivPrefixedData: true')
    const key = await activeKey(bench, 'alice')
    const ecb = cbc.replace('CBC', 'ECB')
    const sealed = bytesOf(
      find((await bench.ask('1.2', 'Encrypt', key + ecb + data(TEXT))).payload, Tag.Data),
    )
    const opened = await bench.ask('1.2', 'Decrypt', key + ecb + data(sealed.toString('hex')))
    expect(bytesOf(find(opened.payload, Tag.Data)).toString('hex')).toBe(TEXT)
    const short = await bench.ask('1.2', 'Decrypt', key + cbc + data('0011'))
    expect(short.status).toBe('OperationFailed')
  })

  test('changes nothing for another client', async () => {
    const bench = await benchWith('ivPrefixedData: true')
    const key = await activeKey(bench, 'bob')
    const sealed = await bench.ask('1.2', 'Encrypt', key + cbc + data(TEXT), 'bob')
    const iv = find(sealed.payload, Tag.IVCounterNonce)
    expect(bytesOf(iv)).toHaveLength(16)
    const both = Buffer.concat([bytesOf(iv), bytesOf(find(sealed.payload, Tag.Data))])
    const wrong = await bench.ask('1.2', 'Decrypt', key + cbc + data(both.toString('hex')), 'bob')
    expect(wrong.status).toBe('OperationFailed')
  })
})

test.each([
  ['clients: [{ name: a, hide: [Lnik] }]', 'there is no such attribute'],
  ['clients: [{ name: a }, { name: a }]', 'a client is there more than once'],
  ['clients: [{ name: a, preset: netscape }]', 'clients.0.preset'],
])('the configuration %s is refused', (yaml, message) => {
  const fault = faultOf(() => parseConfig(yaml, 'file'))
  expect(fault.code).toBe('INVALID_FIELD')
  expect(fault.message).toContain(message)
})
