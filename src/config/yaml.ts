import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'
import type { z } from 'zod'
import { KmipFault } from '../fault/fault.ts'

/** What a file says, and how it is refused where that cannot be. */
export interface YamlFile<T> {
  readonly value: T
  /** A fault that names the file, the line and the key of what is wrong. */
  refusal(path: readonly PropertyKey[], problem: string): KmipFault
}

/**
 * Reads YAML (JSON is some) of one shape.
 *
 * @param name - of the file, for messages
 * Throws `INVALID_FIELD` with one line that names the file, the line and the key of the first thing that is wrong.
 */
export function parseYaml<T>(text: string, name: string, schema: z.ZodType<T>): YamlFile<T> {
  const file = new ReadFile(text, name)
  const outcome = schema.safeParse(file.plainValue())
  if (outcome.success) {
    return { value: outcome.data, refusal: (path, problem) => file.refusalAt(path, problem) }
  }
  const [issue] = outcome.error.issues
  throw issue === undefined ? file.refusal(1, 'is wrong') : file.explain(issue)
}

class ReadFile {
  readonly #name: string
  readonly #lines = new LineCounter()
  readonly #document: Document

  constructor(text: string, name: string) {
    this.#name = name
    if (text.length > LONGEST) throw this.refusal(1, `is longer than ${LONGEST} characters`)
    this.#document = this.#parse(text)
    const [problem] = [...this.#document.errors, ...this.#document.warnings]
    if (problem !== undefined) {
      const { line } = this.#lines.linePos(problem.pos[0])
      throw this.refusal(line, firstLineOf(problem.message))
    }
    this.#checkNodes()
  }

  /** Aliases are refused: nothing in the file repeats, and they are how small files become large values. */
  plainValue(): unknown {
    try {
      const value: unknown = this.#document.toJS({ maxAliasCount: 0 })
      return value
    } catch (cause) {
      throw new KmipFault('INVALID_FIELD', `${this.#name}: aliases are not taken`, { cause })
    }
  }

  explain(issue: z.core.$ZodIssue): KmipFault {
    const path = [...issue.path]
    let problem = issue.message
    if (issue.code === 'unrecognized_keys') {
      path.push(issue.keys[0] ?? '')
      problem = 'there is no such key'
    } else if (issue.code === 'invalid_key') {
      problem = issue.issues[0]?.message ?? problem
    } else if (path.length > 0 && !this.#document.hasIn(path)) {
      problem = 'is missing'
    }
    return this.refusalAt(path, problem)
  }

  refusalAt(path: readonly PropertyKey[], problem: string): KmipFault {
    const key = path.map(String).join('.')
    return this.refusal(this.#lineOf(path), key === '' ? problem : `${key}: ${problem}`)
  }

  refusal(line: number, problem: string): KmipFault {
    return new KmipFault('INVALID_FIELD', `${this.#name}:${line}: ${problem}`)
  }

  #parse(text: string): Document {
    try {
      // Keys that are there twice are looked for here: the library compares each with all others.
      return parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        strict: true,
        uniqueKeys: false,
      })
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw this.refusal(1, 'is nested too deeply')
    }
  }

  /** Throws for a key that is there twice, or is no text, and for nesting that nothing in a file of ours has. */
  #checkNodes(): void {
    visit(this.#document, {
      Collection: (_, node, ancestors) => {
        if (ancestors.length > DEEPEST) throw this.#refusalOf(node.range, 'is nested too deeply')
        if (!isMap(node)) return
        const keys = new Set<string>()
        for (const { key } of node.items) {
          const range = isNode(key) ? key.range : node.range
          if (!isScalar(key) || typeof key.value !== 'string') {
            throw this.#refusalOf(range, 'a key is not a text')
          }
          // Readers of objects pass over it, where they do not do worse.
          if (key.value === '__proto__') {
            throw this.#refusalOf(range, '__proto__: there is no such key')
          }
          if (keys.has(key.value)) throw this.#refusalOf(range, 'Map keys must be unique')
          keys.add(key.value)
        }
      },
    })
  }

  #refusalOf(range: readonly number[] | null | undefined, problem: string): KmipFault {
    return this.refusal(this.#lines.linePos(range?.[0] ?? 0).line, problem)
  }

  /** The line of the innermost part of `path` that the file has. */
  #lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return this.#lines.linePos(node.range[0]).line
    }
    return 1
  }
}

function firstLineOf(text: string): string {
  return text.split('\n', 1)[0] ?? text
}

const LONGEST = 1_048_576
/** Levels of lists and maps, each of which takes two ancestors. */
const DEEPEST = 40
