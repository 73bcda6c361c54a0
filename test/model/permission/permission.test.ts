import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES } from '../../../src/config/roles.ts'
import { CLIENT_OPERATIONS, operationsOf } from '../../../src/model/permission/operation-class.ts'
import { OPERATIONS } from '../../../src/operation/index.ts'
import type { StatedObjects, Statement } from '../../../src/model/permission/policy.ts'
import { namePattern } from '../../../src/model/permission/selector.ts'
import { ObjectType } from '../../../src/spec/enum/object-type.ts'
import { CryptographicUsageMask as Mask } from '../../../src/spec/mask/cryptographic-usage-mask.ts'
import type { OperationName } from '../../../src/spec/operation.ts'
import { clientOf, objectOf, payments, policyOf, statementOf, type Traits } from './sample.ts'

const PAGE = readFileSync(new URL('../../../docs/authorisation.md', import.meta.url), 'utf8')

describe('the classes of operations', () => {
  const titles = new Map([
    ['MAC Verify', 'MACVerify'],
    ['PKCS#11', 'PKCS_11'],
    ['RNG Retrieve', 'RNGRetrieve'],
    ['RNG Seed', 'RNGSeed'],
    ['Re-Provision', 'ReProvision'],
    ['Re-key', 'ReKey'],
    ['Re-key Key Pair', 'ReKeyKeyPair'],
    ['Re-certify', 'ReCertify'],
  ])
  const nameOf = (title: string) => titles.get(title) ?? title.replaceAll(' ', '')

  test.each(['server', 'read', 'use', 'create', 'manage', 'destroy'])(
    '%s has the operations that the page says',
    (name) => {
      const row = new RegExp(`^\\| \`${name}\` +\\| (.+?) +\\|$`, 'm').exec(PAGE)?.[1] ?? ''
      expect([...(operationsOf(name) ?? [])].sort()).toEqual(row.split(', ').map(nameOf).sort())
    },
  )

  test('have every operation of the server in exactly one of them', () => {
    const names = Object.values(OPERATIONS).map((operation) => operation.name)
    expect([...CLIENT_OPERATIONS].sort()).toEqual([...names].sort())
    const classes = ['server', 'read', 'use', 'create', 'manage', 'destroy']
    expect(classes.flatMap((each) => operationsOf(each) ?? []).sort()).toEqual([...names].sort())
    expect([...(operationsOf('all') ?? [])].sort()).toEqual([...names].sort())
  })

  test.each(['Notify', 'Put', 'get', 'READ', '', '__proto__', 'constructor', 'toString'])(
    'have no word %s',
    (word) => {
      expect(operationsOf(word)).toBeUndefined()
    },
  )
})

