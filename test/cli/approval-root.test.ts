import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runKmipd, type Outcome } from './program.ts'
import { serve, type Serving } from './serving.ts'

// The test starts some twenty processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 })

const POLICY = `version: 1
administration:
  approvals:
    - { calls: [root.rotate], approvers: 2, expires: 900 }
`

let home: string
let server: Serving | undefined

const at = (...names: string[]): string => join(home, ...names)
const numberIn = ({ stderr }: Outcome): string =>
  /--approval ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? ''
const NEW = ['--to', 'passphrase']

async function start(): Promise<string> {
  server = await serve(['--data', at('data'), '--port', '0', '--admin-port', '0'])
  return /, admin on (127\.0\.0\.1:\d+)\n/.exec(server.stdout())?.[1] ?? ''
}

async function stop(): Promise<void> {
  await server?.stop()
  server = undefined
}

async function rotate(...args: string[]): Promise<Outcome> {
  const passphrase = args.includes('passphrase') ? ['--new-passphrase-file', at('new')] : []
  return runKmipd(['root', 'rotate', '--data', at('data'), ...passphrase, ...args])
}

/** What an officer does who has read what is shown. */
async function approve(address: string, name: string, id: string): Promise<Outcome> {
  const files = { cert: `${name}.crt`, key: `${name}.key`, ca: 'ca.crt' }
  const own = Object.entries(files).flatMap(([option, file]) => [`--${option}`, at('people', file)])
  const as = ['--server', address, ...own]
  const { stdout } = await runKmipd(['approval', 'show', id, '--json', ...as])
  expect(stdout).toContain('root.rotate')
  const hash = /"hash": "([0-9a-f]{64})"/.exec(stdout)?.[1] ?? ''
  return runKmipd(['approval', 'approve', id, '--hash', hash, ...as])
}

function isRefused({ code, stderr }: Outcome, because: string): void {
  expect(code).toBe(1)
  expect(stderr).toContain(because)
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-approved-root-'))
  await runKmipd(['init', '--data', at('data')])
  for (const name of ['olga', 'oskar']) {
    const place = ['--data', at('data'), '--out', at('people')]
    await runKmipd(['client', 'add', name, '--role', 'crypto-officer', ...place])
  }
  writeFileSync(at('policy.yaml'), POLICY)
  writeFileSync(at('new'), 'a passphrase of several words\n', { mode: 0o600 })
  const applied = await runKmipd(['policy', 'apply', at('policy.yaml'), '--data', at('data')])
  expect(applied.code).toBe(0)
})

afterEach(async () => {
  await server?.stop('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

test('the root is rotated once two officers have approved it, as it was asked for and once', async () => {
  let address = await start()
  const asked = await rotate(...NEW)
  const id = numberIn(asked)
  expect([asked.code, id.length]).toEqual([1, 36])
  expect(await approve(address, 'olga', id)).toMatchObject({ code: 0 })
  await stop()

  const tooFew = await rotate(...NEW, '--approval', id)
  isRefused(tooFew, 'not enough officers')
  address = await start()
  expect(await approve(address, 'olga', id), 'a second time').toMatchObject({ code: 1 })
  expect(await approve(address, 'oskar', id)).toMatchObject({ code: 0 })
  const running = await rotate(...NEW, '--approval', id)
  isRefused(running, 'stop it first')
  await stop()

  const other = await rotate('--to', 'file', '--approval', id)
  isRefused(other, 'another request')
  const without = await rotate(...NEW)
  isRefused(without, 'approval of 2')
  expect(await rotate(...NEW, '--approval', id)).toMatchObject({ code: 0 })

  const opening = ['--passphrase-file', at('new')]
  const again = await rotate('--to', 'file', ...opening, '--approval', id)
  expect(again.code, 'with what was used').toBe(1)
  const twice = await rotate(...NEW, ...opening, '--approval', id)
  isRefused(twice, 'no such approval')
  const list = await runKmipd(['client', 'list', '--data', at('data'), ...opening])
  expect(list.code).toBe(0)
  expect(list.stdout).toContain('olga')
})

test('without a server as many requests wait as the configuration that is named says', async () => {
  writeFileSync(at('kmipd.yaml'), 'approvals: { perClient: 1, pending: 1 }\n')
  const named = ['--config', at('kmipd.yaml')]
  expect(numberIn(await rotate(...NEW, ...named))).toHaveLength(36)
  const full = await rotate(...NEW, ...named)
  isRefused(full, 'too many requests wait')
  const suspended = ['client', 'suspend', 'oskar', '--data', at('data'), ...named]
  expect((await runKmipd(suspended)).code, 'what needs no approval').toBe(0)
  expect(numberIn(await rotate(...NEW)), 'with no configuration').toHaveLength(36)
  writeFileSync(at('kmipd.yaml'), 'approvals: { perClient: none }\n')
  const wrong = await rotate(...NEW, ...named)
  isRefused(wrong, 'perClient')
})
