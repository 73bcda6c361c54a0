import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inspectPolicy } from '../../src/config/policy-inspection.ts'

const CLIENTS: Readonly<Record<string, { role: string; namespace?: string }>> = {
  'app-1': { role: 'user', namespace: 'id-payments' },
  'app-2': { role: 'user', namespace: 'id-payments' },
  alone: { role: 'user' },
  stranger: { role: 'user', namespace: 'id-hr' },
  olga: { role: 'crypto-officer', namespace: 'id-payments' },
}
const AROUND = {
  client: (name: string) => (Object.hasOwn(CLIENTS, name) ? `id-${name}` : undefined),
  namespace: (name: string) => (['payments', 'hr'].includes(name) ? `id-${name}` : undefined),
  about: (name: string) => CLIENTS[name],
  officers: 2,
}

const inspect = async (text: string) => inspectPolicy(text, 'p.yaml', AROUND)
const payments = (lines: string) => `version: 1\nnamespaces:\n  payments:\n${lines}`

/** What is said of a file that can be applied. */
async function warnings(text: string): Promise<readonly string[]> {
  const { errors, warnings: lines } = await inspect(text)
  expect(errors).toEqual([])
  return lines
}

describe('what is wrong with a policy file', () => {
  const WRONG = `version: 1
roles:
  auditor: {}
  agent:
    allow:
      - operations: [Fetch, 'R\u0435ad']
      -
      - operations: [read]
        objects: { type: [Key] }
        extra: 1
namespaces:
  hr: {}
  hq: {}
  payments:
    alow: []
    allow:
      - { operations: [use], to: { clients: [app-1, bob], roles: [agent, king] } }
      - { operations: [use], objects: { owner: [eve] } }
      - { operations: [use], to: { clients: ['w\u0435b'] } }
    approvals:
      - { operations: [Destroy], approvers: 17 }
administration:
  approvals:
    - { calls: [server.stop], approvers: 1 }
`
  const FOUND = [
    'p.yaml:3: roles.auditor: is built in: a policy does not change it',
    'p.yaml:6: roles.agent.allow.0.operations.0: Fetch is no operation, and no class of operations',
    'p.yaml:6: roles.agent.allow.0.operations.1: "R\\u0435ad" is no operation, and no class of operations',
    'p.yaml:7: roles.agent.allow.1: is not a map',
    'p.yaml:9: roles.agent.allow.2.objects.type.0: Key is no Object Type',
    'p.yaml:10: roles.agent.allow.2.extra: there is no such key',
    'p.yaml:13: namespaces.hq: there is no such namespace',
    'p.yaml:15: namespaces.payments.alow: there is no such key',
    'p.yaml:17: namespaces.payments.allow.0.to.roles.1: there is no such role',
    'p.yaml:17: namespaces.payments.allow.0.to.clients.1: there is no client bob',
    'p.yaml:18: namespaces.payments.allow.1.objects.owner.0: there is no client eve',
    'p.yaml:19: namespaces.payments.allow.2.to.clients.0: "w\\u0435b" is not a name: it has other characters than ASCII',
    'p.yaml:21: namespaces.payments.approvals.0.approvers: is more than 16',
    'p.yaml:24: administration.approvals.0.calls.0: ',
  ]

  test.each([
    ['in a thread', `# ${'x'.repeat(20_000)}`],
    ['at once', ''],
  ])('is found in one look, in the order of the file, %s', async (_, comment) => {
    const { counts, errors, warnings: others } = await inspect(WRONG + comment)
    expect(counts).toBeUndefined()
    expect(others).toEqual([])
    expect(errors.map((line) => line.replace(/(calls\.0: ).*/, '$1'))).toEqual(FOUND)
  })

  test('is said in our own words', async () => {
    const { errors } = await inspect(
      payments(`    allow:
      - null
      - { operations: Get }
      - { operations: [] }
      - { operations: [Get], objects: null }
    approvals:
      - { operations: [Get], approvers: two }
      - { operations: [Get], approvers: 1.5 }
      - { operations: [Get], approvers: 1, plaintext: 7 }
`),
    )
    expect(errors.map((line) => line.replace(/.*: /, ''))).toEqual([
      'is not a map',
      'is not a list',
      'has fewer than 1 entries',
      'is not a map',
      'is not a number',
      'is not a whole number',
      'is not true or false',
    ])
  })

  test.each([
    ['', 'p.yaml:1: is not a map'],
    ['version: 1\n[', 'p.yaml:'],
    ['version: 2\nroles: 5\n', 'p.yaml:1: version: is not 1'],
    ['version: 1\nroles: 5\n', 'p.yaml:2: roles: is not a map'],
  ])('is told of a file that is no policy at all: %j', async (text, first) => {
    const { errors, counts } = await inspect(text)
    expect(counts).toBeUndefined()
    expect(errors[0]?.startsWith(first), errors[0]).toBe(true)
  })

  test('is cut where nobody would read on', async () => {
    const { errors } = await inspect(payments(`    allow:\n${'      - 1\n'.repeat(5_000)}`))
    expect(errors).toHaveLength(101)
    expect(errors.at(-1)).toBe('p.yaml: and 4900 more')
  })
})

