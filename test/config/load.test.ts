import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts'
import { loadConfig, parseConfig } from '../../src/config/load.ts'

const refusal = (message: string | RegExp): unknown =>
  expect.objectContaining({
    code: 'INVALID_FIELD',
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  })

describe('the configuration file', () => {
  test.each([
    ['nothing', ''],
    ['a comment', '# later\n'],
    ['an empty section', 'limits:\nlog: {}\n'],
    ['JSON', '{"limits": {"caps": {}}}'],
  ])('of %s leaves every default as it is', (_what, text) => {
    expect(parseConfig(text, 'c.yaml')).toEqual(DEFAULT_CONFIG)
  })

  test('changes what it names and nothing else', () => {
    const text =
      'listen:\n  host: 0.0.0.0\nlimits:\n  caps:\n    connections: 5\nlog: { level: debug }\n'
    expect(parseConfig(text, 'c.yaml')).toEqual({
      ...DEFAULT_CONFIG,
      listen: { host: '0.0.0.0', port: 5696 },
      log: { level: 'debug' },
      limits: {
        ...DEFAULT_CONFIG.limits,
        caps: { ...DEFAULT_CONFIG.limits.caps, connections: 5 },
      },
    })
  })

  test.each([
    [
      'an unknown key',
      'log:\n  level: info\n  lever: 1\n',
      'c.yaml:3: log.lever: there is no such key',
    ],
    ['an unknown section', '\nlogs:\n', 'c.yaml:2: logs: there is no such key'],
    ['a value outside its bounds', 'listen:\n  port: 70000\n', /^c\.yaml:2: listen\.port: /],
    [
      'a port for HTTPS that is none',
      'listen:\n  httpsPort: no\n',
      /^c\.yaml:2: listen\.httpsPort: /,
    ],
    [
      'an entry without its name',
      'clients:\n  - hide: []\n',
      'c.yaml:2: clients.0.name: is missing',
    ],
    [
      'an entry of another kind',
      'endpoints:\n  - client: 5\n',
      /^c\.yaml:2: endpoints\.0\.client: is not a text$/,
    ],
    ['a fraction', 'listen:\n  port: 1.5\n', /^c\.yaml:2: listen\.port: /],
    [
      'a text for a number',
      'limits:\n  caps:\n    connections: "5"\n',
      /^c\.yaml:3: limits\.caps\.connections: /,
    ],
    ['a section that is a number', 'limits: 5\n', /^c\.yaml:1: limits: /],
    ['a list for the whole', '- 1\n', /^c\.yaml:1: /],
    ['a level that is none', 'log:\n  level: loud\n', /^c\.yaml:2: log\.level: /],
    ['a key twice', 'log:\n  level: info\n  level: info\n', /^c\.yaml:3: /],
    ['an unclosed quote', 'log:\n  level: "info\n', /^c\.yaml:\d: /],
    ['two documents', '--- {}\n--- {}\n', /^c\.yaml:\d: /],
    ['a tag of another language', 'log: !!js/function "x"\n', /^c\.yaml:1: /],
    ['an alias', 'log: &a { level: info }\nlisten: *a\n', /^c\.yaml: aliases/],
  ])('with %s is refused with the line and the key', (_what, text, message) => {
    expect(() => parseConfig(text, 'c.yaml')).toThrow(refusal(message))
  })

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'with the key %s is refused at every depth, and no prototype changes',
    (key) => {
      const texts = [`${key}:\n  polluted: 1\n`, `log:\n  ${key}:\n    polluted: 1\n`]
      const json = [
        `{"${key}": {"polluted": 1}}`,
        `{"limits": {"caps": {"${key}": {"polluted": 1}}}}`,
      ]
      for (const text of [...texts, ...json]) {
        expect(() => parseConfig(text, 'c.yaml')).toThrow(refusal(/: there is no such key$/))
      }
      expect({}).not.toHaveProperty('polluted')
    },
  )

  test('takes a token of an absolute module and either a slot or a label', () => {
    const at = (more: string) => () =>
      parseConfig(`hsm:\n  module: /usr/lib/p11.so\n  pinFile: pin\n${more}`, 'c.yaml')
    expect(at('  label: keys\n')().hsm).toEqual({
      module: '/usr/lib/p11.so',
      label: 'keys',
      pinFile: 'pin',
      sessions: 8,
      deadlineMs: 5_000,
      objectsPerClient: 1_000,
      extractable: false,
    })
    expect(at('')).toThrow(refusal('c.yaml:2: hsm: has to have either slot or label'))
    expect(at('  slot: 1\n  label: keys\n')).toThrow(refusal(/either slot or label/))
    expect(at('  slot: 1\n  pin: 1234\n')).toThrow(
      refusal('c.yaml:5: hsm.pin: there is no such key'),
    )
    const pins = 'c.yaml:2: hsm: has to have one of pinFile, pinCredential and pinFd'
    expect(at('  slot: 1\n  pinFd: 3\n')).toThrow(refusal(pins))
    expect(() => parseConfig('hsm:\n  {module: /p11.so, slot: 1}', 'c.yaml')).toThrow(refusal(pins))
    for (const [given, problem] of PINS) {
      const file = `hsm: {module: /p11.so, slot: 1, ${given}}`
      const parsed = () => parseConfig(file, 'c.yaml').hsm?.slot
      if (problem === undefined) expect(parsed(), given).toBe(1)
      else expect(parsed, given).toThrow(refusal(problem))
    }
    expect(() => parseConfig('hsm: {module: p11.so, slot: 0, pinFile: pin}', 'c.yaml')).toThrow(
      refusal('c.yaml:1: hsm.module: has to be an absolute path'),
    )
  })

  test('that is not there is reported in one line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kmipd-config-'))
    try {
      const path = join(directory, 'none.yaml')
      const expected = { code: 'UNAVAILABLE', message: `${path} cannot be read` }
      await expect(loadConfig(path)).rejects.toMatchObject(expected)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

const PINS: readonly (readonly [string, RegExp | undefined])[] = [
  ['pinCredential: pin', undefined],
  ['pinFd: 3', undefined],
  ['pinCredential: ../pin', /pinCredential: is no name of a credential$/],
  ['pinFd: 2', /pinFd: is there to be written to$/],
]
