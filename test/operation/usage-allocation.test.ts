import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { Bench, find, identifierOf, uid } from './harness.ts'
import { MISSING, REASON } from './refusal-case.ts'

const PAST = '<ActivationDate type="DateTime" value="2023-01-01T00:00:00Z"/>'
const limits = (total: number, unit = 'Byte') => `<UsageLimits>
  <UsageLimitsTotal type="LongInteger" value="${total}"/>
  <UsageLimitsUnit type="Enumeration" value="${unit}"/></UsageLimits>`
const allocation = (key: string, units: number | string) =>
  `${uid(key)}<UsageLimitsCount type="LongInteger" value="${units}"/>`

async function leftOf(bench: Bench, key: string): Promise<bigint | undefined> {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(key))
  const count = find(payload, Tag.UsageLimitsCount)
  return count?.type === ItemType.LongInteger ? count.value : undefined
}

describe('Get Usage Allocation', () => {
  test.each(['1.0', '1.4', '2.0', '2.1'])(
    'takes units until none is left, in %s',
    async (version) => {
      const bench = await Bench.open()
      const key = await bench.createKey(PAST + limits(10))
      const ask = async (units: number) =>
        bench.ask(version, 'GetUsageAllocation', allocation(key, units))
      expect(identifierOf(await ask(6))).toBe(key)
      expect(await leftOf(bench, key)).toBe(4n)
      const reason = version.startsWith('1') ? 'PermissionDenied' : 'UsageLimitExceeded'
      expect((await ask(5)).reason).toBe(reason)
      expect(await leftOf(bench, key)).toBe(4n)
      expect((await ask(4)).status).toBe('Success')
      expect((await ask(1)).reason).toBe(reason)
    },
  )

  test('is a change of the object (1.4 section 3.38)', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(PAST + limits(10))
    bench.now += 60
    await bench.ask('1.4', 'GetUsageAllocation', allocation(key, 1))
    const { payload } = await bench.ask('1.4', 'ObtainLease', uid(key))
    expect(find(payload, Tag.LastChangeDate)).toMatchObject({ value: BigInt(bench.now) })
  })

  test('never gives the same unit twice, however many ask at once', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(PAST + limits(100, 'Object'))
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) =>
        bench.ask(index % 2 === 0 ? '1.4' : '2.1', 'GetUsageAllocation', allocation(key, 3)),
      ),
    )
    const granted = answers.filter(({ status }) => status === 'Success').length
    expect(granted).toBe(33)
    expect(await leftOf(bench, key)).toBe(1n)
  })

  test('is refused with the reasons of the standard, and nothing is stored (1.4 section 11.19)', async () => {
    const bench = await Bench.open()
    const limited = PAST + limits(10)
    const objects = {
      missing: MISSING,
      foreign: await bench.createKey(limited, 'bob'),
      unlimited: await bench.createKey(PAST),
      preActive: await bench.createKey(limits(10)),
      stopped: await bench.createKey(
        `${limited}<ProtectStopDate type="DateTime" value="2023-02-01T00:00:00Z"/>`,
      ),
      revoked: await bench.createKey(limited),
      active: await bench.createKey(limited),
    }
    await bench.ask('2.1', 'Revoke', uid(objects.revoked) + REASON)
    const before = await bench.dump()
    const reasons = async (version: string, key: string, units: number | string = 1) =>
      (await bench.ask(version, 'GetUsageAllocation', allocation(key, units))).reason
    const both = async (key: string, units: number | string = 1) => [
      await reasons('1.4', key, units),
      await reasons('2.1', key, units),
    ]
    expect(await both(objects.missing)).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await both(objects.foreign)).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await both(objects.unlimited)).toEqual(['IllegalOperation', 'AttributeNotFound'])
    expect(await both(objects.preActive)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await both(objects.stopped)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await both(objects.revoked)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await both(objects.active, 11)).toEqual(['PermissionDenied', 'UsageLimitExceeded'])
    expect(await both(objects.active, 0)).toEqual(['InvalidField', 'InvalidField'])
    expect(await both(objects.active, -1)).toEqual(['InvalidField', 'InvalidField'])
    const most = '9223372036854775807'
    expect(await both(objects.active, most)).toEqual(['PermissionDenied', 'UsageLimitExceeded'])
    const noCount = async (version: string) =>
      (await bench.ask(version, 'GetUsageAllocation', uid(objects.active))).reason
    expect([await noCount('1.4'), await noCount('2.1')]).toEqual([
      'InvalidMessage',
      'InvalidMessage',
    ])
    expect(await bench.dump()).toEqual(before)
  })

  test('is for objects that protection is applied with (1.4 section 4.18)', async () => {
    const bench = await Bench.open()
    const made = await bench.ask(
      '2.1',
      'Create',
      `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
        <CryptographicAlgorithm type="Enumeration" value="AES"/>
        <CryptographicUsageMask type="Integer" value="Decrypt"/>${PAST}${limits(5)}</Attributes>`,
    )
    const key = identifierOf(made)
    const reason = async (version: string) =>
      (await bench.ask(version, 'GetUsageAllocation', allocation(key, 1))).reason
    expect([await reason('1.4'), await reason('2.1')]).toEqual([
      'IllegalOperation',
      'InvalidObjectType',
    ])
  })

  test('makes Check refuse what is no longer left (1.4 section 4.10)', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(PAST + limits(10))
    const check = async (units: number) => bench.ask('1.4', 'Check', allocation(key, units))
    expect((await check(10)).status).toBe('Success')
    await bench.ask('1.4', 'GetUsageAllocation', allocation(key, 8))
    expect((await check(2)).status).toBe('Success')
    expect((await check(3)).reason).toBe('PermissionDenied')
  })
})
