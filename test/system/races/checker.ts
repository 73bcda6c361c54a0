/** What one client asked and was told. Moments are of one counter: no two are the same. */
export interface Event<Input, Output> {
  readonly input: Input
  /** Undefined where no answer came, or one that does not say whether anything happened. */
  readonly output: Output | undefined
  readonly called: number
  /** Infinity where `output` is undefined: what was asked for may yet happen at any time, or never. */
  readonly returned: number
}

/** What a thing does when it is asked one at a time. */
export interface Model<State, Input, Output> {
  readonly initial: State
  /**
   * The states that may follow when `input` is answered with `output`; none where it cannot be. Without an output, the
   * states that may follow whatever the answer would have been.
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[]
  /**
   * Whether nothing ever changes when `input` is answered with `output`, whatever the state is. Such an answer is
   * explained as soon as it can be: later would do as well.
   */
  leavesAlone(input: Input, output: Output): boolean
  /** The same text for the same state. */
  keyOf(state: State): string
}

export type Verdict<Input, Output> =
  | { readonly kind: 'explained'; readonly order: readonly Event<Input, Output>[] }
  | {
      readonly kind: 'unexplained'
      /** The longest order that explains as much as can be explained. */
      readonly order: readonly Event<Input, Output>[]
    }
  /** The search was given up. */
  | { readonly kind: 'undecided' }

/**
 * Looks for an order of the events in which each took place between its call and its return, and which a model of one
 * at a time explains (Wing and Gong, with Lowe's memory of what was tried: a state with the set of what was done).
 *
 * @param most - states to look at before giving up
 */
export function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  events: readonly Event<Input, Output>[],
  most = 2_000_000,
): Verdict<Input, Output> {
  return new Search(model, events, most).run()
}

/** Judges each part of a history by itself: what is linearizable in its parts is so as a whole (Herlihy and Wing). */
export function explainEach<State, Input, Output>(
  model: (part: string) => Model<State, Input, Output>,
  events: readonly Event<Input, Output>[],
  partOf: (input: Input) => string,
): ReadonlyMap<string, Verdict<Input, Output>> {
  const parts = new Map<string, Event<Input, Output>[]>()
  for (const event of events) {
    const part = partOf(event.input)
    const others = parts.get(part)
    if (others === undefined) parts.set(part, [event])
    else others.push(event)
  }
  return new Map(Array.from(parts, ([part, own]) => [part, explain(model(part), own)]))
}

class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>
  readonly #events: readonly Event<Input, Output>[]
  readonly #done: boolean[]
  readonly #order: Event<Input, Output>[] = []
  readonly #tried = new Set<string>()
  readonly #most: number
  #answered: number
  #longest: readonly Event<Input, Output>[] = []

  constructor(
    model: Model<State, Input, Output>,
    events: readonly Event<Input, Output>[],
    most: number,
  ) {
    this.#model = model
    this.#events = [...events].sort((left, right) => left.called - right.called)
    this.#done = this.#events.map(() => false)
    this.#answered = this.#events.filter(({ output }) => output !== undefined).length
    this.#most = most
  }

  run(): Verdict<Input, Output> {
    if (this.#goOn(this.#model.initial)) return { kind: 'explained', order: this.#order }
    if (this.#tried.size >= this.#most) return { kind: 'undecided' }
    return { kind: 'unexplained', order: this.#longest }
  }

  /** Whether what is left can be explained from here. Whatever was never answered need not have happened. */
  #goOn(state: State): boolean {
    if (this.#answered === 0) return true
    if (!this.#isNew(state)) return false
    const next = this.#next()
    const easy = next.find(([, event]) => this.#isEasy(state, event))
    for (const [at, event] of easy === undefined ? next : [easy]) {
      for (const after of this.#model.step(state, event.input, event.output)) {
        this.#take(at, event)
        if (this.#goOn(after)) return true
        this.#putBack(at, event)
      }
    }
    return false
  }

  #isNew(state: State): boolean {
    const first = this.#done.indexOf(false)
    const last = this.#done.lastIndexOf(true)
    const between = this.#done.slice(first, Math.max(first, last + 1)).map(Number)
    const key = `${String(first)} ${between.join('')} ${this.#model.keyOf(state)}`
    if (this.#tried.has(key) || this.#tried.size >= this.#most) return false
    this.#tried.add(key)
    return true
  }

  #isEasy(state: State, { input, output }: Event<Input, Output>): boolean {
    if (output === undefined || !this.#model.leavesAlone(input, output)) return false
    return this.#model.step(state, input, output).length > 0
  }

  /** Those that were called before any of the others had returned. */
  #next(): readonly (readonly [number, Event<Input, Output>])[] {
    const found: [number, Event<Input, Output>][] = []
    let firstReturn = Infinity
    for (const [at, event] of this.#events.entries()) {
      if (event.called > firstReturn) break
      if (this.#done[at] === true) continue
      found.push([at, event])
      firstReturn = Math.min(firstReturn, event.returned)
    }
    return found
  }

  #take(at: number, event: Event<Input, Output>): void {
    this.#done[at] = true
    this.#order.push(event)
    if (event.output !== undefined) this.#answered -= 1
    if (this.#order.length > this.#longest.length) this.#longest = [...this.#order]
  }

  #putBack(at: number, event: Event<Input, Output>): void {
    this.#done[at] = false
    this.#order.pop()
    if (event.output !== undefined) this.#answered += 1
  }
}
