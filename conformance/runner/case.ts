import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { parseXml, type XmlElement } from '../../src/ttlv/xml-parser.ts'

/** One question and the answer that the file shows for it. */
export interface Step {
  /** Counted from 0, as the files do. */
  readonly index: number
  readonly request: XmlElement
  /** The request as the file writes it, letter by letter, for those who are sent XML. */
  readonly text: string
  readonly response: XmlElement
}

/** A conversation on one connection, as a file of the KMIP profiles holds it. */
export interface Case {
  /** Folder and file name without its ending, as in `profiles-1.4/SKLC-M-1-14`. */
  readonly id: string
  readonly name: string
  readonly steps: readonly Step[]
}

/** A file that is not a conversation. */
export class CaseError extends Error {
  override readonly name = 'CaseError'
}

/** A file may hold long keys and certificates, so it may be longer than a message; it comes from disk, not a peer. */
const FILE_LIMITS = { ...DEFAULT_LIMITS, messageBytes: 16_777_216, items: 200_000 }

/**
 * Reads a file of requests and responses.
 *
 * @throws CaseError when it is not well formed, or when questions and answers do not pair up
 */
export function readCase(file: string): Case {
  const name = basename(file).replace(/\.xml$/u, '')
  const id = `${basename(dirname(resolve(file)))}/${name}`
  return caseOf(id, readFileSync(file))
}

/** Makes a case of XML text; see {@link readCase}. */
export function caseOf(id: string, source: Uint8Array | string): Case {
  const steps: Step[] = []
  const unanswered: Request[] = []
  for (const { element, text } of messagesOf(id, source)) {
    if (element.name === 'RequestMessage') unanswered.push({ request: element, text })
    else steps.push({ index: steps.length, ...answeredBy(id, unanswered), response: element })
  }
  if (unanswered.length > 0 || steps.length === 0) {
    throw new CaseError(`${id}: ${unanswered.length} requests without a response`)
  }
  return { id, name: id.slice(id.lastIndexOf('/') + 1), steps }
}

type Request = Pick<Step, 'request' | 'text'>

interface Message {
  readonly element: XmlElement
  readonly text: string
}

/**
 * The question of an answer: the last that has none. One file (TC-DERIVEKEY-4-10) writes an exchange between the question
 * and the answer of another, which can only be right before it: its other editions have it there.
 */
function answeredBy(id: string, unanswered: Request[]): Request {
  const request = unanswered.pop()
  if (request !== undefined) return request
  throw new CaseError(`${id}: a response without a request`)
}

function messagesOf(id: string, source: Uint8Array | string): readonly Message[] {
  const whole = mended(source)
  let root: XmlElement
  try {
    root = parseXml(whole, FILE_LIMITS)
  } catch (error) {
    throw new CaseError(`${id}: ${String(error)}`, { cause: error })
  }
  const stray = root.children.find(({ name }) => !/^(Request|Response)Message$/u.test(name))
  if (root.name !== 'KMIP' || stray !== undefined) {
    throw new CaseError(`${id}: unexpected element ${stray?.name ?? root.name}`)
  }
  const texts = (whole.match(MESSAGE) ?? []).filter((text) => !text.startsWith('<!--'))
  if (texts.length !== root.children.length) throw new CaseError(`${id}: an empty message`)
  return root.children.map((element, index) => ({ element, text: texts[index] ?? '' }))
}

/** A message, or a comment between messages: there may be a message in it. */
const MESSAGE = /<!--[^]*?-->|<(?<name>RequestMessage|ResponseMessage)\b[^]*?<\/\k<name>\s*>/gu

/**
 * Some official files hold remarks between their messages, in lines that begin with `#`, and one closes its root twice;
 * XML allows neither.
 */
function mended(source: Uint8Array | string): string {
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
  return text.replace(/^#.*$/gmu, '').replace(/(?:<\/KMIP>\s*){2}$/u, '</KMIP>')
}
