import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import {
  Bench,
  createAes,
  find,
  GONE,
  identifierOf,
  identifiersOf,
  name2,
  START,
  textOf,
  uid,
} from './harness.ts'

const HOUR = 3_600
const YEAR = 31_536_000

const automatic = (interval = HOUR): string =>
  `<RotateAutomatic type="Boolean" value="true"/><RotateInterval type="Interval" value="${interval}"/>`
const ACTIVE = `<ActivationDate type="DateTime" value="${new Date(START * 1_000).toISOString()}"/>`
const ROTATE_NAME = `<RotateName><RotateNameValue type="TextString" value="payroll"/>
  <RotateNameType type="Enumeration" value="UninterpretedTextString"/></RotateName>`
const P_256 = `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="EC"/>
  <CryptographicDomainParameters><RecommendedCurve type="Enumeration" value="P_256"/>
  </CryptographicDomainParameters></CommonAttributes>
  <PrivateKeyAttributes><CryptographicUsageMask type="Integer" value="Sign"/></PrivateKeyAttributes>
  <PublicKeyAttributes><CryptographicUsageMask type="Integer" value="Verify"/></PublicKeyAttributes>`
const LATEST = '<RotateLatest type="Boolean" value="true"/>'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

function plain(item: Item | undefined): unknown {
  if (item === undefined || item.type === ItemType.Structure) return undefined
  return item.type === ItemType.DateTime ? Number(item.value) : item.value
}

const FACTS = [
  Tag.RotateAutomatic,
  Tag.RotateLatest,
  Tag.RotateGeneration,
  Tag.RotateDate,
  Tag.RotateInterval,
] as const

/** Rotate Automatic, Latest, Generation, Date and Interval. */
async function factsOf(identifier: string, on = bench): Promise<readonly unknown[]> {
  const { payload } = await on.ask('2.1', 'GetAttributes', uid(identifier))
  return FACTS.map((tag) => plain(find(payload, tag)))
}

async function located(attributes: string, on = bench): Promise<readonly string[]> {
  return identifiersOf(await on.ask('2.1', 'Locate', `<Attributes>${attributes}</Attributes>`))
}

async function latest(on = bench): Promise<readonly string[]> {
  return located(ROTATE_NAME + LATEST, on)
}

async function turnAt(now: number, on = bench): Promise<void> {
  on.now = now
  await on.rotor.turn()
}

