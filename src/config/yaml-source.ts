import type * as Yaml from 'yaml'

/** What is used of the library for YAML. It is given, so that a thread can run the text of what uses it. */
export type YamlLibrary = Pick<
  typeof Yaml,
  'parseDocument' | 'LineCounter' | 'visit' | 'isMap' | 'isNode' | 'isScalar'
>

/** Something that no file of ours may have; some things have no line. */
export interface WrongYaml {
  readonly line: number | undefined
  readonly problem: string
}

/**
 * What a text in YAML says, before anybody asks what it means. It refers to nothing outside of itself: its own text is
 * what a thread runs.
 */
export class YamlSource {
  readonly #longest = 1_048_576
  /** Levels of lists and maps, each of which takes two ancestors. */
  readonly #deepest = 40
  readonly #yaml: YamlLibrary
  readonly #lines: Yaml.LineCounter
  #document: Yaml.Document | undefined
  #value: unknown
  #wrong: WrongYaml | undefined

  constructor(yaml: YamlLibrary, text: string) {
    this.#yaml = yaml
    this.#lines = new yaml.LineCounter()
    if (text.length > this.#longest) {
      this.#wrong = { line: 1, problem: `is longer than ${this.#longest} characters` }
    } else this.#read(text)
  }

  /** What is wrong with it; the value is nothing then. */
  get wrong(): WrongYaml | undefined {
    return this.#wrong
  }

  get value(): unknown {
    return this.#value
  }

  has(path: readonly PropertyKey[]): boolean {
    return this.#document?.hasIn(path) === true
  }

  /** The line of the innermost part of `path` that the text has. */
  lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = this.#document?.getIn(path.slice(0, length), true)
      if (this.#yaml.isNode(node) && node.range) return this.#lineAt(node.range[0])
    }
    return 1
  }

  #read(text: string): void {
    this.#document = this.#parsed(text)
    if (this.#document === undefined) return
    const [problem] = [...this.#document.errors, ...this.#document.warnings]
    if (problem !== undefined) {
      const [first = ''] = problem.message.split('\n', 1)
      this.#wrong = { line: this.#lineAt(problem.pos[0]), problem: first }
      return
    }
    this.#checkNodes(this.#document)
    if (this.#wrong === undefined) this.#value = this.#plain(this.#document)
  }

  #parsed(text: string): Yaml.Document | undefined {
    try {
      // Keys that are there twice are looked for here: the library compares each with all others.
      return this.#yaml.parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        strict: true,
        uniqueKeys: false,
      })
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      this.#wrong = { line: 1, problem: 'is nested too deeply' }
      return undefined
    }
  }

  /** Aliases are refused: nothing in the file repeats, and they are how small files become large values. */
  #plain(document: Yaml.Document): unknown {
    try {
      const value: unknown = document.toJS({ maxAliasCount: 0 })
      return value
    } catch {
      this.#wrong = { line: undefined, problem: 'aliases are not taken' }
      return undefined
    }
  }

  /** A key that is there twice, or is no text, and nesting that nothing in a file of ours has. */
  #checkNodes(document: Yaml.Document): void {
    const { visit, isMap } = this.#yaml
    visit(document, {
      Collection: (_, node, ancestors) => {
        if (ancestors.length > this.#deepest) {
          this.#refuse(node.range, 'is nested too deeply')
        } else if (isMap(node)) this.#checkKeys(node)
        return this.#wrong === undefined ? undefined : visit.BREAK
      },
    })
  }

  #checkKeys(map: Yaml.YAMLMap): void {
    const keys = new Set<string>()
    for (const { key } of map.items) {
      const range = this.#yaml.isNode(key) ? key.range : map.range
      if (!this.#yaml.isScalar(key) || typeof key.value !== 'string') {
        this.#refuse(range, 'a key is not a text')
        return
      }
      // Readers of objects pass over it, where they do not do worse.
      if (key.value === '__proto__') this.#refuse(range, '__proto__: there is no such key')
      else if (keys.has(key.value)) this.#refuse(range, 'Map keys must be unique')
      if (this.#wrong !== undefined) return
      keys.add(key.value)
    }
  }

  #refuse(range: readonly number[] | null | undefined, problem: string): void {
    this.#wrong = { line: this.#lineAt(range?.[0] ?? 0), problem }
  }

  #lineAt(offset: number): number {
    return this.#lines.linePos(offset).line
  }
}
