import { beforeAll, describe, expect, test } from 'vitest'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { RecommendedCurve } from '../../src/spec/enum/recommended-curve.ts'
import { State } from '../../src/spec/enum/state.ts'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, find, identifierOf, name2, START, textOf, uid } from './harness.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { REASON } from './refusal-case.ts'
import {
  algorithm2,
  attributesOf,
  bytesIn,
  createPair,
  curve2,
  linksIn,
  namesIn,
  numberIn,
  pairIn,
  pairOf2,
} from './key-pair.fixture.ts'

let bench: Bench

beforeAll(async () => {
  bench = await Bench.open()
})

const { ReplacementObjectLink, ReplacedObjectLink, PublicKeyLink, PrivateKeyLink } = LinkType

async function reKey(identifier: string, more = '', version = '2.1'): Promise<string> {
  return identifierOf(await bench.ask(version, 'ReKey', uid(identifier) + more))
}

async function materialOf(identifier: string): Promise<Uint8Array> {
  return bytesIn((await bench.ask('2.1', 'Get', uid(identifier))).payload, Tag.KeyMaterial)
}

function dateIn(item: Item, tag: { readonly number: number }): number | undefined {
  const found = find(item, tag)
  return found?.type === ItemType.DateTime ? Number(found.value) - START : undefined
}

const at = (name: string, seconds: number) =>
  `<${name} type="DateTime" value="${new Date((START + seconds) * 1_000).toISOString()}"/>`
const offset = (seconds: number) => `<Offset type="Interval" value="${seconds}"/>`

describe('Re-key (1.4 section 4.4)', () => {
  test('makes another key of the same kind, linked with the old one, which gives its names up', async () => {
    const old = await bench.createKey(name2('rk-a'))
    await bench.ask('2.1', 'Activate', uid(old))
    const made = await reKey(old, `<Attributes>${name2('rk-b')}</Attributes>`)
    const [before, after] = [await attributesOf(bench, old), await attributesOf(bench, made)]
    expect([namesIn(before), namesIn(after)]).toEqual([[], ['rk-a', 'rk-b']])
    expect(linksIn(before)).toEqual([[ReplacementObjectLink, made]])
    expect(linksIn(after)).toEqual([[ReplacedObjectLink, old]])
    expect(numberIn(before, Tag.State)).toBe(State.Active)
    expect(numberIn(after, Tag.CryptographicLength)).toBe(128)
    expect(await materialOf(made)).toHaveLength(16)
    expect(await materialOf(made)).not.toEqual(await materialOf(old))
  })

  test('moves the dates by the Offset, and the old key stays in its state (table 172)', async () => {
    const old = await bench.createKey(
      at('ActivationDate', -100) + at('ProtectStopDate', 50) + at('DeactivationDate', 100),
    )
    const after = await attributesOf(bench, await reKey(old, offset(20)))
    expect(
      [Tag.ActivationDate, Tag.ProtectStopDate, Tag.DeactivationDate].map((tag) =>
        dateIn(after, tag),
      ),
    ).toEqual([20, 170, 220])
    expect(numberIn(after, Tag.State)).toBe(State.PreActive)
    expect(numberIn(await attributesOf(bench, old), Tag.State)).toBe(State.Active)
  })

  test('replaces deactivated and compromised keys', async () => {
    const old = await bench.createKey()
    await bench.ask('2.1', 'Revoke', uid(old) + REASON)
    const made = await attributesOf(bench, await reKey(old))
    expect(numberIn(made, Tag.State)).toBe(State.PreActive)
    expect(find(made, Tag.CompromiseDate)).toBeUndefined()
  })

  test('may change the length, and tells Locate where the name went', async () => {
    const old = await bench.createKey(name2('rk-long'))
    const longer = '<Attributes><CryptographicLength type="Integer" value="256"/></Attributes>'
    const made = await reKey(old, longer)
    expect(await materialOf(made)).toHaveLength(32)
    const located = await bench.ask('2.1', 'Locate', `<Attributes>${name2('rk-long')}</Attributes>`)
    expect(identifierOf(located)).toBe(made)
  })

  test.each(['1.0', '1.1', '1.2', '1.3', '1.4', '2.0'])('works in KMIP %s', async (version) => {
    const old = await bench.createKey()
    expect(await reKey(old, '', version)).not.toBe(old)
  })

  test('of two clients at once leaves the name with one key', async () => {
    const old = await bench.createKey(name2('rk-race'))
    const made = await Promise.all([reKey(old), reKey(old), reKey(old)])
    const holders: string[] = []
    for (const each of [old, ...made]) {
      if (namesIn(await attributesOf(bench, each)).length > 0) holders.push(each)
    }
    expect(holders).toHaveLength(1)
    expect(linksIn(await attributesOf(bench, old))).toHaveLength(3)
  })
})

