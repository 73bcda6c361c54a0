import { describe, expect, test } from 'vitest'
import { ROLES } from '../../src/config/roles.ts'
import { OPERATIONS } from '../../src/operation/index.ts'
import { authorise } from '../../src/server/authorise.ts'
import type { OperationName } from '../../src/spec/operation.ts'
import { Tag } from '../../src/spec/tag.ts'
import type { Decision } from '../../src/model/permission/rule.ts'
import { ownPermissions } from '../fixtures/permissions.ts'
import { faultOf } from '../schema/fault-of.ts'
import { Bench, find, uid } from './harness.ts'
import { MISSING } from './refusal-case.ts'

/** What finds, reads or asks, and leaves objects as they are; all that is in neither list belongs in one of them. */
const READING = [
  ...['Locate', 'Check', 'Get', 'GetAttributes', 'GetAttributeList', 'ObtainLease', 'Export'],
  ...['QueryAsynchronousRequests', 'Process', 'Ping', 'Log'],
  ...['Validate', 'Query', 'DiscoverVersions', 'Poll', 'Cancel', 'GetConstraints'],
  ...['Login', 'Logout', 'DelegatedLogin'],
]
/** What makes, changes or uses keys. */
const OTHERS = [
  ...['Create', 'CreateKeyPair', 'Register', 'Import', 'ReKey', 'ReKeyKeyPair', 'DeriveKey'],
  ...['Certify', 'ReCertify', 'CreateSplitKey', 'JoinSplitKey'],
  ...['AddAttribute', 'ModifyAttribute', 'DeleteAttribute', 'SetAttribute', 'AdjustAttribute'],
  ...['GetUsageAllocation', 'Activate', 'Revoke', 'Destroy', 'Archive', 'Recover'],
  ...['Encrypt', 'Decrypt', 'Sign', 'SignatureVerify', 'MAC', 'MACVerify', 'Hash'],
  ...[
    'RNGRetrieve',
    'RNGSeed',
    'Interop',
    'SetEndpointRole',
    'SetDefaults',
    'SetConstraints',
    'ReProvision',
  ],
  'PKCS_11',
]
const ALL: readonly OperationName[] = Object.values(OPERATIONS).map(({ name }) => name)

test('every operation either reads or does more', () => {
  expect([...READING, ...OTHERS].sort()).toEqual([...ALL].sort())
})

describe('a client that may only read', () => {
  const header = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'

  test.each(OTHERS)('is refused %s, at once and later, and nothing changes', async (operation) => {
    const bench = await Bench.open({ operations: ROLES.reader.operations, jobs: {} })
    const before = await bench.dump()
    const payload = uid(MISSING)
    const refused = {
      reason: 'PermissionDenied',
      message: 'The client may not ask for this operation',
    }
    expect(await bench.ask('2.1', operation, payload)).toMatchObject(refused)
    const { items } = await bench.send('2.1', [{ operation, payload }], { header })
    await new Promise((resolve) => setTimeout(resolve, 5))
    // What is never left for later is refused at once there too.
    const [item] = items
    const value = `<AsynchronousCorrelationValue type="ByteString" value="${item?.correlation}"/>`
    const later = item?.correlation === undefined ? item : await bench.ask('2.1', 'Poll', value)
    expect(later).toMatchObject(refused)
    expect(await bench.dump()).toEqual(before)
  })

  test.each(READING)('may ask for %s', async (operation) => {
    const bench = await Bench.open({ operations: ROLES.reader.operations })
    const { payload, message } = await bench.ask('2.1', operation, uid(MISSING))
    expect(message).not.toBe('The client may not ask for this operation')
    expect(find(payload, Tag.KeyMaterial)).toBeUndefined()
  })
})

test.each(ALL)('a client of a role that nobody knows may not ask for %s', (operation) => {
  const stranger = { id: 'x', name: 'x', role: 'unheard of' }
  const permission = ownPermissions({ user: 'all' }).of(stranger)
  const decisions: Decision[] = []
  const decided = (decision: Decision) => void decisions.push(decision)
  expect(
    faultOf(() => {
      const found = () => undefined
      authorise({ permission, operation, allowance: undefined, decided, found })
    }).code,
  ).toBe('NOT_PERMITTED')
  expect(decisions).toEqual([{ verdict: 'refused', rule: 'nothing allows it' }])
})