describe('[KMIP 2.1 4.48, 4.51] automatic rotation', () => {
  test('replaces a key when its interval has passed since its Initial Date, and not before', async () => {
    const key = await bench.createKey(automatic() + ROTATE_NAME + ACTIVE)
    await turnAt(START + HOUR - 1)
    expect(await latest()).toEqual([])
    await turnAt(START + HOUR)
    const [next = ''] = await latest()
    expect(next).not.toBe('')
    expect(await factsOf(next)).toEqual([true, true, 1, START + HOUR, HOUR])
    expect(await factsOf(key)).toEqual([false, false, undefined, undefined, HOUR])
    expect(bench.events.filter((event) => event === 'object rotated')).toHaveLength(1)
  })

  test('makes another key of the same kind, under the names of the one it replaces', async () => {
    const key = await bench.createKey(automatic() + ROTATE_NAME + ACTIVE + name2('payroll key'))
    await turnAt(START + HOUR)
    const [next = ''] = await located(name2('payroll key'))
    const material = async (identifier: string) =>
      plain(find((await bench.ask('2.1', 'Get', uid(identifier))).payload, Tag.KeyMaterial))
    expect(await material(next)).toHaveLength(16)
    expect(await material(next)).not.toEqual(await material(key))
    expect(await located(ROTATE_NAME)).toEqual([next, key])
  })

  test('goes on with the replacement, and counts', async () => {
    await bench.createKey(automatic() + ROTATE_NAME + ACTIVE)
    for (let hour = 1; hour <= 3; hour += 1) await turnAt(START + hour * HOUR)
    const [next = ''] = await latest()
    expect(await factsOf(next)).toEqual([true, true, 3, START + 3 * HOUR, HOUR])
    expect(await located(ROTATE_NAME)).toHaveLength(4)
  })

  test('that was missed is made up for once', async () => {
    await bench.createKey(automatic() + ROTATE_NAME + ACTIVE)
    await turnAt(START + 100 * HOUR)
    await turnAt(START + 100 * HOUR + 60)
    expect(await located(ROTATE_NAME)).toHaveLength(2)
  })

  test.each([HOUR, 2 * YEAR])(
    'of an interval of %i seconds is there after a restart',
    async (interval) => {
      await bench.createKey(automatic(interval) + ROTATE_NAME + ACTIVE)
      const next = await Bench.open({ store: bench.store })
      await turnAt(START + interval, next)
      expect(await latest(next)).toHaveLength(1)
      const after = await Bench.open({ store: bench.store })
      await turnAt(START + interval + 60, after)
      expect(await located(ROTATE_NAME, after)).toHaveLength(2)
    },
  )

  test('[KMIP 2.1 4.54] moves the dates of the replacement by the Rotate Offset', async () => {
    const offset = '<RotateOffset type="Interval" value="600"/>'
    await bench.createKey(automatic() + ROTATE_NAME + ACTIVE + offset)
    await turnAt(START + HOUR)
    const [next = ''] = await latest()
    const { payload } = await bench.ask('2.1', 'GetAttributes', uid(next))
    expect(plain(find(payload, Tag.ActivationDate))).toBe(START + HOUR + 600)
  })

  test('replaces both halves of a pair, whichever of them is to be rotated', async () => {
    for (const half of ['Private', 'Public']) {
      const made = await bench.ask(
        '2.1',
        'CreateKeyPair',
        `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="EC"/>
         <CryptographicDomainParameters><RecommendedCurve type="Enumeration" value="P_256"/>
         </CryptographicDomainParameters></CommonAttributes>
         <PrivateKeyAttributes><CryptographicUsageMask type="Integer" value="Sign"/>
         ${half === 'Private' ? automatic() : ''}</PrivateKeyAttributes>
         <PublicKeyAttributes><CryptographicUsageMask type="Integer" value="Verify"/>
         ${half === 'Public' ? automatic() : ''}</PublicKeyAttributes>`,
      )
      const existing = [Tag.PrivateKeyUniqueIdentifier, Tag.PublicKeyUniqueIdentifier].map(
        (tag) => textOf(find(made.payload, tag)) ?? '',
      )
      bench.now += HOUR
      await bench.rotor.turn()
      for (const identifier of existing) expect((await factsOf(identifier))[1]).toBe(false)
    }
    // The first pair, and an hour later the second and what has replaced the first.
    expect(bench.events.filter((event) => event === 'object rotated')).toHaveLength(3)
  })

  test('a public key does not have another key’s pair replaced', async () => {
    const made = await bench.ask('2.1', 'CreateKeyPair', P_256)
    const [theirs, own] = [made, await bench.ask('2.1', 'CreateKeyPair', P_256)].map((each) => ({
      private: textOf(find(each.payload, Tag.PrivateKeyUniqueIdentifier)) ?? '',
      public: textOf(find(each.payload, Tag.PublicKeyUniqueIdentifier)) ?? '',
    }))
    const link = `<Link><LinkType type="Enumeration" value="PrivateKeyLink"/>
      <LinkedObjectIdentifier type="TextString" value="${theirs?.private}"/></Link>`
    for (const attribute of [link, ...automatic().split(/(?<=\/>)/)]) {
      const payload = `${uid(own?.public ?? '')}<NewAttribute>${attribute}</NewAttribute>`
      expect(await bench.ask('2.1', 'AddAttribute', payload)).toMatchObject({ status: 'Success' })
    }
    await turnAt(START + HOUR)
    expect((await factsOf(theirs?.private ?? ''))[1]).toBe(undefined)
    expect(bench.events).toContain('object not rotated')
  })

  test('dates each replacement by the moment it is made', async () => {
    bench = await Bench.open({ rotation: { perTurn: 2 } })
    const keys = [
      await bench.createKey(automatic() + ROTATE_NAME),
      await bench.createKey(automatic()),
    ]
    expect(keys).toHaveLength(2)
    // What is looked up for the first one takes its time.
    const begin = bench.repository.begin.bind(bench.repository)
    vi.spyOn(bench.repository, 'begin').mockImplementation((scope) => {
      bench.now += 100
      return begin(scope)
    })
    await turnAt(START + HOUR)
    vi.restoreAllMocks()
    const dates: unknown[] = []
    for (const each of await located(LATEST)) dates.push((await factsOf(each))[3])
    expect(dates.toSorted()).toEqual([START + HOUR, START + HOUR + 100])
  })

  test('tries again what has failed in its turn, so that nobody waits for ever', async () => {
    bench = await Bench.open({ rotation: { perTurn: 2 } })
    const failed = await bench.createKey(automatic() + ACTIVE + ROTATE_NAME)
    for (let count = 0; count < 3; count += 1) await bench.createKey(automatic() + ACTIVE, GONE)
    const only256 = `<Constraints><Constraint><Attributes>
      <CryptographicLength type="Integer" value="256"/></Attributes></Constraint></Constraints>`
    await bench.ask('2.1', 'SetConstraints', only256)
    for (let turn = 0; turn < 4; turn += 1) await turnAt(START + HOUR + turn)
    expect((await factsOf(failed))[1]).toBe(undefined)
    await bench.ask('2.1', 'SetConstraints', '<Constraints/>')
    // One failure is tried again in each turn, and an hour passes between two turns.
    for (let turn = 2; turn < 6; turn += 1) await turnAt(START + turn * HOUR + 60)
    expect(await latest()).toHaveLength(1)
  })

  test('leaves alone what is revoked, destroyed, archived, replaced, or not to be rotated', async () => {
    const [revoked, replaced, archived] = [
      await bench.createKey(automatic() + ACTIVE),
      await bench.createKey(automatic() + ACTIVE),
      await bench.createKey(automatic() + ACTIVE),
    ]
    await bench.createKey('<RotateInterval type="Interval" value="3600"/>')
    await bench.createKey('<RotateAutomatic type="Boolean" value="true"/>')
    const reason = `<RevocationReason>
      <RevocationReasonCode type="Enumeration" value="CessationOfOperation"/></RevocationReason>`
    await bench.ask('2.1', 'Revoke', uid(revoked) + reason)
    const byHand = identifierOf(await bench.ask('2.1', 'ReKey', uid(replaced)))
    await bench.ask('2.1', 'Archive', uid(archived))
    await turnAt(START + HOUR)
    // What Re-key has made goes on by itself.
    expect((await factsOf(byHand)).slice(0, 3)).toEqual([false, false, 1])
    expect(bench.events.filter((event) => event === 'object rotated')).toHaveLength(1)
    expect(bench.events).not.toContain('object not rotated')
  })

  test('begins when it is set, and an object that is due by then is replaced', async () => {
    const key = await bench.createKey(ACTIVE)
    await turnAt(START + 3 * HOUR)
    const add = async (attribute: string) =>
      bench.ask('2.1', 'AddAttribute', `${uid(key)}<NewAttribute>${attribute}</NewAttribute>`)
    await add('<RotateInterval type="Interval" value="3600"/>')
    await add('<RotateAutomatic type="Boolean" value="true"/>')
    await turnAt(START + 3 * HOUR + 60)
    expect((await factsOf(key)).slice(0, 2)).toEqual([false, false])
  })

  test('takes so many at a time, and leaves none out', async () => {
    bench = await Bench.open({ rotation: { perTurn: 2 } })
    for (let count = 0; count < 5; count += 1) await bench.createKey(automatic() + ACTIVE)
    const rotated = () => bench.events.filter((event) => event === 'object rotated').length
    const counts: number[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      await turnAt(START + HOUR + turn)
      counts.push(rotated())
    }
    expect(counts).toEqual([2, 4, 5, 5])
  })

  test('tries again later what cannot be replaced now, and the others all the same', async () => {
    bench = await Bench.open({ rotation: { perTurn: 2 } })
    const keys = [
      await bench.createKey(automatic() + ACTIVE, GONE),
      await bench.createKey(automatic() + ACTIVE, 'bob'),
      await bench.createKey(automatic() + ACTIVE, 'bob'),
      await bench.createKey(automatic() + ROTATE_NAME + ACTIVE),
    ]
    expect(keys).toHaveLength(4)
    const only256 = `<Constraints><Constraint><Attributes>
      <CryptographicLength type="Integer" value="256"/></Attributes></Constraint></Constraints>`
    await bench.ask('2.1', 'SetConstraints', only256, 'bob')
    for (let turn = 0; turn < 3; turn += 1) await turnAt(START + HOUR + turn)
    expect(await latest()).toHaveLength(1)
    const failures = () => bench.events.filter((event) => event === 'object not rotated').length
    expect(failures()).toBe(3)
    await turnAt(START + HOUR + 60)
    expect(failures()).toBe(3)
    await bench.ask('2.1', 'SetConstraints', '<Constraints/>', 'bob')
    for (let turn = 0; turn < 3; turn += 1) await turnAt(START + 2 * HOUR + 60 + turn)
    expect(bench.events.filter((event) => event === 'object rotated').length).toBe(4)
  })
})

