import type { IncomingMessage } from 'node:http'
import type { Encoding } from '../format.ts'

/** A request that does not get as far as KMIP. */
export interface HttpRefusal {
  readonly status: number
  /** For people; one line. */
  readonly text: string
  readonly headers?: readonly string[]
}

/** What a request asks for: a message in some encoding, or nothing that there is. */
export type Judgement = Encoding | HttpRefusal

/** The target that KMIP is served at (KMIP message encodings section 2.3). */
const TARGET = '/kmip'

/** KMIP message encodings section 2.4. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/octet-stream', 'ttlv'],
  ['text/xml', 'xml'],
  ['application/json', 'json'],
])

/** The Content-Type of answers (KMIP message encodings section 2.5). */
export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  ttlv: 'application/octet-stream',
  xml: 'text/xml',
  json: 'application/json',
}

/** Judges a request by its head alone. */
export function judge(request: IncomingMessage, mostBytes: number): Judgement {
  return (
    misframed(request) ??
    misdirected(request) ??
    tooLong(request, mostBytes) ??
    encodingOf(request) ?? {
      status: 415,
      text: 'The body must be application/octet-stream, text/xml or application/json',
    }
  )
}

/** Headers in one request; their bytes are limited by the parser. */
const MOST_HEADERS = 100

function misframed(request: IncomingMessage): HttpRefusal | undefined {
  const { rawHeaders, httpVersionMajor, httpVersionMinor, headersDistinct } = request
  if (rawHeaders.length > MOST_HEADERS * 2) return { status: 431, text: 'Too many headers' }
  if (httpVersionMajor !== 1) return { status: 505, text: 'Only HTTP/1 is spoken here' }
  const isFirst = httpVersionMinor === 0
  const { host: hosts = [], 'content-type': types = [] } = headersDistinct
  if (hosts.length > 1 || (hosts.length === 0 && !isFirst)) {
    return { status: 400, text: 'The Host header must come once' }
  }
  if (types.length > 1) return { status: 400, text: 'The Content-Type header must come once' }
  return miscoded(request, isFirst) ?? unexpected(request)
}

/** The parser lets other codings pass as long as the last is chunked. */
function miscoded({ headers }: IncomingMessage, isFirst: boolean): HttpRefusal | undefined {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  if (isFirst) return { status: 400, text: 'HTTP/1.0 has no Transfer-Encoding' }
  if (coding.toLowerCase() === 'chunked') return undefined
  return { status: 501, text: 'The only Transfer-Encoding is chunked' }
}

function unexpected({ headers }: IncomingMessage): HttpRefusal | undefined {
  const { expect } = headers
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined
  return { status: 417, text: 'Only 100-continue can be expected' }
}

function misdirected({ method, url = '' }: IncomingMessage): HttpRefusal | undefined {
  if (pathOf(url) !== TARGET) return { status: 404, text: 'KMIP is served at /kmip' }
  if (method === 'POST') return undefined
  return { status: 405, text: 'KMIP is asked by POST', headers: ['Allow', 'POST'] }
}

/** The path of a target in origin form or in absolute form (RFC 9112 section 3.2). */
function pathOf(target: string): string | undefined {
  return /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(target)?.[1]
}

function tooLong({ headers }: IncomingMessage, mostBytes: number): HttpRefusal | undefined {
  const length = headers['content-length']
  if (length === undefined) {
    if (headers['transfer-encoding'] !== undefined) return undefined
    return { status: 411, text: 'Content-Length is missing' }
  }
  return Number(length) > mostBytes ? TOO_LONG : undefined
}

/** The body is longer than a message may be. */
export const TOO_LONG: HttpRefusal = { status: 413, text: 'The message is too long' }

/** The body is no message of KMIP, not even one that could be refused as such. */
export const UNREADABLE: HttpRefusal = { status: 400, text: 'The body is no message of KMIP' }

/** What cannot be told in the audit: nothing is wrong with the request, and it may be asked again. */
export const UNTOLD: HttpRefusal = { status: 503, text: 'The server cannot answer now' }

/** What cannot be parsed, by the code that node:http gives it. */
export function unparsed(code: string): HttpRefusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, text: 'The headers are too long' }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return TOO_LONG
  if (code === 'CONNECT') return { status: 405, text: 'KMIP is asked by POST' }
  return { status: 400, text: 'The request is not well-formed HTTP' }
}

function encodingOf({ headers }: IncomingMessage): Encoding | undefined {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') return undefined
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';')
  if (!parameters.every(isHarmless)) return undefined
  return ENCODINGS.get(type.trim().toLowerCase())
}

/** A charset other than that of KMIP's texts would be read as what it is not. */
function isHarmless(parameter: string): boolean {
  const at = parameter.indexOf('=')
  if (at === -1 || parameter.slice(0, at).trim().toLowerCase() !== 'charset') return true
  return CHARSETS.test(parameter.slice(at + 1).trim())
}

const CHARSETS = /^(?:"(?:utf-?8|us-ascii)"|utf-?8|us-ascii)$/i
