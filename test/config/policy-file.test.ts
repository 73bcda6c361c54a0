import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES } from '../../src/config/roles.ts'
import { parsePolicy } from '../../src/config/policy-file.ts'
import { CompiledPolicy } from '../../src/model/permission/permission.ts'
import { clientOf, objectOf } from '../model/permission/sample.ts'

const NAMES = {
  client: (name: string) => (/^app-\d$/.test(name) ? name : undefined),
  namespace: (name: string) => (name === 'payments' ? name : undefined),
}

const parse = (text: string) => parsePolicy(text, 'p.yaml', NAMES)

const refusal = (message: string | RegExp): unknown =>
  expect.objectContaining({
    code: 'INVALID_FIELD',
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  })

const allow = (statement: string): string =>
  `version: 1\nnamespaces:\n  payments:\n    allow:\n      - ${statement}\n`

describe('the policy file', () => {
  test('of docs/authorisation.md means what the page says', () => {
    const page = readFileSync(new URL('../../docs/authorisation.md', import.meta.url), 'utf8')
    const yaml = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
    const { policy, counts } = parse(yaml)
    expect(counts).toEqual({
      roles: 1,
      namespaces: 1,
      operationPolicies: 1,
      statements: 5,
      approvals: 2,
    })
    expect(policy.administration).toEqual([
      {
        calls: new Set(['policy.apply', 'backup.create', 'root.rotate']),
        approvers: 2,
        expires: 900,
      },
    ])
    const compiled = new CompiledPolicy(policy, BUILT_IN_ROLES)
    const agent = compiled.permissionOf(clientOf('app-3', 'backup-agent'))
    const tape = objectOf({ owner: 'app-1', names: ['tape-7'] })
    expect(agent.decide('Get', tape).verdict).toBe('allowed')
    expect(agent.decide('Destroy', tape).verdict).toBe('refused')
    expect(agent.decide('Export', tape).rule).toBe('namespace payments deny #1')
    expect(agent.decide('Get', objectOf({ owner: 'app-1' })).verdict).toBe('hidden')
    const card = objectOf({ owner: 'app-1', groups: ['cards'], mask: 4 })
    const second = compiled.permissionOf(clientOf('app-2', 'nobody'))
    expect(second.decide('Encrypt', card).rule).toBe('namespace payments allow #1')
    expect(second.decide('Get', card).verdict).toBe('refused')
    expect(compiled.permissionOf(clientOf('app-9', 'nobody')).ask('Encrypt').verdict).toBe(
      'refused',
    )
  })

  test.each([
    ['version: 1\n'],
    ['{"version": 1}'],
    ['version: 1\nroles:\nnamespaces: {}\noperationPolicies:\nadministration:\n'],
    ['version: 1\nroles:\n  agent:\n'],
  ])('may say nothing: %s', (text) => {
    const { policy } = parse(text)
    expect(policy.namespaces.size + policy.administration.length).toBe(0)
  })

  test.each([
    ['nothing at all', '', /^p\.yaml:1: /],
    ['no version', 'roles: {}\n', 'p.yaml:1: version: is missing'],
    ['another version', 'version: 2\n', /^p\.yaml:1: version: /],
    ['an unknown key', 'version: 1\nrole: {}\n', 'p.yaml:2: role: there is no such key'],
    [
      'an unknown operation',
      allow('operations: [Get, Fetch]'),
      /^p\.yaml:5: namespaces\.payments\.allow\.0\.operations\.1: Fetch is no operation/,
    ],
    ['an operation of the server', allow('operations: [Notify]'), /is no operation/],
    ['a class in capitals', allow('operations: [READ]'), /is no operation/],
    ['no operations', allow('operations: []'), /allow\.0\.operations: /],
    ['operations as a text', allow('operations: Get'), /allow\.0\.operations: /],
    ['a statement of nothing', allow('to: { clients: [app-1] }'), /operations: is missing$/],
    ['objects of nothing', allow('{operations: [Get], objects: {}}'), /objects: says nothing$/],
    ['a list of nothing', allow('{operations: [Get], objects: {name: []}}'), /objects\.name: /],
    ['nobody', allow('{operations: [Get], to: {}}'), /to: says nothing$/],
    ['a star inside', allow("{operations: [Get], objects: {name: ['a*b']}}"), /name\.0: a star/],
    ['a star in front', allow("{operations: [Get], objects: {name: ['*a']}}"), /name\.0: a star/],
    ['two stars', allow("{operations: [Get], objects: {name: ['a**']}}"), /name\.0: a star/],
    ['an empty name', allow("{operations: [Get], objects: {name: ['']}}"), /name\.0: /],
    ['a control', allow('{operations: [Get], objects: {name: ["a\\u0000"]}}'), /name\.0: has/],
    ['half a character', allow('{operations: [Get], objects: {name: ["\\ud800"]}}'), /name\.0: /],
    ['a separator', allow('{operations: [Get], objects: {group: ["\\u2028"]}}'), /group\.0: has/],
    [
      'an unknown type',
      allow('{operations: [Get], objects: {type: [Key]}}'),
      /type\.0: Key is no Object/,
    ],
    [
      'an unknown usage',
      allow('{operations: [Get], objects: {usage: [encrypt]}}'),
      /usage\.0: encrypt is no bit/,
    ],
    [
      'an owner that is no list',
      allow('{operations: [Get], objects: {owner: me}}'),
      /owner: is own/,
    ],
    [
      'a client that there is not',
      allow('{operations: [Get], to: {clients: [app-1, bob]}}'),
      'p.yaml:5: namespaces.payments.allow.0.to.clients.1: there is no client bob',
    ],
    [
      'an owner that there is not',
      allow('{operations: [Get], objects: {owner: [bob]}}'),
      'p.yaml:5: namespaces.payments.allow.0.objects.owner.0: there is no client bob',
    ],
    [
      'a role that there is not',
      allow('{operations: [Get], to: {roles: [king]}}'),
      'p.yaml:5: namespaces.payments.allow.0.to.roles.0: there is no such role',
    ],
    [
      'a namespace that there is not',
      'version: 1\nnamespaces:\n  hr: {}\n',
      'p.yaml:3: namespaces.hr: there is no such namespace',
    ],
    [
      'a role that is built in',
      'version: 1\nroles:\n  auditor: {}\n',
      'p.yaml:3: roles.auditor: is built in: a policy does not change it',
    ],
    [
      'an audience in a role',
      role('{operations: [Get], to: {clients: [app-1]}}'),
      /\.to: there is no/,
    ],
    ['no approvers', approval('operations: [Destroy]'), /approvers: is missing$/],
    ['too many approvers', approval('{operations: [Destroy], approvers: 17}'), /approvers: /],
    ['a wait too short', approval('{operations: [Get], approvers: 1, expires: 59}'), /expires: /],
    [
      'a call that there is not',
      'version: 1\nadministration:\n  approvals:\n    - {calls: [server.stop], approvers: 1}\n',
      /calls\.0: /,
    ],
    ['a key twice', 'version: 1\nroles:\n  a: {}\n  a: {}\n', /^p\.yaml:4: /],
    ['a number for a key', 'version: 1\nroles:\n  1: {}\n', /^p\.yaml:3: a key is not a text$/],
    ['an alias', 'version: 1\nroles: &a {}\noperationPolicies: *a\n', /aliases are not taken$/],
    ['a cycle', 'version: 1\nroles: &a\n  x: *a\n', /aliases are not taken$/],
    ['a merge', `version: 1\nroles:\n  a: &a {}\n  b:\n    <<: *a\n`, /^p\.yaml/],
    ['a tag', 'version: 1\nroles: !!js/function "x"\n', /^p\.yaml:2: /],
    ['two documents', 'version: 1\n---\nversion: 1\n', /^p\.yaml:\d: /],
    ['another kind of value', '- 1\n', /^p\.yaml:1: /],
  ])('with %s is refused with the line and the key', (_what, text, message) => {
    expect(() => parse(text)).toThrow(refusal(message))
  })

  function role(statement: string): string {
    return `version: 1\nroles:\n  agent:\n    allow:\n      - ${statement}\n`
  }
  function approval(rule: string): string {
    return `version: 1\nnamespaces:\n  payments:\n    approvals:\n      - ${rule}\n`
  }

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'with the key %s gives nobody anything, and no prototype changes',
    (key) => {
      const open = '{allow: [{operations: [all], objects: {owner: any}}]}'
      const texts = [
        `version: 1\n${key}: ${open}\n`,
        `version: 1\nroles:\n  agent:\n    ${key}: ${open}\n`,
        allow(`{operations: [Get], ${key}: 1}`),
        `{"version": 1, "${key}": {"roles": {"user": 1}}}`,
      ]
      for (const text of texts) expect(() => parse(text)).toThrow(refusal(/there is no such key$/))
      if (key !== 'prototype') {
        for (const section of ['roles', 'operationPolicies', 'namespaces']) {
          const text = `version: 1\n${section}:\n  ${key}: ${open}\n`
          expect(() => parse(text), text).toThrow(refusal(/: /))
        }
      }
      expect({}).not.toHaveProperty('allow')
      expect({}).not.toHaveProperty('roles')
    },
  )

  test.each([
    ['too many bytes', `version: 1\n#${'x'.repeat(1_048_576)}\n`],
    ['too many statements', manyStatements(10_001)],
    ['lists too deep', `version: 1\nroles: ${'['.repeat(20_000)}\n`],
    ['maps too deep', `version: 1\nroles: ${'{a: '.repeat(20_000)}\n`],
    ['blocks too deep', `version: 1\nroles:\n${deepBlocks(600)}`],
    ['too many keys', `version: 1\nroles:\n${many(30_000, (at) => `  r${at}: {}\n`)}`],
    ['the same key often', `version: 1\nroles:\n${'  r: {}\n'.repeat(30_000)}`],
  ])('of %s is refused in good time', { timeout: 60_000 }, (_what, text) => {
    const begun = process.cpuUsage()
    expect(() => parse(text)).toThrow(refusal(/^p\.yaml:\d+: /))
    const { user, system } = process.cpuUsage(begun)
    expect((user + system) / 1_000_000).toBeLessThan(15)
  })

  test('of 10,000 statements is taken', { timeout: 60_000 }, () => {
    expect(parse(manyStatements(10_000)).counts.statements).toBe(10_000)
  })

  function manyStatements(count: number): string {
    const lines = '      - { operations: [Get], objects: { name: [a] } }\n'.repeat(count)
    return `version: 1\nnamespaces:\n  payments:\n    allow:\n${lines}`
  }
  function many(count: number, line: (at: number) => string): string {
    return Array.from({ length: count }, (_, at) => line(at)).join('')
  }
  function deepBlocks(depth: number): string {
    return many(depth, (at) => `${' '.repeat(at + 1)}a:\n`)
  }
})

