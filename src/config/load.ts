import { readFile } from 'node:fs/promises'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { KmipFault } from '../fault/fault.ts'
import type { Config } from './defaults.ts'
import { configSchema } from './schema.ts'

/** Reads a configuration file. Throws as {@link parseConfig} does, and `UNAVAILABLE` when it cannot be read. */
export async function loadConfig(path: string): Promise<Config> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read`, { cause })
  }
  return parseConfig(text, path)
}

/**
 * Reads YAML (JSON is some), with defaults for what it leaves out.
 *
 * @param name - of the file, for messages
 * Throws `INVALID_FIELD` with one line that names the file, the line and the key of the first thing that is wrong.
 */
export function parseConfig(text: string, name: string): Config {
  if (text.length > LONGEST) throw refusal(name, 1, `is longer than ${LONGEST} characters`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) {
    throw refusal(name, lines.linePos(problem.pos[0]).line, firstLineOf(problem.message))
  }
  const outcome = configSchema.safeParse(plainValueOf(document, name))
  if (outcome.success) return outcome.data
  const [issue] = outcome.error.issues
  throw issue === undefined ? refusal(name, 1, 'is wrong') : explain(document, lines, name, issue)
}

/** Aliases are refused: nothing in the file repeats, and they are how small files become large values. */
function plainValueOf(document: Document, name: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 })
    return value
  } catch (cause) {
    throw new KmipFault('INVALID_FIELD', `${name}: aliases are not taken`, { cause })
  }
}

function explain(
  document: Document,
  lines: LineCounter,
  name: string,
  issue: z.core.$ZodIssue,
): KmipFault {
  const path = [...issue.path]
  let problem = issue.message
  if (issue.code === 'unrecognized_keys') {
    path.push(issue.keys[0] ?? '')
    problem = 'there is no such key'
  } else if (path.length > 0 && !document.hasIn(path)) {
    problem = 'is missing'
  }
  const key = path.map(String).join('.')
  const where = lineOf(document, lines, path)
  return refusal(name, where, key === '' ? problem : `${key}: ${problem}`)
}

/** The line of the innermost part of `path` that the file has. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

function refusal(name: string, line: number, problem: string): KmipFault {
  return new KmipFault('INVALID_FIELD', `${name}:${line}: ${problem}`)
}

function firstLineOf(text: string): string {
  return text.split('\n', 1)[0] ?? text
}

const LONGEST = 1_048_576
