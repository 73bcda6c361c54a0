import { createHmac, createSecretKey } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Webhook, type WebhookOptions } from '../../src/adapter/webhook/index.ts'
import type { Log } from '../../src/port/log.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let server: Server | undefined
let hook: Webhook | undefined

afterEach(() => {
  hook?.close()
  server?.closeAllConnections()
  server?.close()
})

/** A receiver that answers with these, one after the other, and with the last from then on; 0 is no answer at all. */
async function receiver(statuses: readonly number[]) {
  const received: Received[] = []
  const made = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 200
      received.push({ headers: request.headers, body })
      if (status !== 0) response.writeHead(status).end()
    })
  })
  server = made
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve)
  })
  const { port } = made.address() as AddressInfo
  return { received, url: new URL(`http://127.0.0.1:${port}/alerts`) }
}

function hookTo(options: Pick<WebhookOptions, 'url'> & Partial<WebhookOptions>) {
  const lines: string[] = []
  const log: Log = {
    ...{ debug: () => undefined, info: () => undefined, error: () => undefined },
    warn: (event) => void lines.push(event),
    with: () => log,
  }
  const made = new Webhook({ log, pausesMs: [10, 10], timeoutMs: 300, ...options })
  hook = made
  return { made, lines }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isSo(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(isSo()).toBe(true)
}

test('news arrive in their order, as JSON with an HMAC of its bytes', async () => {
  const { received, url } = await receiver([200])
  const key = createSecretKey(Buffer.from('0123456789abcdef'))
  const { made } = hookTo({ url, key })
  made.send({ alert: 'gets', client: 'alice', count: 4 })
  made.send({ alert: 'clock', client: undefined, count: 9 })
  await until(() => received.length === 2)
  expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { alert: 'gets', client: 'alice', count: 4 },
    { alert: 'clock', count: 9 },
  ])
  const [{ headers, body } = { headers: {}, body: '' }] = received
  const expected = createHmac('sha256', '0123456789abcdef').update(body).digest('hex')
  expect(headers['x-kmipd-signature']).toBe(`sha256=${expected}`)
  expect(headers['content-type']).toBe('application/json')
})

test('what is not taken is tried again, and taken once', async () => {
  const { received, url } = await receiver([503, 200])
  const { made, lines } = hookTo({ url })
  made.send({ alert: 'gets' })
  made.send({ alert: 'refusals' })
  await until(() => received.length === 3)
  expect(received.map(({ body }) => body)).toEqual([
    '{"alert":"gets"}',
    '{"alert":"gets"}',
    '{"alert":"refusals"}',
  ])
  expect(lines).toEqual([])
})

test('a receiver that does not answer is given up after three tries, and the log says so', async () => {
  const { received, url } = await receiver([0])
  const { made, lines } = hookTo({ url })
  made.send({ alert: 'gets' })
  await until(() => lines.length === 1)
  expect(lines).toEqual(['alert not sent'])
  expect(received).toHaveLength(3)
})

test('where too much waits, the rest is dropped and counted', async () => {
  const { received, url } = await receiver([200])
  const { made, lines } = hookTo({ url })
  for (let count = 0; count < 150; count += 1) made.send({ alert: 'gets', count })
  await until(() => lines.length === 1)
  expect(lines).toEqual(['alerts not sent'])
  expect(received).toHaveLength(101)
})