describe('names of objects', () => {
  test('give nobody what the policy does not: 2,000 names against 50 policies', () => {
    let seed = 42
    const next = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return (seed >>> 8) % below
    }
    const letters = [
      'a',
      'b',
      '*',
      '?',
      '[',
      ']',
      '.',
      '\\',
      '/',
      '%',
      ' ',
      'á',
      'a\u0301',
      '\u0430',
      'A',
      '\u0000',
      '\n',
      '-',
    ]
    const word = (most: number) =>
      Array.from({ length: 1 + next(most) }, () => letters[next(letters.length)] ?? 'a').join('')
    const names = Array.from({ length: 2_000 }, () => word(6))
    const patternLetters = ['a', 'b', '-', '.', '?', '[', ']', 'á', 'A', '%', '/']
    let granted = 0
    for (let round = 0; round < 50; round += 1) {
      const stem = Array.from({ length: 1 + next(3) }, () => patternLetters[next(11)] ?? 'a').join(
        '',
      )
      const isPrefix = round % 2 === 0
      const pattern = isPrefix ? `${stem}*` : stem
      const { policy } = parse(
        allow(`{operations: [Locate], objects: {name: [${JSON.stringify(pattern)}]}}`),
      )
      const permission = new CompiledPolicy(policy, BUILT_IN_ROLES).permissionOf(
        clientOf('app-2', 'none'),
      )
      for (const name of names) {
        const bytes = Buffer.from(name)
        const start = Buffer.from(stem)
        const fits = isPrefix ? bytes.subarray(0, start.length).equals(start) : bytes.equals(start)
        const decided = permission.decide('Locate', objectOf({ names: [name] })).verdict
        if ((decided === 'allowed') !== fits) expect([name, pattern, decided]).toBe(fits)
        if (fits) granted += 1
      }
    }
    expect(granted).toBeGreaterThan(100)
  })
})
