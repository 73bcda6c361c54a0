import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Channel, Target } from '../../conformance/runner/connection.ts'
import { JSON_ENCODING, TTLV, XML, type Encoding } from '../../conformance/runner/encoding.ts'
import { openHttps } from '../../conformance/runner/https-channel.ts'
import { createTestAuthority } from '../fixtures/authority.ts'

const authority = createTestAuthority('Runner authority')
const server = authority.issue({ name: 'localhost', usage: ['server'] })
const client = authority.issue({ name: 'client', usage: ['client'] })
const question = Buffer.from('a question')
const answer = Buffer.from('an answer')

const servers: Server[] = []
const channels: Channel[] = []
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
  for (const running of servers.splice(0)) {
    running.closeAllConnections()
    running.close()
  }
})

type React = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void

/** A server that does this when it is asked. */
async function serve(react: React): Promise<Target> {
  const running = createServer(
    { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        react(response, request, Buffer.concat(chunks))
      })
    },
  )
  servers.push(running)
  await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve))
  const address = running.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const credentials = { ca: authority.cert, ...client }
  return { host: '127.0.0.1', port, credentials, timeout: 1000 }
}

function open(target: Target, encoding: Encoding = TTLV): Channel {
  const channel = openHttps(target, encoding)
  channels.push(channel)
  return channel
}

const GOOD = {
  'content-type': 'application/octet-stream',
  'content-length': answer.length,
  'cache-control': 'no-cache',
}

describe('the runner over HTTPS (encodings 2.4)', () => {
  test.each([
    [TTLV, 'application/octet-stream'],
    [XML, 'text/xml'],
    [JSON_ENCODING, 'application/json'],
  ])('posts to /kmip in the type of its encoding', async (encoding, type) => {
    const seen: unknown[] = []
    const target = await serve((response, { method, url, headers, httpVersion }, body) => {
      seen.push(method, url, httpVersion, String(body))
      seen.push(...['content-type', 'content-length', 'cache-control'].map((name) => headers[name]))
      response.writeHead(200, { ...GOOD, 'content-type': type }).end(answer)
    })
    expect(Buffer.from(await open(target, encoding).exchange(question))).toEqual(answer)
    expect(seen).toEqual(['POST', '/kmip', '1.1', 'a question', type, '10', 'no-cache'])
  })

  test('keeps to one connection, and to a server that does', async () => {
    const ports = new Set<number | undefined>()
    const target = await serve((response, { socket }) => {
      ports.add(socket.remotePort)
      response.writeHead(200, GOOD).end(answer)
    })
    const channel = open(target)
    for (let count = 0; count < 3; count += 1) await channel.exchange(question)
    expect(ports.size).toBe(1)
  })

  test('complains of a server that closes the connection after an answer', async () => {
    const target = await serve((response) => {
      response.writeHead(200, { ...GOOD, connection: 'close' }).end(answer)
    })
    const channel = open(target)
    await channel.exchange(question)
    await expect(channel.exchange(question)).rejects.toThrow('did not keep the connection')
  })

  test.each([
    ['status is 500', 500, {}],
    ['Content-Type is text/xml', 200, { 'content-type': 'text/xml' }],
    ['Cache-Control is missing', 200, { 'cache-control': undefined }],
    ['Content-Length is missing', 200, { 'content-length': undefined }],
  ])('complains when %s (encodings 2.5)', async (what, status, wrong) => {
    const headers = Object.entries({ ...GOOD, ...wrong })
    const target = await serve((response) => {
      for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value)
      response.writeHead(status).write(answer)
      response.end()
    })
    await expect(open(target).exchange(question)).rejects.toThrow(what)
  })

  test('gives up on an answer that does not come', async () => {
    const target = await serve(() => undefined)
    await expect(open({ ...target, timeout: 200 }).exchange(question)).rejects.toThrow('within')
  })

  test('gives up on an answer that is cut off', async () => {
    const target = await serve((response) => {
      response.writeHead(200, { ...GOOD, 'content-length': 100 }).write(answer)
      setTimeout(() => response.destroy(), 20)
    })
    await expect(open(target).exchange(question)).rejects.toThrow('aborted')
  })

  test('refuses a server of another authority', async () => {
    const target = await serve(() => undefined)
    const credentials = { ...target.credentials, ca: createTestAuthority('Other').cert }
    await expect(open({ ...target, credentials }).exchange(question)).rejects.toThrow('certificate')
  })
})
