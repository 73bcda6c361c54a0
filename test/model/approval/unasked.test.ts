import { expect, test } from 'vitest'
import { mayBeTold } from '../../../src/model/approval/unasked.ts'
import type { OperationApproval, Statement } from '../../../src/model/permission/policy.ts'
import { namePattern } from '../../../src/model/permission/selector.ts'
import { clientOf, objectOf, policyOf, statementOf } from '../permission/sample.ts'

const named = (name: string) => ({
  ...objectOf({ names: [name] }),
  uniqueIdentifier: name,
  content: undefined,
})
const masters = { owner: 'any', names: [namePattern('master-*')] } as const
const getOf = (objects?: OperationApproval['objects']): OperationApproval => ({
  operations: new Set(['Get']),
  ...(objects && { objects }),
  ...{ isPlaintextOnly: true, approvers: 2, expires: 900 },
})

interface LaidDown {
  readonly deny?: readonly Statement[]
  readonly approvals?: readonly OperationApproval[]
}

/** Whether its owner may be told of an object as Get shows it. */
function isTold(name: string, { deny = [], approvals = [] }: LaidDown, role = 'user'): boolean {
  const client = clientOf('app-1', role)
  const laidDown = { name: 'payments', allow: [], deny, approvals }
  const policy = policyOf({ namespaces: new Map([['payments', laidDown]]) })
  const asked = { operation: 'Get', object: named(name) } as const
  return mayBeTold(client, policy.permissionOf(client), asked)
}

test('a client is told of what it may ask for', () => {
  expect(isTold('master-1', {})).toBe(true)
  expect(isTold('master-1', {}, 'operator')).toBe(false)
  expect(isTold('master-1', { deny: [statementOf('Get')] })).toBe(false)
  const deny = [statementOf('Get', { objects: { names: masters.names } })]
  expect(isTold('master-1', { deny })).toBe(false)
  expect(isTold('tape-1', { deny })).toBe(true)
})

test('a client is not told of what officers have to agree to', () => {
  expect(isTold('master-1', { approvals: [getOf(masters)] })).toBe(false)
  expect(isTold('tape-1', { approvals: [getOf(masters)] })).toBe(true)
  expect(isTold('tape-1', { approvals: [getOf()] })).toBe(false)
})
