import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AdminService } from '../../src/admin/service.ts'
import { connectAdmin } from '../../src/admin/client.ts'
import { runKmipd } from '../cli/program.ts'
import { createSite, type Site } from './server.ts'

const CONFIG = 'audit: { segmentBytes: 4096, verifySeconds: 1 }\n'
const VERIFIED = 'audit log verified'
const ALTERED = /the audit log was altered at entry (\d+) \((\d{20}\.jsonl), line (\d+)\)/

const segmentsOf = (site: Site) =>
  readdirSync(join(site.data, 'audit')).filter((name) => name.endsWith('.jsonl'))

/** Asks until something is so, each request with an entry of its own. */
async function askUntil(admin: AdminService, isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await admin['client.list']({})
    await pause(5)
  }
}

async function adminOf(site: Site): Promise<AdminService> {
  const admin = await connectAdmin(join(site.data, 'admin.sock'))
  if (admin === undefined) throw new Error('the admin API does not answer')
  return admin
}

const count = (text: string, part: string) => text.split(part).length - 1

test('a byte that is edited in an old file of the audit is told by the running server', async () => {
  using site = await createSite({ config: CONFIG })
  const server = await site.start()
  const admin = await adminOf(site)
  await askUntil(admin, () => segmentsOf(site).length >= 4)
  await askUntil(admin, () => server.stderr().includes(VERIFIED))
  expect(server.stderr()).not.toMatch(ALTERED)
  const [name = ''] = segmentsOf(site)
  const path = join(site.data, 'audit', name)
  const bytes = readFileSync(path)
  const lines = bytes.toString().split('\n')
  const at = Buffer.byteLength(lines.slice(0, 5).join('\n')) + 30
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
  await askUntil(admin, () => ALTERED.test(server.stderr()))
  expect(ALTERED.exec(server.stderr())?.slice(1)).toEqual(['5', name, '6'])
  await askUntil(admin, () => server.stderr().includes('"alert":"audit"'))
  const { state, audit } = await admin.status({})
  expect(state).toBe('serving')
  expect(audit.problem).toMatch(ALTERED)
  expect(audit.verified?.entries).toBeGreaterThan(5)
  const { stdout } = await runKmipd(['status', '--data', site.data])
  expect(stdout).toMatch(ALTERED)
  expect(await server.stop()).toBe(0)
  const { stdout: tail } = await runKmipd(['audit', 'tail', '--data', site.data, '--lines', '200'])
  expect(tail).toMatch(/audit\.verify.*failed/)
}, 180_000)

test('an audit that is written to, goes on in other files and is pruned is found to be as written', async () => {
  using site = await createSite({ config: CONFIG })
  const server = await site.start()
  const admin = await adminOf(site)
  for (let rounds = 1; rounds <= 4; rounds += 1) {
    await askUntil(admin, () => count(server.stderr(), VERIFIED) >= rounds)
    const before = Math.trunc(Date.now() / 1_000)
    const { first } = await admin['audit.prune']({ before })
    expect(first).toBeGreaterThan(0)
  }
  expect(readdirSync(join(site.data, 'audit', 'archive')).length).toBeGreaterThan(2)
  expect(server.stderr()).not.toMatch(/audit log (?:altered|not verified)/)
  expect((await admin.status({})).audit.problem).toBeUndefined()
  expect(await server.stop()).toBe(0)
}, 180_000)