describe('a role', () => {
  const own = objectOf({ owner: 'app-1' })
  const others = objectOf({ owner: 'app-2' })

  test('user may do everything with its own objects and nothing with others', () => {
    const permission = policyOf({}).permissionOf(clientOf())
    for (const operation of CLIENT_OPERATIONS) {
      expect(permission.ask(operation)).toEqual({ verdict: 'allowed', rule: 'role user' })
      expect(permission.decide(operation, own)).toEqual({ verdict: 'allowed', rule: 'role user' })
      const nothing = { verdict: 'hidden', rule: 'nothing allows it' }
      expect(permission.decide(operation, others)).toEqual(nothing)
    }
  })

  test('reader may do what the page says with its own objects', () => {
    const line = /^\| `reader` +\| allow `read`, and of `server` (.+?), on `own` +\|$/m.exec(PAGE)
    const asking = (line?.[1] ?? '').split(', ').map((title) => title.replaceAll(' ', ''))
    const may = new Set<string>([...(operationsOf('read') ?? []), ...asking])
    const permission = policyOf({}).permissionOf(clientOf('app-1', 'reader'))
    for (const operation of CLIENT_OPERATIONS) {
      const verdict = permission.ask(operation).verdict
      expect([operation, verdict]).toEqual([operation, may.has(operation) ? 'allowed' : 'refused'])
    }
    expect(permission.decide('Destroy', own).verdict).toBe('refused')
    expect(permission.decide('Get', others).verdict).toBe('hidden')
  })

  test.each(['crypto-officer', 'operator', 'auditor'])(
    '%s has no keys, whatever a policy says',
    (role) => {
      const everything = [statementOf('all'), statementOf('all', { to: to([], [role]) })]
      const operationPolicies = new Map([['open', { allow: everything, deny: [] }]])
      const policy = payments(everything, [], { operationPolicies })
      const permission = policy.permissionOf(clientOf('app-1', role))
      const asked = CLIENT_OPERATIONS.filter((each) => permission.ask(each).verdict === 'allowed')
      expect([...asked].sort()).toEqual(['DiscoverVersions', 'Ping', 'Query'])
      const named = objectOf({ owner: 'app-2', policy: 'open' })
      for (const operation of ['Locate', 'Get', 'Encrypt', 'Destroy'] as const) {
        expect(permission.decide(operation, named).verdict).toBe('hidden')
      }
    },
  )

  test.each(['unheard of', '__proto__', 'constructor', 'toString', 'User', 'user ', ''])(
    'of the name %s allows nothing',
    (role) => {
      const permission = policyOf({}).permissionOf(clientOf('app-1', role))
      for (const operation of CLIENT_OPERATIONS) {
        expect(permission.ask(operation).verdict).toBe('refused')
        expect(permission.decide(operation, own).verdict).toBe('hidden')
      }
    },
  )

  test('of a policy means own objects where it does not say whose', () => {
    const agent = {
      allow: [statementOf('read', { objects: { names: [namePattern('tape-*')] } })],
      deny: [],
    }
    const policy = policyOf({ roles: new Map([['agent', agent]]) })
    const permission = policy.permissionOf(clientOf('app-1', 'agent'))
    const named = (owner: string) => objectOf({ owner, names: ['tape-1'] })
    const rule = 'role agent allow #1'
    expect(permission.decide('Get', named('app-1'))).toEqual({ verdict: 'allowed', rule })
    expect(permission.decide('Get', named('app-2')).verdict).toBe('hidden')
    expect(permission.decide('Get', own).verdict).toBe('hidden')
  })

  test('that is built in is not changed by one of the same name', () => {
    const king = { allow: [statementOf('all', { objects: { owner: 'any' } })], deny: [] }
    const policy = policyOf({ roles: new Map([['reader', king]]) })
    const permission = policy.permissionOf(clientOf('app-1', 'reader'))
    expect(permission.decide('Destroy', own).verdict).toBe('refused')
    expect(permission.decide('Get', others).verdict).toBe('hidden')
    expect(BUILT_IN_ROLES.get('reader')).toBeDefined()
  })
})

function to(clients: readonly string[], roles: readonly string[] = []) {
  return { clients: new Set(clients), roles: new Set(roles) }
}

describe('a selector', () => {
  const cases: readonly [string, StatedObjects, Traits, boolean][] = [
    ['owner own, of another', { owner: 'own' }, {}, false],
    ['owner own, of the asking', { owner: 'own' }, { owner: 'app-2' }, true],
    ['owner any', { owner: 'any' }, {}, true],
    ['owner by client', { owner: new Set(['app-1']) }, {}, true],
    ['owner by another client', { owner: new Set(['app-3', 'app']) }, {}, false],
    ['nothing of owners', { groups: new Set(['cards']) }, { groups: ['cards'] }, true],
    ['a name', names('master'), { names: ['master'] }, true],
    ['a name, another case', names('master'), { names: ['Master'] }, false],
    ['a name, longer', names('master'), { names: ['master-1'] }, false],
    ['a name, composed otherwise', names('caf\u00e9'), { names: ['cafe\u0301'] }, false],
    ['a name, with a look-alike', names('master'), { names: ['m\u0430ster'] }, false],
    ['a name, none there', names('master'), {}, false],
    ['one of two names', names('master'), { names: ['other', 'master'] }, true],
    ['one of two patterns', names('x', 'ma*'), { names: ['master'] }, true],
    ['a prefix', names('master-*'), { names: ['master-1'] }, true],
    ['a prefix by itself', names('master-*'), { names: ['master-'] }, true],
    ['a prefix, too short', names('master-*'), { names: ['master'] }, false],
    ['a prefix inside', names('master-*'), { names: ['my-master-1'] }, false],
    ['a star alone', names('*'), { names: ['anything'] }, true],
    ['a star alone, no name', names('*'), {}, false],
    ['what patterns elsewhere mean', names('m.st?r[1]'), { names: ['master1'] }, false],
    ['a star in the name of an object', names('master-1'), { names: ['master-*'] }, false],
    ['a group', { groups: new Set(['cards']) }, { groups: ['x', 'cards'] }, true],
    ['a group, another', { groups: new Set(['cards']) }, { groups: ['card'] }, false],
    ['a group, none there', { groups: new Set(['cards']) }, {}, false],
    ['a type', types(ObjectType.SymmetricKey), {}, true],
    ['a type, another', types(ObjectType.PublicKey), {}, false],
    ['a usage', { usage: Mask.Encrypt | Mask.Sign }, { mask: Mask.Encrypt | Mask.Decrypt }, true],
    ['a usage, another', { usage: Mask.Sign }, { mask: Mask.Encrypt }, false],
    ['a usage, none there', { usage: Mask.Sign }, {}, false],
    [
      'all parts',
      { ...names('m*'), groups: new Set(['g']) },
      { names: ['m'], groups: ['g'] },
      true,
    ],
    ['all parts but one', { ...names('m*'), groups: new Set(['g']) }, { names: ['m'] }, false],
  ]

  test.each(cases)('of %s', (_, objects, traits, isMeant) => {
    const allow = [statementOf('read', { objects })]
    const permission = payments(allow).permissionOf(clientOf('app-2', 'reader'))
    // As a user app-2 would be allowed what is its own anyway.
    const object = objectOf(traits)
    const stranger = policyOf({}).permissionOf(clientOf('app-2', 'none'))
    expect(stranger.decide('Get', object).verdict).toBe('hidden')
    const granted = payments(allow).permissionOf(clientOf('app-2', 'none'))
    expect(granted.decide('Get', object).verdict).toBe(isMeant ? 'allowed' : 'hidden')
    if (isMeant) expect(permission.decide('Get', object).verdict).toBe('allowed')
    const deny = [statementOf('Get', { objects })]
    const denied = payments([statementOf('read')], deny).permissionOf(clientOf('app-2', 'none'))
    expect(denied.decide('Get', object).verdict).toBe(isMeant ? 'refused' : 'allowed')
  })

  function names(...texts: readonly string[]): StatedObjects {
    return { names: texts.map(namePattern) }
  }
  function types(...each: readonly ObjectType[]): StatedObjects {
    return { types: new Set(each) }
  }
})