describe('the attributes of rotation', () => {
  test('[KMIP 2.1 4.50, 4.52] Re-key counts a generation in every version and marks the latest', async () => {
    const key = await bench.createKey(ROTATE_NAME + ACTIVE)
    const next = identifierOf(await bench.ask('1.4', 'ReKey', uid(key)))
    expect(await factsOf(next)).toEqual([undefined, true, 1, START, undefined])
    expect(await factsOf(key)).toEqual([undefined, false, undefined, undefined, undefined])
    expect(await latest()).toEqual([next])
  })

  test.each([
    ['Rotate Date', `<RotateDate type="DateTime" value="2026-01-01T00:00:00Z"/>`],
    ['Rotate Generation', '<RotateGeneration type="Integer" value="7"/>'],
    ['Rotate Latest', LATEST],
  ])('[KMIP 2.1 4.49, 4.50, 4.52] %s is set by the server alone', async (_, attribute) => {
    expect(await bench.ask('2.1', 'Create', createAes(attribute))).toMatchObject({
      reason: 'AttributeReadOnly',
    })
    const key = await bench.createKey()
    const added = `${uid(key)}<NewAttribute>${attribute}</NewAttribute>`
    expect(await bench.ask('2.1', 'AddAttribute', added)).toMatchObject({
      reason: 'ReadOnlyAttribute',
    })
  })

  test.each([
    ['Rotate Automatic', '<RotateAutomatic type="Boolean" value="false"/>'],
    ['Rotate Interval', '<RotateInterval type="Interval" value="60"/>'],
    ['Rotate Offset', '<RotateOffset type="Interval" value="60"/>'],
  ])('[KMIP 2.1 4.48, 4.51, 4.54] %s is set once and not modified', async (_, attribute) => {
    const key = await bench.createKey()
    const payload = `${uid(key)}<NewAttribute>${attribute}</NewAttribute>`
    expect(await bench.ask('2.1', 'SetAttribute', payload)).toMatchObject({ status: 'Success' })
    expect(await bench.ask('2.1', 'ModifyAttribute', payload)).toMatchObject({
      reason: 'AttributeReadOnly',
    })
  })

  test('[KMIP 2.1 4.53] Rotate Name is the client’s to change and to delete', async () => {
    const key = await bench.createKey(ROTATE_NAME)
    const other = ROTATE_NAME.replace('payroll', 'pensions')
    const modified = `${uid(key)}<NewAttribute>${other}</NewAttribute>`
    expect(await bench.ask('2.1', 'ModifyAttribute', modified)).toMatchObject({ status: 'Success' })
    expect(await located(other)).toEqual([key])
    const deleted = `${uid(key)}<AttributeReference type="Enumeration" value="RotateName"/>`
    expect(await bench.ask('2.1', 'DeleteAttribute', deleted)).toMatchObject({ status: 'Success' })
    expect(await located(other)).toEqual([])
  })

  test('[KMIP 2.1 4.51] an interval without length is refused', async () => {
    expect(await bench.ask('2.1', 'Create', createAes(automatic(0)))).toMatchObject({
      reason: 'InvalidAttributeValue',
    })
    const key = await bench.createKey()
    const added = `${uid(key)}<NewAttribute><RotateInterval type="Interval" value="0"/></NewAttribute>`
    expect(await bench.ask('2.1', 'AddAttribute', added)).toMatchObject({ reason: 'InvalidField' })
  })
})
