import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestAuthority } from '../fixtures/authority.ts'
import { revocationList, serialOf } from '../fixtures/revocation-list.ts'
import { runKmipd, type Outcome } from './program.ts'
import { isAdmitted, postXml, serve, type Serving } from './serving.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const corp = createTestAuthority('Corporation')
const app = corp.issue({ name: 'app-7', usage: ['client'] })
const now = Math.floor(Date.now() / 1_000)

let home: string
let server: Serving
let address: string

const at = (...names: string[]): string => join(home, ...names)

async function succeed(...args: string[]): Promise<Outcome> {
  const outcome = await runKmipd(args)
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 })
  return outcome
}

/** The options with which someone speaks to the server. */
function as(name: string): string[] {
  const [cert, key, ca] = [`${name}.crt`, `${name}.key`, 'ca.crt'].map((file) => at('people', file))
  return ['--server', address, '--cert', cert ?? '', '--key', key ?? '', '--ca', ca ?? '']
}

function publish(serials: readonly string[], thisUpdate: number): void {
  const list = revocationList(corp, { serials, thisUpdate, nextUpdate: now + 3_600 })
  writeFileSync(at('next.crl'), list)
  renameSync(at('next.crl'), at('corp.crl'))
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-remote-'))
  await succeed('init', '--data', at('data'))
  for (const [name, role] of [
    ['olga', 'crypto-officer'],
    ['opal', 'operator'],
    ['user', 'user'],
  ] as const) {
    const place = ['--data', at('data'), '--out', at('people')]
    await succeed('client', 'add', name, '--role', role, ...place)
  }
  server = await serve(['--data', at('data'), '--port', '0', '--admin-port', '0'])
  address = /, admin on (127\.0\.0\.1:\d+)\n/.exec(server.stdout())?.[1] ?? ''
})

afterAll(async () => {
  await server.stop('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

describe('a server that is administered from elsewhere', () => {
  test('does for each what its role allows', async () => {
    const listed = await succeed('client', 'list', '--json', ...as('olga'))
    expect(listed.stdout).toContain('"name": "opal"')
    await succeed('kek', 'status', ...as('opal'))
    for (const [words, name] of [
      [['kek', 'status'], 'olga'],
      [['client', 'list'], 'opal'],
      [['client', 'list'], 'user'],
    ] as const) {
      const refused = await runKmipd([...words, ...as(name)])
      expect(refused.code).toBe(1)
      expect(refused.stderr).toMatch(/may not make this call: it takes [a-z-]+( or [a-z-]+)*\n/)
    }
  })

  test('says why a server cannot be asked, and which one that is', async () => {
    const listWith = async (option: string, value: string) => {
      const words = [...as('olga')]
      words[words.indexOf(option) + 1] = value
      return runKmipd(['client', 'list', ...words])
    }
    const kmip = `127.0.0.1:${server.port}`
    for (const [option, value, message] of [
      ['--server', '127.0.0.1:1', '127.0.0.1:1 does not answer (ECONNREFUSED)'],
      ['--server', kmip, `${kmip} does not answer as an admin API`],
      [
        '--ca',
        at('people', 'olga.crt'),
        `${address} has a certificate that --ca does not vouch for`,
      ],
    ] as const) {
      const lost = await listWith(option, value)
      expect(lost.code).toBe(1)
      expect(lost.stderr).toContain(`kmipd: error: ${message}`)
    }
  })

  test('lets in whom an authority of others signed for, until it takes that back', async () => {
    writeFileSync(at('corp.crt'), corp.cert)
    publish([], now - 60)
    const place = as('olga')
    const adding = ['authority', 'add', at('corp.crt'), '--crl', at('corp.crl'), '--label', 'cn']
    await succeed(...adding, ...place)
    mkdirSync(at('corp'))
    copyFileSync(at('people', 'ca.crt'), at('corp', 'ca.crt'))
    writeFileSync(at('corp', 'app-7.crt'), app.cert)
    writeFileSync(at('corp', 'app-7.key'), app.key)
    // Its authority alone lets nobody in.
    expect(await isAdmitted(server.port, at('corp'), 'app-7')).toBe(false)
    const registering = ['client', 'add', '--certificate', at('corp', 'app-7.crt')]
    const added = await succeed(...registering, '--json', ...place)
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: 'app-7',
      role: 'user',
      suspended: false,
    })
    expect(await isAdmitted(server.port, at('corp'), 'app-7')).toBe(true)
    const before = await succeed('client', 'show', 'app-7', ...place)
    const serial = serialOf(app).replace(/^0+/, '')
    expect(before.stdout).toMatch(new RegExp(`^ {2}serial +${serial}$`, 'm'))
    expect(before.stdout).not.toContain('revoked')

    publish([serialOf(app)], now - 30)
    const reloaded = await succeed('authority', 'reload', '--json', ...place)
    expect(JSON.parse(reloaded.stdout)).toMatchObject([{ list: { revoked: 1 } }])
    expect(await isAdmitted(server.port, at('corp'), 'app-7')).toBe(false)
    const shown = await succeed('client', 'show', 'app-7', ...place)
    expect(shown.stdout).toMatch(/^ {2}revoked +its certificate is on the revocation list/m)

    publish([], now - 60)
    const older = await succeed('authority', 'reload', ...place)
    expect(older.stdout).toContain('older than one that was seen')
    expect(await isAdmitted(server.port, at('corp'), 'app-7')).toBe(false)
  })

  test('tells of a name that is locked out for wrong passwords', async () => {
    const place = as('olga')
    writeFileSync(at('password'), 'secret\n', { mode: 0o600 })
    const words = ['--client', 'user', '--role', 'reader', '--password-file', at('password')]
    for (const name of ['bob', 'ann']) await succeed('account', 'add', name, ...words, ...place)
    const listed = async () => {
      const { stdout } = await succeed('account', 'list', '--json', ...place)
      return JSON.parse(stdout) as { name: string; lockedUntil?: number }[]
    }
    expect((await listed()).map(({ lockedUntil }) => lockedUntil)).toEqual([undefined, undefined])
    const wrong = `<Authentication><Credential>
      <CredentialType type="Enumeration" value="UsernameAndPassword"/><CredentialValue>
      <Username type="TextString" value="bob"/><Password type="TextString" value="guess"/>
      </CredentialValue></Credential></Authentication>`
    for (let count = 0; count < 10; count += 1) {
      const { body } = await postXml(server.port, at('people'), 'user', wrong)
      expect(body).toContain('AuthenticationNotSuccessful')
    }
    const locked = (await listed()).find(({ name }) => name === 'bob')?.lockedUntil ?? 0
    expect(locked).toBeGreaterThan(Date.now() / 1_000 + 60)
    expect(locked).toBeLessThan(Date.now() / 1_000 + 600)
    const table = await succeed('account', 'list', ...place)
    expect(table.stdout).toMatch(/^user +bob +reader +\S+Z +\S+Z$/m)
  })

  test('lets a suspended client in no more, until it is resumed, and a removed one never', async () => {
    const place = as('olga')
    await succeed('client', 'suspend', 'user', ...place)
    expect(await isAdmitted(server.port, at('people'), 'user')).toBe(false)
    await succeed('client', 'resume', 'user', ...place)
    expect(await isAdmitted(server.port, at('people'), 'user')).toBe(true)
    await succeed('client', 'remove', 'user', ...place)
    expect(await isAdmitted(server.port, at('people'), 'user')).toBe(false)
  })
})
