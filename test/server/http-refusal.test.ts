import { describe, expect, test } from 'vitest'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import { HttpAnswers, namingEcho, rawHead, requestOf, type HttpRequest } from './http.fixture.ts'
import { closeReasons, settle, startBench, until } from './listener.fixture.ts'

const LONGEST = DEFAULT_TRANSPORT_LIMITS.message.messageBytes

/** Sends bytes on a connection of their own; gives the first answer, and whether the connection closed behind it. */
async function answerTo(bytes: Uint8Array) {
  await using bench = await startBench({ handler: namingEcho })
  const socket = await bench.connect()
  const answers = new HttpAnswers(socket)
  socket.write(bytes)
  const answer = await answers.next()
  const rest = await answers.rest()
  return { answer, rest: rest.toString('latin1'), requests: bench.listener.status().requests }
}

const HOST = 'Host: kmip.example'
const TYPE = 'Content-Type: text/xml'

describe('what is no request for KMIP', () => {
  const REFUSED: readonly (readonly [string, HttpRequest, number])[] = [
    ['GET', { method: 'GET' }, 405],
    ['PUT', { method: 'PUT' }, 405],
    ['TRACE, which begins as tags of extensions do', { method: 'TRACE' }, 405],
    ['OPTIONS of everything', { method: 'OPTIONS', target: '*' }, 404],
    ['the root', { target: '/' }, 404],
    ['a path below', { target: '/kmip/' }, 404],
    ['a path that leads there by dots', { target: '/x/../kmip' }, 404],
    ['a path in other letters', { target: '/KMIP' }, 404],
    ['a path with escapes', { target: '/%6bmip' }, 404],
    ['the type of forms', { type: 'application/x-www-form-urlencoded' }, 415],
    ['another type of XML', { type: 'application/xml' }, 415],
    ['an empty type', { type: '' }, 415],
    ['XML in UTF-16', { type: 'text/xml; charset=utf-16' }, 415],
    ['a charset and more than that', { type: 'text/xml; charset="utf-8"x' }, 415],
    [
      'a charset behind so many blanks that trying all ways to part them takes hours',
      { type: `text/xml; charset=${' '.repeat(16_000)}"x"y` },
      415,
    ],
    ['a body that is compressed', { more: ['Content-Encoding: gzip'] }, 415],
    ['an expectation of its own', { more: ['Expect: the-unexpected'] }, 417],
    ['a second Host', { more: ['Host: other.example'] }, 400],
    ['a second Content-Type', { more: ['Content-Type: application/json'] }, 400],
    ['a hundred headers more', { more: Array.from({ length: 100 }, (_, at) => `X-${at}: 1`) }, 431],
    ['headers beyond 16 KiB', { more: [`X-Long: ${'x'.repeat(16_384)}`] }, 431],
  ]

  test.each(REFUSED)('%s is refused, and the connection closes', async (_, request, status) => {
    const { answer, rest, requests } = await answerTo(requestOf({ body: 'text', ...request }))
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('connection')).toBe('close')
    expect([rest, requests]).toEqual(['', 0])
  })

  test('the answer to another method says which there is', async () => {
    const { answer } = await answerTo(requestOf({ method: 'DELETE' }))
    expect(answer.headers.get('allow')).toBe('POST')
  })

  const TAKEN: readonly (readonly [string, HttpRequest])[] = [
    ['a charset', { type: 'text/xml; charset=utf-8' }],
    ['a charset in quotes', { type: 'text/xml;charset="UTF-8"' }],
    ['a type in capitals', { type: 'TEXT/XML' }],
    ['a target with the host in it', { target: 'https://kmip.example/kmip' }],
    ['a query', { target: '/kmip?a=b' }],
    ['a wish for another protocol', { more: ['Connection: Upgrade', 'Upgrade: h2c'] }],
  ]

  test.each(TAKEN)('%s is taken', async (_, request) => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    const { status, body } = await answers.ask({ ...request, body: 'text' })
    expect([status, body.toString()]).toEqual([200, 'xml:text'])
  })
})

