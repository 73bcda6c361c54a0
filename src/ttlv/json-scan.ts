import { KmipFault } from '../fault/fault.ts'
import type { Limits } from './limits.ts'

/** The names seen in an object that is not closed; undefined for an array. */
type Open = Set<string> | undefined

/**
 * Looks through a text in JSON before it is parsed, for what `JSON.parse` does not mind: names that come twice in an
 * object, of which it keeps the last and another reader the first, and size without bound. Anything else that is wrong
 * is left to the parser.
 *
 * @throws KmipFault `MALFORMED_MESSAGE` for a name that comes twice, `SERVER_LIMIT` for more objects than items are
 * allowed, and for brackets deeper than those of structures may be.
 */
export function scanJson(text: string, limits: Limits): void {
  // A structure is an object with an array in it, and the innermost array holds objects.
  const deepest = limits.depth * 2 + 1
  const open: Open[] = []
  let objects = 0
  for (let at = nextToken(text, 0); at < text.length; at = nextToken(text, at)) {
    const character = text[at]
    if (character === '"') {
      at = scanString(text, at, open.at(-1))
      continue
    }
    at += 1
    if (character === '}' || character === ']') {
      open.pop()
      continue
    }
    if (character === '{') objects += 1
    open.push(character === '{' ? new Set() : undefined)
    if (objects > limits.items)
      throw new KmipFault('SERVER_LIMIT', 'The message has too many items')
    if (open.length > deepest)
      throw new KmipFault('SERVER_LIMIT', 'The message is nested too deeply')
  }
}

const TOKEN = /["{}[\]]/g
const COLON = /[ \t\r\n]*:/y

function nextToken(text: string, from: number): number {
  TOKEN.lastIndex = from
  return TOKEN.exec(text)?.index ?? text.length
}

/** Passes a string, notes it where it is a name in an object, and returns the offset behind it. */
function scanString(text: string, start: number, names: Open): number {
  const end = endOfString(text, start)
  COLON.lastIndex = end
  if (names === undefined || !COLON.test(text)) return end
  const name = nameOf(text.slice(start, end))
  if (names.has(name)) {
    throw new KmipFault('MALFORMED_MESSAGE', 'A name comes twice in an object')
  }
  names.add(name)
  return end
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code === 0x5c) at += 1
  }
  return text.length
}

/** A name without its escapes; one that is ill-formed stays as it is, since the parser refuses it. */
function nameOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal
  }
}
