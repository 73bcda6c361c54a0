import { Bindings } from '../../conformance/runner/bindings.ts'
import { caseOf } from '../../conformance/runner/case.ts'
import type { Channel } from '../../conformance/runner/connection.ts'
import { TTLV } from '../../conformance/runner/encoding.ts'
import { checkMessage } from '../../conformance/runner/message-rules.ts'
import { play, type Played } from '../../conformance/runner/play.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { itemFromXml } from '../../src/ttlv/xml.ts'
import { parseXml } from '../../src/ttlv/xml-parser.ts'

/** When the conversations of these tests begin. */
export const NOW = Date.UTC(2024, 0, 1) / 1000

/** A time as the XML encoding writes it. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function version(text: string): string {
  const [major, minor] = text.split('.')
  return `<ProtocolVersion>
    <ProtocolVersionMajor type="Integer" value="${major ?? ''}"/>
    <ProtocolVersionMinor type="Integer" value="${minor ?? ''}"/>
  </ProtocolVersion>`
}

/** What a message of a test is made of. */
export interface Parts {
  readonly version?: string
  readonly timeStamp?: string
  readonly header?: string
  readonly batchCount?: number
}

function countOf(items: readonly string[], parts: Parts): string {
  return `<BatchCount type="Integer" value="${parts.batchCount ?? items.length}"/>`
}

export function request(items: readonly string[], parts: Parts = {}): string {
  return `<RequestMessage><RequestHeader>${version(parts.version ?? '1.4')}${countOf(items, parts)}
  </RequestHeader>${items.join('')}</RequestMessage>`
}

export function response(items: readonly string[], parts: Parts = {}): string {
  const stamp = parts.timeStamp ?? '$NOW'
  return `<ResponseMessage><ResponseHeader>${version(parts.version ?? '1.4')}
    ${stamp === '' ? '' : `<TimeStamp type="DateTime" value="${stamp}"/>`}${parts.header ?? ''}
    ${countOf(items, parts)}</ResponseHeader>${items.join('')}</ResponseMessage>`
}

export function ask(operation: string, payload = ''): string {
  return `<BatchItem><Operation type="Enumeration" value="${operation}"/>
  <RequestPayload>${payload}</RequestPayload></BatchItem>`
}

export function success(operation: string, payload = ''): string {
  return `<BatchItem><Operation type="Enumeration" value="${operation}"/>
  <ResultStatus type="Enumeration" value="Success"/>
  <ResponsePayload>${payload}</ResponsePayload></BatchItem>`
}

export function failure(operation: string, reason: string, message = 'no'): string {
  return `<BatchItem><Operation type="Enumeration" value="${operation}"/>
  <ResultStatus type="Enumeration" value="OperationFailed"/>
  <ResultReason type="Enumeration" value="${reason}"/>
  <ResultMessage type="TextString" value="${message}"/></BatchItem>`
}

export const text = (tag: string, value: string): string =>
  `<${tag} type="TextString" value="${value}"/>`
export const bytes = (tag: string, value: string): string =>
  `<${tag} type="ByteString" value="${value}"/>`
export const integer = (tag: string, value: number): string =>
  `<${tag} type="Integer" value="${value}"/>`
export const member = (tag: string, value: string): string =>
  `<${tag} type="Enumeration" value="${value}"/>`
export const date = (tag: string, value: string): string =>
  `<${tag} type="DateTime" value="${value}"/>`
export const uid = (value: string): string => text('UniqueIdentifier', value)

/** An attribute of KMIP 1.x. */
export const attribute = (name: string, value: string): string =>
  `<Attribute>${text('AttributeName', name)}${value}</Attribute>`

/** A server that gives these answers, whatever it is asked, and remembers the questions. */
export function scripted(answers: readonly string[]): Channel & { readonly asked: Uint8Array[] } {
  const asked: Uint8Array[] = []
  return {
    encoding: TTLV,
    asked,
    exchange: async (question) => {
      const answer = answers[asked.length]
      asked.push(question)
      if (answer === undefined) return Promise.reject(new Error('nothing left to say'))
      return Promise.resolve(bytesOf(answer))
    },
    close: () => undefined,
  }
}

/** A message of XML text as it goes over the wire. */
export function bytesOf(xml: string): Uint8Array {
  return encode(itemFromXml(parseXml(xml, DEFAULT_LIMITS), vocabulary))
}

/** Plays a file of these messages against a server that gives these answers. */
export async function playAgainst(
  file: readonly string[],
  answers: readonly string[],
): Promise<Played> {
  const conversation = caseOf('samples/SAMPLE-1', `<KMIP>${file.join('')}</KMIP>`)
  return play(conversation, scripted(answers), new Bindings(NOW), checkMessage)
}

/** What was wrong, as `kind path` lines; nothing when the conversation went as it should. */
export function complaints({ failure: found }: Played): readonly string[] {
  return (found?.verdict.differences ?? []).map(({ kind, path }) => {
    return `${kind} ${path.replace(/^ResponseMessage\/?/u, '')}`
  })
}

/** Plays one question, for which the file shows one item and another comes. */
export async function compareOne(
  question: string,
  shown: string,
  came: string,
  parts: Parts = {},
): Promise<Played> {
  const file = [request([question], parts), response([shown], parts)]
  return playAgainst(file, [response([came], { timeStamp: iso(NOW), ...parts })])
}
