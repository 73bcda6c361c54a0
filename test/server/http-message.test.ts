import { beforeAll, describe, expect, test } from 'vitest'
import type { MessageHandler } from '../../src/server/handler.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decodeJson } from '../../src/ttlv/json.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml } from '../../src/ttlv/xml.ts'
import { readAnswer } from '../system/answer.ts'
import { createSubject, type Subject } from '../system/subject.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { HttpAnswers } from './http.fixture.ts'
import { startBench } from './listener.fixture.ts'

const { InvalidMessage, GeneralFailure, ServerLimitExceeded, UnknownEnumeration, UnknownTag } =
  ResultReason
let subject: Subject
let handler: MessageHandler

beforeAll(async () => {
  subject = await createSubject()
  handler = subject.handler
})

const READERS = {
  'text/xml': (body: Uint8Array) => decodeXml(body, vocabulary),
  'application/json': (body: Uint8Array) => decodeJson(body, vocabulary),
} as const
type Type = keyof typeof READERS

/** What the first batch item of the answer says, and whether the next request on the connection is still answered. */
async function answerTo(type: Type, body: string | Uint8Array) {
  await using bench = await startBench({ handler })
  const answers = new HttpAnswers(await bench.connect())
  const answer = await answers.ask({ type, body })
  const next = await answers.ask({ type: 'text/xml', body: xml() })
  const { version, items } = readAnswer(encode(READERS[type](answer.body)))
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    version,
    reason: items[0]?.reason,
    message: items[0]?.message,
    next: readAnswer(encode(decodeXml(next.body, vocabulary))).items[0]?.status,
  }
}

/** Discover Versions in XML, with something before its root, in its root or in its payload. */
function xml({
  before = '',
  attributes = '',
  payload = '',
  major = '2',
  minor = '1',
} = {}): string {
  return `${before}<RequestMessage${attributes}><RequestHeader><ProtocolVersion>
    <ProtocolVersionMajor type="Integer" value="${major}"/>
    <ProtocolVersionMinor type="Integer" value="${minor}"/>
    </ProtocolVersion><BatchCount type="Integer" value="1"/></RequestHeader><BatchItem>
    <Operation type="Enumeration" value="DiscoverVersions"/>
    <RequestPayload>${payload}</RequestPayload></BatchItem></RequestMessage>`
}