describe('a statement', () => {
  const object = objectOf({ owner: 'app-1' })
  const asked = (statement: Statement, id: string, role: string) =>
    payments([statement]).permissionOf(clientOf(id, role)).decide('Get', object).verdict

  test.each([
    ['everybody', undefined, ['app-2', 'none'], 'allowed'],
    ['a client', to(['app-2']), ['app-2', 'none'], 'allowed'],
    ['another client', to(['app-2']), ['app-3', 'none'], 'hidden'],
    ['a role', to([], ['agent']), ['app-2', 'agent'], 'allowed'],
    ['another role', to([], ['agent']), ['app-2', 'agents'], 'hidden'],
    ['a client or a role', to(['app-2'], ['agent']), ['app-3', 'agent'], 'allowed'],
    ['a client of the name of a role', to(['agent']), ['app-2', 'agent'], 'hidden'],
  ] as const)('is for %s', (_, audience, [id, role], verdict) => {
    const statement = statementOf('Get Locate', audience === undefined ? {} : { to: audience })
    expect(asked(statement, id, role)).toBe(verdict)
  })

  test('of another namespace is for nobody here', () => {
    const policy = payments([statementOf('all')])
    const elsewhere = policy.permissionOf(clientOf('app-9', 'none', 'hr'))
    expect(elsewhere.ask('Get').verdict).toBe('refused')
    expect(elsewhere.decide('Get', object)).toEqual({
      verdict: 'hidden',
      rule: 'another namespace',
    })
    const alone = policy.permissionOf({ id: 'app-1', role: 'user' })
    expect(alone.decide('Get', object)).toEqual({ verdict: 'hidden', rule: 'another namespace' })
    const { owner, objectType, attributes } = object
    expect(alone.decide('Get', { owner, objectType, attributes }).verdict).toBe('allowed')
  })
})

