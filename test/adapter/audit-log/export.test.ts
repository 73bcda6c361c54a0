import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cefFormat, jsonLine } from '../../../src/adapter/audit-log/export-format.ts'
import {
  openSyslog,
  parseSyslogTarget,
  syslogMessage,
} from '../../../src/adapter/audit-log/syslog.ts'
import { auditLine } from '../../../src/model/audit-entry.ts'

const TIME = '2026-11-22T18:00:00.123Z'
const ENTRY = auditLine({
  kind: 'outcome',
  time: TIME,
  boot: 'b1',
  op: 7,
  connection: 3,
  item: 0,
  client: 'c1',
  name: 'al=ice|\n',
  namespace: 'payments',
  address: '192.0.2.1:50000',
  operation: 'Create|x',
  object: ['o1', 'o2'],
  result: 'failed',
  reason: 'PermissionDenied',
  detail: { a: 1 },
})

describe('an exported entry', () => {
  test('is JSON with its index, and with the members of an entry alone', () => {
    const text = ENTRY.replace('{', '{"key":"sealed",')
    expect(JSON.parse(jsonLine({ index: 4, text }) ?? '')).toEqual({
      index: 4,
      ...(JSON.parse(ENTRY) as object),
    })
    expect(jsonLine({ index: 4, text: 'nothing' })).toBeUndefined()
  })

  test('is CEF on one line, with what means something there escaped', () => {
    const text = cefFormat('0.1')({ index: 4, text: ENTRY }) ?? ''
    expect(text).toMatch(
      /^CEF:0\|kmipd\|kmipd\|0\.1\|outcome\|Create\\\|x\|5\|rt=1795370400123 externalId=4 /,
    )
    expect(text).not.toMatch(/[\r\n]/)
    for (const part of [
      ' act=Create|x outcome=failed reason=PermissionDenied suid=c1 suser=al\\=ice|\\n ',
      ' src=192.0.2.1 spt=50000 ',
      ' cs1=payments cs1Label=namespace cs2=o1 o2 cs2Label=object ',
      ' cs5=b1/7/3/0 cs5Label=boot ',
    ]) {
      expect(text).toContain(part)
    }
    expect(text.endsWith(' msg={"a":1}')).toBe(true)
    expect(cefFormat('0.1')({ index: 4, text: '[]' })).toBeUndefined()
  })

  test('has an address of version 6 under its own key', () => {
    const text = auditLine({ kind: 'event', time: TIME, address: '[::1]:7' })
    expect(cefFormat('0.1')({ index: 0, text })).toContain(' c6a2=::1 spt=7')
  })
})

describe('syslog', () => {
  test.each([
    ['udp://192.0.2.1:514', { kind: 'udp', host: '192.0.2.1', port: 514 }],
    ['tcp://[::1]:601', { kind: 'tcp', host: '::1', port: 601 }],
    ['unix:/run/log', { kind: 'unix', path: '/run/log' }],
    ['tcp://host', undefined],
    ['tcp://host:0', undefined],
    ['tcp://host:65536', undefined],
    ['http://host:1', undefined],
    ['unix:', undefined],
  ])('%s is read', (text, target) => {
    expect(parseSyslogTarget(text)).toEqual(target)
  })

  test('a message is one of RFC 5424', () => {
    expect(syslogMessage('x', 'host', TIME)).toBe(`<109>1 ${TIME} host kmipd - audit - x`)
    expect(syslogMessage('x', 'a host', TIME)).toBe(`<109>1 ${TIME} - kmipd - audit - x`)
  })

  test('goes out in datagrams', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const sender = await openSyslog({ kind: 'udp', host: '127.0.0.1', port: socket.address().port })
    const arrived = once(socket, 'message')
    await sender.send('Zoë')
    expect(String((await arrived)[0])).toBe('Zoë')
    await sender.close()
    socket.close()
  })

  test.each(['tcp', 'unix'] as const)('goes out over a stream with lengths (%s)', async (kind) => {
    const directory = mkdtempSync(join(tmpdir(), 'kmipd-syslog-'))
    const path = join(directory, 'socket')
    const server = createServer()
    server.listen(kind === 'unix' ? { path } : { host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    const received = allOf(server)
    const { port } = kind === 'unix' ? { port: 0 } : (server.address() as AddressInfo)
    const target = kind === 'unix' ? { kind, path } : { kind, host: '127.0.0.1', port }
    const sender = await openSyslog(target)
    for (let index = 0; index < 1_000; index += 1) await sender.send(`Zoë ${String(index)}`)
    await sender.close()
    const text = (await received).toString()
    expect(text.startsWith('6 Zoë 06 Zoë 1')).toBe(true)
    expect(text.endsWith('8 Zoë 999')).toBe(true)
    server.close()
    rmSync(directory, { recursive: true })
  })

  test('that nobody takes is unavailable', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const refusal = {
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/ECONNREFUSED/) as string,
    }
    await expect(openSyslog({ kind: 'tcp', host: '127.0.0.1', port })).rejects.toMatchObject(
      refusal,
    )
  })
})

/** All that the first connection sends. */
async function allOf(server: Server): Promise<Buffer> {
  return new Promise((resolve) => {
    server.once('connection', (socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => {
        socket.end()
        resolve(Buffer.concat(chunks))
      })
    })
  })
}