/** The same in JSON. */
function json({ payload = '', behind = '', minor = '1' } = {}): string {
  return `{"tag":"RequestMessage","value":[{"tag":"RequestHeader","value":[{"tag":"ProtocolVersion","value":[
    {"tag":"ProtocolVersionMajor","type":"Integer","value":"0x00000002"},
    {"tag":"ProtocolVersionMinor","type":"Integer","value":${minor}}]},
    {"tag":"BatchCount","type":"Integer","value":1}]},
    {"tag":"BatchItem","value":[{"tag":"Operation","type":"Enumeration","value":"DiscoverVersions"},
    {"tag":"RequestPayload","value":[${payload}]}]}]}${behind}`
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('XML that is refused', () => {
  const doctype = (content: string) => `<!DOCTYPE RequestMessage ${content}>`
  const laughs = Array.from({ length: 10 }, (_, at) =>
    at === 0 ? '<!ENTITY l0 "lol">' : `<!ENTITY l${at} "${`&l${at - 1};`.repeat(10)}">`,
  ).join('')
  const version = (value: string) => `<VendorIdentification type="TextString" value="${value}"/>`

  const REFUSED: readonly (readonly [string, string | Uint8Array, string, number])[] = [
    ['a document type', xml({ before: doctype('') }), '2.1', InvalidMessage],
    [
      'an entity',
      xml({ before: doctype('[<!ENTITY a "b">]'), payload: version('&a;') }),
      '2.1',
      InvalidMessage,
    ],
    [
      'an external entity',
      xml({
        before: doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]'),
        payload: version('&a;'),
      }),
      '2.1',
      InvalidMessage,
    ],
    [
      'an external document type',
      xml({ before: doctype('SYSTEM "http://127.0.0.1/x.dtd"') }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a billion laughs',
      xml({ before: doctype(`[${laughs}]`), payload: version('&l9;') }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a quadratic blowup',
      xml({
        before: doctype(`[<!ENTITY a "${'a'.repeat(100_000)}">]`),
        payload: version('&a;'.repeat(1_000)),
      }),
      '1.0',
      InvalidMessage,
    ],
    [
      'a parameter entity',
      xml({ before: doctype('[<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]') }),
      '2.1',
      InvalidMessage,
    ],
    ['an entity that nobody declared', xml({ payload: version('&nbsp;') }), '2.1', InvalidMessage],
    ['a reference to NUL', xml({ payload: version('&#0;') }), '2.1', InvalidMessage],
    ['a reference to a surrogate', xml({ payload: version('&#xd800;') }), '2.1', InvalidMessage],
    [
      'a processing instruction',
      xml({ before: '<?xml-stylesheet href="x.xsl"?>' }),
      '2.1',
      InvalidMessage,
    ],
    ['CDATA', xml({ payload: '<![CDATA[x]]>' }), '2.1', InvalidMessage],
    ['text between elements', xml({ payload: 'text' }), '2.1', InvalidMessage],
    [
      'an inclusion',
      xml({ payload: '<xi:include href="file:///etc/passwd"/>' }),
      '2.1',
      InvalidMessage,
    ],
    ['another namespace', xml({ attributes: ' xmlns="urn:other"' }), '2.1', InvalidMessage],
    [
      'an attribute twice',
      xml({ payload: '<MaximumItems type="Integer" type="Integer" value="1"/>' }),
      '2.1',
      InvalidMessage,
    ],
    ['a NUL', xml({ payload: '\0' }), '2.1', InvalidMessage],
    [
      'another encoding declared',
      xml({ before: '<?xml version="1.0" encoding="ISO-8859-1"?>' }),
      '2.1',
      InvalidMessage,
    ],
    ['XML 1.1', xml({ before: '<?xml version="1.1"?>' }), '2.1', InvalidMessage],
    ['UTF-16', utf16(xml()), '1.0', InvalidMessage],
    [
      'bytes that are no UTF-8',
      Buffer.from(xml({ payload: version('\xff') }), 'latin1'),
      '2.1',
      InvalidMessage,
    ],
    ['a message that ends early', xml().slice(0, -5), '2.1', InvalidMessage],
    ['two messages', xml() + xml(), '2.1', InvalidMessage],
    ['nothing', '', '1.0', InvalidMessage],
    ['HTML', '<html><body>not found</body></html>', '1.0', InvalidMessage],
    [
      'elements nested 100,000 deep',
      xml({ payload: '<x>'.repeat(100_000) }),
      '2.1',
      ServerLimitExceeded,
    ],
    [
      'an attribute of a megabyte that does not end',
      xml({ payload: `<x y="${'z'.repeat(1_000_000)}` }),
      '2.1',
      InvalidMessage,
    ],
    ['an element that is not known', xml({ payload: '<Wrong/>' }), '2.1', UnknownTag],
    [
      'a value of an enumeration that is not known',
      xml().replace('DiscoverVersions', 'Discover'),
      '2.1',
      UnknownEnumeration,
    ],
    [
      'a number that is too large',
      xml({ payload: '<MaximumItems type="Integer" value="2147483648"/>' }),
      '2.1',
      InvalidMessage,
    ],
  ]

  test.each(REFUSED)('%s', async (_, body, version_, reason) => {
    const answer = await answerTo('text/xml', body)
    expect(answer).toMatchObject({ status: 200, type: 'text/xml', version: version_, next: 0 })
    expect(answer.reason).toBe(reason)
    expect(answer.message).not.toContain('passwd')
  })
})

describe('JSON that is refused', () => {
  const text = (value: string) =>
    `{"tag":"VendorIdentification","type":"TextString","value":${value}}`

  const REFUSED: readonly (readonly [string, string | Uint8Array, string, number])[] = [
    [
      'a name twice',
      json({ payload: '{"tag":"MaximumItems","type":"Integer","value":1,"value":2}' }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a name twice, once in escapes',
      json({ payload: '{"tag":"MaximumItems","type":"Integer","value":1,"val\\u0075e":2}' }),
      '2.1',
      InvalidMessage,
    ],
    [
      'arrays nested 100,000 deep',
      json({ payload: '['.repeat(100_000) }),
      '2.1',
      ServerLimitExceeded,
    ],
    ['objects nested 100,000 deep', '{"a":'.repeat(100_000), '1.0', GeneralFailure],
    [
      'a number of a hundred thousand digits',
      json({ payload: `{"tag":"MaximumItems","type":"Integer","value":${'9'.repeat(100_000)}}` }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a number with an exponent',
      json({ payload: '{"tag":"MaximumItems","type":"Integer","value":1e400}' }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a fraction',
      json({ payload: '{"tag":"MaximumItems","type":"Integer","value":1.5}' }),
      '2.1',
      InvalidMessage,
    ],
    [
      'a number as a text',
      json({ payload: '{"tag":"MaximumItems","type":"Integer","value":"1"}' }),
      '2.1',
      InvalidMessage,
    ],
    ['half of a surrogate pair', json({ payload: text('"\\ud800"') }), '2.1', InvalidMessage],
    ['bytes behind the message', json({ behind: 'x' }), '2.1', InvalidMessage],
    ['two messages', json({ behind: json() }), '2.1', InvalidMessage],
    ['a comment', json({ behind: '// x' }), '2.1', InvalidMessage],
    ['a comma too many', json({ payload: `${text('""')},` }), '2.1', InvalidMessage],
    ['a NUL', json({ payload: '\0' }), '2.1', InvalidMessage],
    [
      'a property of an object',
      json({ payload: '{"tag":"MaximumItems","__proto__":{"type":"Integer"},"value":1}' }),
      '2.1',
      InvalidMessage,
    ],
    ['an array', `[${json()}]`, '2.1', InvalidMessage],
    ['null', 'null', '1.0', InvalidMessage],
    ['nothing', '', '1.0', InvalidMessage],
    ['UTF-16', utf16(json()), '1.0', InvalidMessage],
    [
      'bytes that are no UTF-8',
      Buffer.from(json({ payload: text('"\xff"') }), 'latin1'),
      '2.1',
      InvalidMessage,
    ],
    ['a message that ends early', json().slice(0, -2), '2.1', InvalidMessage],
    ['a tag that is not known', json({ payload: '{"tag":"Wrong","value":[]}' }), '2.1', UnknownTag],
    ['a version that is no number', json({ minor: '"x"' }), '1.0', InvalidMessage],
  ]

  test.each(REFUSED)('%s', async (_, body, version, reason) => {
    const answer = await answerTo('application/json', body)
    expect(answer).toMatchObject({ status: 200, type: 'application/json', version, next: 0 })
    expect(answer.reason).toBe(reason)
  })
})

describe('text that is taken', () => {
  test.each([
    ['a mark of UTF-8 before XML', 'text/xml', `\ufeff${xml()}`],
    ['a declaration', 'text/xml', `<?xml version="1.0" encoding="utf-8"?>\n${xml()}`],
    ['the namespace', 'text/xml', xml({ attributes: ' xmlns="urn:oasis:tc:kmip:xmlns"' })],
    ['comments', 'text/xml', `<!-- a -->${xml({ payload: '<!-- b -->' })}<!-- c -->`],
    ['white space around JSON', 'application/json', `\r\n\t ${json()} \n`],
    ['a mark of UTF-8 before JSON', 'application/json', `\ufeff${json()}`],
  ] as const)('%s', async (_, type, body) => {
    expect(await answerTo(type, body)).toMatchObject({ version: '2.1', reason: undefined, next: 0 })
  })
})

describe('what is no request', () => {
  test.each([
    ['a response in XML', 'text/xml', xml().replaceAll('RequestMessage', 'ResponseMessage')],
    ['a header alone in XML', 'text/xml', '<RequestHeader/>'],
    ['a header alone in JSON', 'application/json', '{"tag":"RequestHeader","value":[]}'],
  ] as const)('%s is answered in the oldest version', async (_, type, body) => {
    expect(await answerTo(type, body)).toMatchObject({ version: '1.0', reason: InvalidMessage })
  })

  test('a version that is not spoken is refused in the nearest, in kind', async () => {
    const { version, type } = await answerTo('text/xml', xml({ major: '3', minor: '0' }))
    expect([version, type]).toEqual(['2.1', 'text/xml'])
  })

  test('bytes over HTTP that are no TTLV are answered in HTTP', async () => {
    await using bench = await startBench({ handler })
    const answers = new HttpAnswers(await bench.connect())
    const { status } = await answers.ask({ type: 'application/octet-stream', body: xml() })
    expect(status).toBe(400)
  })

  test('a text of as many bytes as a message may have is read', async () => {
    const body = xml().padEnd(DEFAULT_LIMITS.messageBytes, ' ')
    expect(await answerTo('text/xml', body)).toMatchObject({ reason: undefined })
  })
})