describe('bodies that do not say how long they are', () => {
  const head = (...more: string[]) => rawHead(['POST /kmip HTTP/1.1', HOST, TYPE, ...more])
  const chunked = (...chunks: string[]) =>
    Buffer.concat([head('Transfer-Encoding: chunked'), Buffer.from(chunks.join(''), 'latin1')])

  const REFUSED: readonly (readonly [string, Buffer, number])[] = [
    ['no Content-Length', head(), 411],
    ['an empty Content-Length', head('Content-Length:'), 400],
    ['a Content-Length over the limit', head(`Content-Length: ${LONGEST + 1}`), 413],
    ['a Content-Length of 2^70', head(`Content-Length: ${2n ** 70n}`), 400],
    ['a negative Content-Length', head('Content-Length: -4'), 400],
    ['a Content-Length with a sign', head('Content-Length: +4'), 400],
    ['a hexadecimal Content-Length', head('Content-Length: 0x4'), 400],
    ['a Content-Length twice', head('Content-Length: 4', 'Content-Length: 4'), 400],
    ['two Content-Lengths in one', head('Content-Length: 4, 4'), 400],
    ['a length and chunks', head('Content-Length: 4', 'Transfer-Encoding: chunked'), 400],
    ['chunks and a length', head('Transfer-Encoding: chunked', 'Content-Length: 4'), 400],
    ['another coding', head('Transfer-Encoding: gzip'), 501],
    ['a coding before chunks', head('Transfer-Encoding: gzip, chunked'), 501],
    ['chunks before a coding', head('Transfer-Encoding: chunked, identity'), 400],
    ['chunks twice', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 400],
    ['a blank before the colon', head('Transfer-Encoding : chunked'), 400],
    ['a header over two lines', head('Transfer-Encoding:', ' chunked'), 400],
    ['a name with a tab', head('Transfer-Encoding\t: chunked'), 400],
    ['a chunk of no size', chunked('xyz\r\n'), 400],
    ['a chunk of a negative size', chunked('-1\r\n'), 400],
    ['a chunk size with 0x', chunked('0x4\r\ntext\r\n0\r\n\r\n'), 400],
    ['a chunk size of 17 digits', chunked('10000000000000004\r\n'), 400],
    ['a chunk that is longer than its size', chunked('2\r\ntext\r\n0\r\n\r\n'), 400],
    ['chunks that end with a line feed alone', chunked('4\ntext\n0\n\n'), 400],
    ['trailers beyond 16 KiB', chunked(`4\r\ntext\r\n0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), 431],
    ['a chunk extension of 20 KB', chunked(`4;${'x'.repeat(20_000)}\r\ntext\r\n0\r\n\r\n`), 413],
    ['a chunk over the limit', chunked('200000\r\n', 'x'.repeat(LONGEST + 1)), 413],
  ]

  test.each(REFUSED)('%s: refused, and the connection closes', async (_, bytes, status) => {
    const { answer, rest, requests } = await answerTo(bytes)
    expect([answer.status, rest, requests]).toEqual([status, '', 0])
  })

  test('a body in chunks is one message', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(chunked('2\r\nte\r\n', '002;x=y\r\nxt\r\n', '0\r\nTrailer: x\r\n\r\n'))
    expect((await answers.next()).body.toString()).toBe('xml:text')
    expect((await answers.ask({ body: 'next' })).body.toString()).toBe('xml:next')
  })

  test('many small chunks over the limit are refused when it is reached, not at their end', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    const piece = `1000\r\n${'x'.repeat(4_096)}\r\n`
    socket.write(chunked(piece.repeat(LONGEST / 4_096)))
    await settle()
    socket.write('1\r\nx\r\n')
    expect((await answers.next()).status).toBe(413)
    expect(bench.listener.status().requests).toBe(0)
  })

  test('a body that is longer than its length begins a request that is none', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(Buffer.concat([head('Content-Length: 4'), Buffer.from('text and more\r\n\r\n')]))
    expect((await answers.next()).body.toString()).toBe('xml:text')
    expect((await answers.next()).status).toBe(400)
    expect(bench.listener.status().requests).toBe(1)
  })

  test('a body that is shorter than its length is waited for as long as a body may take', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    socket.write(Buffer.concat([head('Content-Length: 5'), Buffer.from('text')]))
    await settle()
    bench.ticker.advance(DEFAULT_TRANSPORT_LIMITS.bodyRate.afterMs)
    expect(bench.listener.status().connections).toBe(1)
    bench.ticker.advance(1_000)
    expect(await closeReasons(bench)).toEqual(['slow body'])
    expect(bench.listener.status().requests).toBe(0)
  })
})

describe('other ways of HTTP', () => {
  test('[encodings 2.5] HTTP/1.0 needs no Host, and the connection closes behind the answer', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(
      Buffer.concat([
        rawHead(['POST /kmip HTTP/1.0', TYPE, 'Content-Length: 4']),
        Buffer.from('text'),
      ]),
    )
    const { status, body, headers } = await answers.next()
    expect([status, body.toString()]).toEqual([200, 'xml:text'])
    expect(headers.get('connection')).toBe('close')
    expect((await answers.rest()).toString()).toBe('')
    expect(await closeReasons(bench)).toEqual(['closed after an answer'])
  })

  test('HTTP/1.0 may ask for the connection to be kept', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    const request = { version: '1.0', more: ['Connection: keep-alive'], body: 'text' }
    expect((await answers.ask(request)).headers.get('connection')).toBe('keep-alive')
    expect((await answers.ask(request)).body.toString()).toBe('xml:text')
  })

  test('HTTP/1.1 may ask for the connection to be closed', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    const { headers } = await answers.ask({ more: ['Connection: close'], body: 'text' })
    expect(headers.get('connection')).toBe('close')
    expect(await closeReasons(bench)).toEqual(['closed after an answer'])
  })

  test.each([
    ['HTTP/1.1 without a Host', rawHead(['POST /kmip HTTP/1.1', TYPE, 'Content-Length: 0']), 400],
    [
      'HTTP/1.0 with chunks',
      rawHead(['POST /kmip HTTP/1.0', TYPE, 'Transfer-Encoding: chunked']),
      400,
    ],
    ['HTTP/0.9', Buffer.from('POST /kmip\r\n\r\n'), 505],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 400],
    ['HTTP/3', rawHead(['POST /kmip HTTP/3.0', HOST, TYPE, 'Content-Length: 0']), 400],
    ['CONNECT', rawHead(['CONNECT kmip.example:443 HTTP/1.1', HOST]), 405],
    ['a method of our own', rawHead(['ENCRYPT /kmip HTTP/1.1', HOST]), 400],
    ['TLS inside of TLS', Buffer.from('16030100050100000100', 'hex'), 400],
    ['zeros', Buffer.alloc(64), 400],
    ['a response', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 400],
    ['a NUL in a header', rawHead(['POST /kmip HTTP/1.1', HOST, 'X: a\0b']), 400],
    ['a line feed in the target', Buffer.from('POST /km\nip HTTP/1.1\r\nHost: x\r\n\r\n'), 400],
  ])('%s is refused', async (_, bytes, status) => {
    const { answer, rest, requests } = await answerTo(bytes)
    expect([answer.status, rest, requests]).toEqual([status, '', 0])
  })

  test('a client that waits for a word before it sends the body gets it', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    const lines = ['POST /kmip HTTP/1.1', HOST, TYPE, 'Content-Length: 4', 'Expect: 100-continue']
    socket.write(rawHead(lines))
    expect((await answers.next()).status).toBe(100)
    socket.write('text')
    expect((await answers.next()).body.toString()).toBe('xml:text')
  })

  test('a client that waits for a word with too much to send gets a refusal instead', async () => {
    const length = `Content-Length: ${LONGEST + 1}`
    const { answer } = await answerTo(
      rawHead(['POST /kmip HTTP/1.1', HOST, TYPE, length, 'Expect: 100-continue']),
    )
    expect(answer.status).toBe(413)
  })

  test('requests before bytes that are no HTTP are answered first', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    const good = ['one', 'two'].map((body) => requestOf({ body }))
    socket.write(Buffer.concat([...good, Buffer.from('no HTTP\r\n\r\n')]))
    expect((await answers.next()).body.toString()).toBe('xml:one')
    expect((await answers.next()).body.toString()).toBe('xml:two')
    expect((await answers.next()).status).toBe(400)
    expect(await closeReasons(bench)).toEqual(['refused in HTTP'])
  })

  test('requests behind one that is refused are not carried out', async () => {
    const refused = requestOf({ type: 'text/plain', body: 'one' })
    const { answer, rest, requests } = await answerTo(
      Buffer.concat([refused, requestOf({ body: 'two' })]),
    )
    expect([answer.status, rest, requests]).toEqual([415, '', 0])
  })

  test('the log says what was refused, and nothing of what it held', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    await answers.ask({ target: '/planted-in-the-target', body: 'planted-in-the-body' })
    await until(() => bench.log.reasons('connection closed').length === 1)
    const refused = bench.log.lines.filter(({ event }) => event === 'HTTP request refused')
    expect(refused.map(({ fields }) => fields)).toEqual([{ connection: 'c-1', status: 404 }])
    expect(JSON.stringify(bench.log.lines)).not.toContain('planted')
  })
})