async function reKeyPair(identifier: string, more = '') {
  const named = `<PrivateKeyUniqueIdentifier type="TextString" value="${identifier}"/>`
  return pairIn(await bench.ask('2.1', 'ReKeyKeyPair', named + more))
}

describe('Re-key Key Pair (1.4 section 4.5)', () => {
  test('replaces both halves: names move, links point each its way', async () => {
    const old = await createPair(
      bench,
      pairOf2(
        algorithm2('ECDSA') + curve2('SECP256K1'),
        name2('rp-private'),
        name2('rp-public') + '<Comment type="TextString" value="c"/>',
      ),
    )
    const made = await reKeyPair(old.privateKey)
    const [oldPrivate, oldPublic, newPrivate, newPublic] = [
      await attributesOf(bench, old.privateKey),
      await attributesOf(bench, old.publicKey),
      await attributesOf(bench, made.privateKey),
      await attributesOf(bench, made.publicKey),
    ]
    expect([oldPrivate, oldPublic, newPrivate, newPublic].map(namesIn)).toEqual([
      [],
      [],
      ['rp-private'],
      ['rp-public'],
    ])
    expect(linksIn(oldPrivate)).toEqual([
      [PublicKeyLink, old.publicKey],
      [ReplacementObjectLink, made.privateKey],
    ])
    expect(linksIn(oldPublic)).toEqual([
      [PrivateKeyLink, old.privateKey],
      [ReplacementObjectLink, made.publicKey],
    ])
    expect(linksIn(newPrivate)).toEqual([
      [PublicKeyLink, made.publicKey],
      [ReplacedObjectLink, old.privateKey],
    ])
    expect(linksIn(newPublic)).toEqual([
      [PrivateKeyLink, made.privateKey],
      [ReplacedObjectLink, old.publicKey],
    ])
    expect(textOf(find(newPublic, Tag.Comment))).toBe('c')
    expect(numberIn(newPrivate, Tag.RecommendedCurve)).toBe(RecommendedCurve.SECP256K1)
  })

  test('finds the curve of a pair that was registered in its key material', async () => {
    const made = await createPair(bench, pairOf2(algorithm2('EC') + curve2('P_384')))
    const registered = await reRegistered(made.privateKey, made.publicKey)
    const replaced = await reKeyPair(registered)
    const { payload } = await bench.ask('2.1', 'Get', uid(replaced.privateKey))
    expect(numberIn(payload, Tag.RecommendedCurve)).toBe(RecommendedCurve.P_384)
    expect(numberIn(payload, Tag.KeyFormatType)).toBe(KeyFormatType.TransparentECPrivateKey)
  })

  test('moves the dates by the Offset (table 176)', async () => {
    const dates = at('ActivationDate', -100) + at('DeactivationDate', 100)
    const old = await createPair(bench, pairOf2(algorithm2('ECDSA') + dates))
    const made = await reKeyPair(old.privateKey, offset(50))
    for (const half of [made.privateKey, made.publicKey]) {
      const after = await attributesOf(bench, half)
      expect([Tag.ActivationDate, Tag.DeactivationDate].map((tag) => dateIn(after, tag))).toEqual([
        50, 250,
      ])
    }
  })

  test('in a batch the new private key becomes the ID Placeholder', async () => {
    const { privateKey } = await createPair(bench)
    const answer = await bench.send('1.4', [
      {
        operation: 'ReKeyKeyPair',
        payload: `<PrivateKeyUniqueIdentifier type="TextString" value="${privateKey}"/>`,
        id: '01',
      },
      { operation: 'Activate', id: '02' },
    ])
    const [made, activated] = answer.items
    if (made === undefined) throw new TypeError('nothing came back')
    expect(textOf(find(activated?.payload, Tag.UniqueIdentifier))).toBe(pairIn(made).privateKey)
  })
})

/** Registers the private key of a pair anew, without domain parameters, with a link to the public one. */
async function reRegistered(privateKey: string, publicKey: string): Promise<string> {
  const { payload } = await bench.ask('2.1', 'Get', uid(privateKey))
  const number = Buffer.from(bytesIn(payload, Tag.D)).toString('hex')
  const link = `<Link><LinkType type="Enumeration" value="PublicKeyLink"/>
    <LinkedObjectIdentifier type="TextString" value="${publicKey}"/></Link>`
  const registered = await bench.ask(
    '2.1',
    'Register',
    `<ObjectType type="Enumeration" value="PrivateKey"/><Attributes>${link}</Attributes>
     <PrivateKey><KeyBlock><KeyFormatType type="Enumeration" value="TransparentECPrivateKey"/>
     <KeyValue><KeyMaterial><RecommendedCurve type="Enumeration" value="P_384"/>
     <D type="BigInteger" value="${number}"/></KeyMaterial></KeyValue>
     ${algorithm2('EC', 384)}</KeyBlock></PrivateKey>`,
  )
  return identifierOf(registered)
}
