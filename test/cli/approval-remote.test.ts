import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runKmipd, type Outcome } from './program.ts'
import { serve, type Serving } from './serving.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const POLICY = `version: 1
administration:
  approvals:
    - { calls: [client.suspend], approvers: 1, expires: 900 }
`

let home: string
let server: Serving
let address: string

const at = (...names: string[]): string => join(home, ...names)

/** Runs a command as somebody who is elsewhere. */
async function run(name: string, ...args: string[]): Promise<Outcome> {
  const [cert = '', key = '', ca = ''] = [`${name}.crt`, `${name}.key`, 'ca.crt'].map((file) =>
    at('people', file),
  )
  return runKmipd([...args, '--server', address, '--cert', cert, '--key', key, '--ca', ca])
}

/** Approves or denies what is shown, as whoever reads the hash of it does. */
async function vote(name: string, verdict: string, id: string): Promise<Outcome> {
  const { stdout } = await run('oskar', 'approval', 'show', id, '--json')
  const hash = /"hash": "([0-9a-f]{64})"/.exec(stdout)?.[1] ?? ''
  return run(name, 'approval', verdict, id, '--hash', hash)
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-approval-'))
  await runKmipd(['init', '--data', at('data')])
  for (const [name, role] of [
    ['olga', 'crypto-officer'],
    ['oskar', 'crypto-officer'],
    ['user', 'user'],
  ] as const) {
    const place = ['--data', at('data'), '--out', at('people')]
    await runKmipd(['client', 'add', name, '--role', role, ...place])
  }
  writeFileSync(at('policy.yaml'), POLICY)
  server = await serve(['--data', at('data'), '--port', '0', '--admin-port', '0'])
  address = /, admin on (127\.0\.0\.1:\d+)\n/.exec(server.stdout())?.[1] ?? ''
})

afterAll(async () => {
  await server.stop('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

test('a call waits for another officer, who approves it from elsewhere, and is made once', async () => {
  expect(await run('olga', 'policy', 'apply', at('policy.yaml'))).toMatchObject({ code: 0 })
  const asked = await run('olga', 'client', 'suspend', 'user')
  expect(asked.code).toBe(1)
  const id = /--approval ([0-9a-f-]{36})/.exec(asked.stderr)?.[1] ?? ''
  expect((await run('oskar', 'approval', 'list')).stdout).toContain(id)
  expect((await run('oskar', 'approval', 'show', id)).stdout).toContain('name: user')
  expect(await vote('olga', 'approve', id)).toMatchObject({ code: 1 })
  expect(await run('olga', 'client', 'suspend', 'user', '--approval', id)).toMatchObject({
    code: 1,
  })
  expect(await vote('oskar', 'approve', id)).toMatchObject({ code: 0 })
  expect(await run('oskar', 'client', 'suspend', 'user', '--approval', id)).toMatchObject({
    code: 1,
  })
  const done = await run('olga', 'client', 'suspend', 'user', '--approval', id)
  expect(done).toMatchObject({ code: 0 })
  expect(await run('olga', 'client', 'suspend', 'user', '--approval', id)).toMatchObject({
    code: 1,
  })
})

test('one that an officer denies, and one that is withdrawn, is not made', async () => {
  for (const end of [
    ['oskar', 'deny'],
    ['olga', 'withdraw'],
  ] as const) {
    const asked = await run('olga', 'client', 'suspend', 'user')
    const id = /--approval ([0-9a-f-]{36})/.exec(asked.stderr)?.[1] ?? ''
    const ended =
      end[1] === 'deny' ? await vote(end[0], end[1], id) : await run(end[0], 'approval', end[1], id)
    expect(ended).toMatchObject({ code: 0 })
    expect(await vote('oskar', 'approve', id)).toMatchObject({ code: 1 })
    const made = await run('olga', 'client', 'suspend', 'user', '--approval', id)
    expect(made).toMatchObject({ code: 1 })
  }
})