describe('what a policy file hardly means', () => {
  test('is not found in the example of docs/authorisation.md', async () => {
    const page = readFileSync(new URL('../../docs/authorisation.md', import.meta.url), 'utf8')
    const yaml = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
    expect(await warnings(yaml)).toEqual([])
  })

  test.each([
    [
      'clients of other namespaces, and of none',
      '{ operations: [use], to: { clients: [app-1, stranger] }, objects: { owner: [alone] } }',
      [
        'to.clients.1: stranger is not in the namespace payments: this is never about it',
        'objects.owner.0: alone is not in the namespace payments: this is never about it',
      ],
    ],
    [
      'those who administer',
      '{ operations: [use], to: { clients: [olga], roles: [auditor, user] } }',
      [
        'to.clients.0: olga has no keys: no statement is for it',
        'to.roles.0: the role auditor has no keys: no statement is for it',
      ],
    ],
    [
      'letters that look alike',
      '{ operations: [use], objects: { name: ["p\u0430y-*", "Кафе-1"], group: ["a\u200bb", "cafe\u0301"] } }',
      [
        'objects.name.0: "p\\u0430y-*" mixes letters of scripts that look alike',
        'objects.group.0: "a\\u200bb" has characters that nobody sees',
        'objects.group.1: "cafe\\u0301" can be written with other bytes that look the same',
      ],
    ],
  ])('is told of %s', async (_, statement, expected) => {
    const found = await warnings(payments(`    allow:\n      - ${statement}\n`))
    expect(found).toEqual(expected.map((text) => `p.yaml:5: namespaces.payments.allow.0.${text}`))
  })

  test.each([
    [
      '{ operations: [Query, Destroy, server], approvers: 1 }',
      [
        'operations.0: Query never needs approval: it is for the server itself',
        'operations.2: server never needs approval: it is for the server itself',
      ],
    ],
    ['{ operations: [all], approvers: 2 }', []],
    [
      '{ operations: [Destroy], approvers: 3 }',
      ['approvers: wants more crypto officers than there are: 2'],
    ],
    [
      '{ operations: [Locate, Get], objects: { name: [a] }, approvers: 1 }',
      ['operations.0: Locate shows no object, and is never among those of an approval'],
    ],
    [
      '{ operations: [Destroy], plaintext: true, approvers: 1 }',
      ['plaintext: is for Get and Export, and neither is named'],
    ],
    ['{ operations: [read], plaintext: true, approvers: 1 }', []],
  ])('is told of the approval %s', async (approval, expected) => {
    const found = await warnings(payments(`    approvals:\n      - ${approval}\n`))
    const place = 'p.yaml:5: namespaces.payments.approvals.0.'
    expect(found).toEqual(expected.map((text) => place + text))
  })

  test('is told of calls that more officers would have to approve than there are', async () => {
    const calls = '{ calls: [policy.apply], approvers: 3 }'
    expect(await warnings(`version: 1\nadministration:\n  approvals:\n    - ${calls}\n`)).toEqual([
      'p.yaml:4: administration.approvals.0.approvers: wants more crypto officers than there are: 2',
    ])
  })

  // Whether the deny refuses all that the allow allows.
  test.each([
    [true, '[Get]', '[Get]'],
    [true, '[Get, Export]', '[read, Export]'],
    [false, '[Get, Destroy]', '[read]'],
    [true, '[Get], to: {clients: [app-1]}', '[Get]'],
    [true, '[Get], to: {clients: [app-1]}', '[Get], to: {clients: [app-1]}'],
    [false, '[Get], to: {clients: [app-1]}', '[Get], to: {clients: [app-2]}'],
    [false, '[Get]', '[Get], to: {clients: [app-1]}'],
    [true, '[Get], objects: {name: [a]}', '[Get]'],
    [true, '[Get], objects: {name: [a]}', '[Get], objects: {name: [a]}'],
    [false, '[Get]', '[Get], objects: {name: [a]}'],
    [false, '[Get], objects: {name: [b]}', '[Get], objects: {name: [a]}'],
  ])('is told: %s of an allow of %s beside a deny of %s', async (isPointless, allow, deny) => {
    const found = await warnings(
      payments(
        `    allow:\n      - {operations: ${allow}}\n    deny:\n      - {operations: ${deny}}\n`,
      ),
    )
    const problem = 'allows nothing: a deny of the same part refuses all of it'
    expect(found).toEqual(isPointless ? [`p.yaml:5: namespaces.payments.allow.0: ${problem}`] : [])
  })

  test.each([
    [true, ''],
    [true, ', objects: {name: [a]}'],
    [true, ', objects: {owner: own, name: [a]}'],
    [false, ', objects: {owner: any}'],
  ])('is told: %s of a role with a deny of its own objects and allow%s', async (told, objects) => {
    const lists = `allow: [{operations: [Get]${objects}}], deny: [{operations: [Get]}]`
    expect(await warnings(`version: 1\nroles:\n  agent: {${lists}}\n`)).toHaveLength(told ? 1 : 0)
  })
})
