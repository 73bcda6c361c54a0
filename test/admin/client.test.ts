import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectAdmin } from '../../src/admin/client.ts'

let home: string
let socket: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-admin-'))
  socket = join(home, 'admin.sock')
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

describe('the client of the admin API', () => {
  test('finds no server where there is no socket, or a file', async () => {
    expect(await connectAdmin(socket)).toBeUndefined()
    writeFileSync(socket, '')
    expect(await connectAdmin(socket)).toBeUndefined()
  })

  test.each([
    ['nonsense', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{{{{'],
    ['another shape', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
    ['an error without a reason', 'HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\n{}'],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{'],
    ['nothing', ''],
  ])('says that the server does not answer when it sends %s', async (_what, answer) => {
    const fake = createServer((connection) => {
      connection.on('error', () => undefined)
      connection.once('data', () => connection.end(answer))
    })
    await once(fake.listen(socket), 'listening')
    try {
      const client = await connectAdmin(socket)
      await expect(client?.status({})).rejects.toMatchObject({ code: 'UNREACHABLE' })
    } finally {
      fake.close()
      await once(fake, 'close')
    }
  })
})
