import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestAuthority } from '../fixtures/authority.ts'
import { revocationList, serialOf } from '../fixtures/revocation-list.ts'
import { runKmipd, type Outcome } from './program.ts'
import { serve, type Serving } from './serving.ts'

// The test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const corp = createTestAuthority('Corporation')
const oskar = corp.issue({ name: 'oskar', usage: ['client'] })
const otto = corp.issue({ name: 'otto', usage: ['client'] })
const now = Math.floor(Date.now() / 1_000)
const POLICY = `version: 1
administration:
  approvals:
    - { calls: [client.suspend], approvers: 1, expires: 900 }
`

let home: string
let server: Serving
let address: string

const at = (...names: string[]): string => join(home, ...names)

async function run(name: string, ...args: string[]): Promise<Outcome> {
  const as = ['--cert', at(`${name}.crt`), '--key', at(`${name}.key`), '--ca', at('ca.crt')]
  return runKmipd([...args, '--server', address, ...as])
}

async function succeed(name: string, ...args: string[]): Promise<Outcome> {
  const outcome = await run(name, ...args)
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 })
  return outcome
}

/** As the authority does: a new file takes the place of the old one. */
function publish(thisUpdate: number, ...revoked: readonly string[]): void {
  const wish = { serials: revoked, thisUpdate, nextUpdate: now + 3_600 }
  writeFileSync(at('next.crl'), revocationList(corp, wish))
  renameSync(at('next.crl'), at('corp.crl'))
}

async function approve(name: string, id: string): Promise<Outcome> {
  const { stdout } = await succeed('olga', 'approval', 'show', id, '--json')
  const hash = /"hash": "([0-9a-f]{64})"/.exec(stdout)?.[1] ?? ''
  return run(name, 'approval', 'approve', id, '--hash', hash)
}

async function stateOf(id: string): Promise<unknown> {
  const { stdout } = await succeed('olga', 'approval', 'show', id, '--json')
  const { state, approved } = JSON.parse(stdout) as Record<string, unknown>
  return { state, approved }
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-revoked-'))
  await runKmipd(['init', '--data', at('data')])
  const local = ['--data', at('data')]
  for (const [name, role] of [
    ['olga', 'crypto-officer'],
    ['user', 'user'],
  ] as const) {
    await runKmipd(['client', 'add', name, '--role', role, ...local, '--out', home])
  }
  server = await serve([...local, '--port', '0', '--admin-port', '0'])
  address = /, admin on (127\.0\.0\.1:\d+)\n/.exec(server.stdout())?.[1] ?? ''
  writeFileSync(at('corp.crt'), corp.cert)
  publish(now - 60)
  const adding = ['authority', 'add', at('corp.crt'), '--crl', at('corp.crl'), '--label', 'cn']
  await succeed('olga', ...adding)
  for (const [name, { cert, key }] of Object.entries({ oskar, otto })) {
    writeFileSync(at(`${name}.crt`), cert)
    writeFileSync(at(`${name}.key`), key)
    const certificate = ['--certificate', at(`${name}.crt`), '--role', 'crypto-officer']
    await succeed('olga', 'client', 'add', ...certificate)
  }
  writeFileSync(at('policy.yaml'), POLICY)
  await succeed('olga', 'policy', 'apply', at('policy.yaml'))
})

afterAll(async () => {
  await server.stop('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

test('what an officer approved counts for nothing once his certificate is on the revocation list', async () => {
  const asked = await run('olga', 'client', 'suspend', 'user')
  const id = /--approval ([0-9a-f-]{36})/.exec(asked.stderr)?.[1] ?? ''
  expect(await approve('oskar', id)).toMatchObject({ code: 0 })
  expect(await stateOf(id)).toEqual({ state: 'approved', approved: 1 })

  publish(now - 30, serialOf(oskar))
  await succeed('olga', 'authority', 'reload')
  expect(await stateOf(id)).toEqual({ state: 'pending', approved: 0 })
  const made = await run('olga', 'client', 'suspend', 'user', '--approval', id)
  expect(made).toMatchObject({
    code: 1,
    stderr: 'kmipd: error: not enough officers have approved the request\n',
  })
  expect((await approve('oskar', id)).code, 'a revoked one again').toBe(1)
  expect((await succeed('olga', 'client', 'show', 'user')).stdout).not.toMatch(/suspended +yes/)

  // One of the same authority whose certificate is good takes his place.
  expect(await approve('otto', id)).toMatchObject({ code: 0 })
  expect(await stateOf(id)).toEqual({ state: 'approved', approved: 1 })
  await succeed('olga', 'client', 'suspend', 'user', '--approval', id)
})