describe('the decision', () => {
  const every = (operation: OperationName) => (id: string, role: string, traits: Traits) => ({
    of: (policy: ReturnType<typeof payments>) =>
      policy.permissionOf(clientOf(id, role)).decide(operation, objectOf(traits)),
  })
  const get = every('Get')

  test('is that of a deny, whatever allows it', () => {
    const deny = [statementOf('Get', { to: to(['app-1']) })]
    const policy = payments([statementOf('all')], deny)
    const rule = 'namespace payments deny #1'
    expect(get('app-1', 'user', {}).of(policy)).toEqual({ verdict: 'refused', rule })
    expect(get('app-2', 'user', {}).of(policy).verdict).toBe('allowed')
  })

  test('is that of a deny of the role, whatever the namespace allows', () => {
    const agent = {
      allow: [statementOf('all')],
      deny: [statementOf('Export', { objects: { owner: 'any' } })],
    }
    const policy = payments([statementOf('all')], [], { roles: new Map([['agent', agent]]) })
    const permission = policy.permissionOf(clientOf('app-2', 'agent'))
    const refused = { verdict: 'refused', rule: 'role agent deny #1' }
    expect(permission.decide('Export', objectOf())).toEqual(refused)
    expect(permission.decide('Get', objectOf()).verdict).toBe('allowed')
    // It says something of objects, so it is not about the operation by itself.
    expect(permission.ask('Export').verdict).toBe('allowed')
  })

  test('names the first rule of those that say the same', () => {
    const allow = [statementOf('Destroy'), statementOf('use'), statementOf('Encrypt')]
    const rule = 'namespace payments allow #2'
    const decision = payments(allow)
      .permissionOf(clientOf('app-2', 'none'))
      .decide('Encrypt', objectOf())
    expect(decision).toEqual({ verdict: 'allowed', rule })
  })

  test('hides what may not be located, and refuses what may', () => {
    const seen = payments([statementOf('Locate')])
    expect(get('app-2', 'none', {}).of(seen).verdict).toBe('refused')
    expect(get('app-2', 'none', {}).of(payments([])).verdict).toBe('hidden')
    const hidden = payments([statementOf('Get Locate')], [statementOf('Locate')])
    expect(every('Locate')('app-2', 'none', {}).of(hidden).verdict).toBe('hidden')
    expect(get('app-2', 'none', {}).of(hidden).verdict).toBe('allowed')
    const denied = payments([statementOf('Get Locate')], [statementOf('Get Locate')])
    const rule = 'namespace payments deny #1'
    expect(get('app-1', 'user', {}).of(denied)).toEqual({ verdict: 'hidden', rule })
  })

  test('counts the operation policy that an object names, for objects alone', () => {
    const operationPolicies = new Map([
      ['public', { allow: [statementOf('Locate Get')], deny: [statementOf('Destroy')] }],
    ])
    const policy = payments([statementOf('Get', { to: to(['app-9']) })], [], { operationPolicies })
    const rule = 'operation policy public allow #1'
    const named = { policy: 'public' }
    expect(get('app-2', 'none', named).of(policy)).toEqual({ verdict: 'allowed', rule })
    expect(get('app-2', 'none', { policy: 'Public' }).of(policy).verdict).toBe('hidden')
    expect(get('app-2', 'none', { policy: '__proto__' }).of(policy).verdict).toBe('hidden')
    expect(get('app-2', 'none', {}).of(policy).verdict).toBe('hidden')
    expect(policy.permissionOf(clientOf('app-2', 'none')).ask('Get').verdict).toBe('refused')
    const destroy = every('Destroy')('app-1', 'user', named).of(policy)
    expect(destroy).toEqual({ verdict: 'refused', rule: 'operation policy public deny #1' })
    expect(policy.permissionOf(clientOf()).ask('Destroy').verdict).toBe('allowed')
    const elsewhere = objectOf({ policy: 'public', namespace: 'hr' })
    expect(policy.permissionOf(clientOf('app-2')).decide('Get', elsewhere).verdict).toBe('hidden')
  })

  test('of an operation by itself is refused by a deny that says nothing of objects', () => {
    const about = statementOf('Create', { objects: { owner: 'any' } })
    expect(payments([], [about]).permissionOf(clientOf()).ask('Create').verdict).toBe('allowed')
    const all = payments([], [statementOf('create')])
      .permissionOf(clientOf())
      .ask('Create')
    expect(all).toEqual({ verdict: 'refused', rule: 'namespace payments deny #1' })
    const others = payments([], [statementOf('create', { to: to(['app-2']) })])
    expect(others.permissionOf(clientOf()).ask('Create').verdict).toBe('allowed')
  })

  test('of an operation by itself is allowed by any allow, whatever objects it is about', () => {
    const allow = [statementOf('Encrypt', { objects: { names: [namePattern('x')] } })]
    const permission = payments(allow).permissionOf(clientOf('app-2', 'none'))
    const rule = 'namespace payments allow #1'
    expect(permission.ask('Encrypt')).toEqual({ verdict: 'allowed', rule })
    expect(permission.ask('Decrypt')).toEqual({ verdict: 'refused', rule: 'nothing allows it' })
  })
})
