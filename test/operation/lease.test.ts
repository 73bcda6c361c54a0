import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { attribute1, Bench, find, identifierOf, START, uid, type AnswerItem } from './harness.ts'
import { MISSING, REASON } from './refusal-case.ts'

const leaseOf = ({ payload }: AnswerItem) => find(payload, Tag.LeaseTime)
const lease = (key: string, seconds: number) =>
  `${uid(key)}<LeaseTime type="Interval" value="${seconds}"/>`

describe('Obtain Lease', () => {
  test.each(['1.0', '1.4', '2.0', '2.1'])(
    'gives the Lease Time and the Last Change Date, in %s (1.4 section 4.17)',
    async (version) => {
      const bench = await Bench.open({ policy: { leaseTime: 900 } })
      const key = await bench.createKey()
      bench.now += 50
      const before = await bench.dump()
      const answer = await bench.ask(version, 'ObtainLease', uid(key))
      expect(identifierOf(answer)).toBe(key)
      expect(leaseOf(answer)).toMatchObject({ value: 900 })
      expect(find(answer.payload, Tag.LastChangeDate)).toMatchObject({ value: BigInt(START) })
      expect(await bench.dump()).toEqual(before)
    },
  )

  test('gives 0, which is no limit, where the policy sets none', async () => {
    const bench = await Bench.open({ policy: { leaseTime: 0 } })
    const key = await bench.createKey()
    expect(leaseOf(await bench.ask('1.4', 'ObtainLease', uid(key)))).toMatchObject({ value: 0 })
    expect((await bench.ask('1.4', 'Check', lease(key, 2_000_000_000))).status).toBe('Success')
  })

  test('is refused with the reasons of the standard (1.4 section 11.18)', async () => {
    const bench = await Bench.open()
    const foreign = await bench.createKey('', 'bob')
    const compromised = await bench.createKey()
    await bench.ask('2.1', 'Revoke', uid(compromised) + REASON)
    const destroyed = await bench.createKey()
    await bench.ask('2.1', 'Destroy', uid(destroyed))
    const template = identifierOf(
      await bench.ask(
        '1.2',
        'Register',
        `<ObjectType type="Enumeration" value="Template"/><TemplateAttribute/><Template>
          ${attribute1('Cryptographic Length', 'Integer', '128')}</Template>`,
      ),
    )
    const reasons = async (key: string) => {
      const old = await bench.ask('1.2', 'ObtainLease', uid(key))
      const recent = await bench.ask('2.1', 'ObtainLease', uid(key))
      return [old.reason, recent.reason]
    }
    expect(await reasons(MISSING)).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await reasons(foreign)).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await reasons(compromised)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await reasons(destroyed)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await reasons(template)).toEqual(['PermissionDenied', 'PermissionDenied'])
  })
})

test('Check refuses a lease that is longer than the object is leased for (1.4 section 4.10)', async () => {
  const bench = await Bench.open({ policy: { leaseTime: 900 } })
  const key = await bench.createKey()
  expect((await bench.ask('1.4', 'Check', lease(key, 900))).status).toBe('Success')
  const refused = await bench.ask('1.4', 'Check', lease(key, 901))
  expect(refused.reason).toBe('PermissionDenied')
  expect(leaseOf(refused)).toMatchObject({ value: 901 })
  // Without limit is longer than any.
  expect((await bench.ask('1.4', 'Check', lease(key, 0))).reason).toBe('PermissionDenied')
})
