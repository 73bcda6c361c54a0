import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { serveAdmin } from '../../src/admin/server.ts'
import type { AdminService } from '../../src/admin/service.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'

const home = mkdtempSync(join(tmpdir(), 'kmipd-misshapen-'))
afterAll(() => {
  rmSync(home, { recursive: true })
})

async function post(socketPath: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const outgoing = request({ socketPath, path: '/v1/clients', method: 'POST', headers })
    outgoing.once('error', reject)
    outgoing.once('response', (answer) => {
      answer.resume()
      answer.once('end', () => {
        resolve(answer.statusCode)
      })
    })
    outgoing.end(body)
  })
}

test.each([
  ['no JSON', '{"name":', 400, 'MALFORMED_MESSAGE'],
  ['too long', `{"name":"${'a'.repeat(70_000)}"}`, 413, 'MALFORMED_MESSAGE'],
  ['of another form', '{"name":1}', 400, 'INVALID_FIELD'],
])('a call whose request is %s is told of before it is refused', async (...row) => {
  const [what, body, status, reason] = row
  const path = join(home, what)
  const told: string[] = []
  let isFailing = false
  const refused = async (call: string, by: { readonly kind: string }, code: string) => {
    if (isFailing) throw new KmipFault('UNAVAILABLE', 'The audit log cannot be written')
    return Promise.resolve(void told.push(`${call} ${by.kind} ${code}`))
  }
  const server = await serveAdmin(path, {} as AdminService, { log: silentLog, refused })
  try {
    expect(await post(path, body)).toBe(status)
    expect(told).toEqual([`client.add local ${reason}`])
    isFailing = true
    expect(await post(path, body)).toBe(503)
  } finally {
    await server.close()
  }
})
