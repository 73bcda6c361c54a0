import { describe, expect, test } from 'vitest'
import { Dice } from '../dice.ts'
import { explain, explainEach, type Event, type Model } from './checker.ts'

/** A thing that holds one number and is asked to write, read, or swap it where it is another. */
type Input =
  | { readonly kind: 'write'; readonly value: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'swap'; readonly from: number; readonly to: number }

type Output = number | boolean

const register: Model<number, Input, Output> = {
  initial: 0,
  step(state, input, output) {
    const [expected, after] = apply(state, input)
    return output === undefined || output === expected ? [after] : []
  },
  leavesAlone: ({ kind }, output) => kind === 'read' || output === false,
  keyOf: String,
}

function apply(state: number, input: Input): [Output, number] {
  switch (input.kind) {
    case 'write':
      return [true, input.value]
    case 'read':
      return [state, state]
    case 'swap':
      return state === input.from ? [true, input.to] : [false, state]
  }
}

type Line = readonly [called: number, returned: number, input: Input, output?: Output]

const history = (lines: readonly Line[]): readonly Event<Input, Output>[] =>
  lines.map(([called, returned, input, output]) => ({
    input,
    output,
    called,
    returned: output === undefined ? Infinity : returned,
  }))

const w = (called: number, returned: number, value: number): Line => [
  ...([called, returned] as const),
  ...([{ kind: 'write', value }, true] as const),
]
/** A write whose answer never came. */
const lost = (called: number, value: number): Line => [called, Infinity, { kind: 'write', value }]
const r = (called: number, returned: number, value: number): Line => [
  ...([called, returned] as const),
  ...([{ kind: 'read' }, value] as const),
]
type Change = readonly [from: number, to: number, done: boolean]
const s = (called: number, returned: number, [from, to, done]: Change): Line => [
  ...([called, returned] as const),
  ...([{ kind: 'swap', from, to }, done] as const),
]

const explained: readonly [string, readonly Line[]][] = [
  ['nothing at all', []],
  ['a read of what is there from the start', [r(1, 2, 0)]],
  ['a write and then its read', [w(1, 2, 1), r(3, 4, 1)]],
  ['a read beside a write that sees it', [w(1, 4, 1), r(2, 3, 1)]],
  ['a read beside a write that does not see it yet', [w(1, 4, 1), r(2, 3, 0)]],
  ['two reads beside a write, the later of which sees it', [w(1, 8, 1), r(2, 3, 0), r(4, 5, 1)]],
  ['two writes at once, the first of which is last', [w(1, 4, 1), w(2, 3, 2), r(5, 6, 1)]],
  ['two writes at once, the second of which is last', [w(1, 4, 1), w(2, 3, 2), r(5, 6, 2)]],
  ['reads at once that see two of two writes', [w(1, 8, 1), w(2, 7, 2), r(3, 9, 1), r(4, 10, 2)]],
  ['a lost write that happened', [lost(1, 1), r(2, 3, 1)]],
  ['a lost write that never happened', [lost(1, 1), r(2, 3, 0)]],
  ['a lost write that happened late', [lost(1, 1), r(2, 3, 0), r(4, 5, 0), r(6, 7, 1)]],
  ['a lost write beneath another one', [lost(1, 1), w(2, 3, 2), r(4, 5, 2)]],
  ['a lost write above another one', [lost(1, 1), w(2, 3, 2), r(4, 5, 1)]],
  ['two lost writes in the other order', [lost(1, 1), lost(2, 2), r(3, 4, 2), r(5, 6, 1)]],
  ['a swap that was done', [s(1, 2, [0, 1, true]), r(3, 4, 1)]],
  ['a swap that was refused', [s(1, 2, [5, 1, false]), r(3, 4, 0)]],
  ['two swaps at once, one of which was done', [s(1, 4, [0, 1, true]), s(2, 3, [0, 2, false])]],
  ['swaps in a chain beside one another', [s(1, 4, [1, 2, true]), s(2, 3, [0, 1, true])]],
  [
    'a circle of swaps beside a write',
    [w(1, 9, 3), s(2, 3, [0, 1, true]), s(4, 5, [3, 0, true]), r(6, 7, 0)],
  ],
]

const unexplained: readonly [string, readonly Line[]][] = [
  ['a read of what nobody wrote', [r(1, 2, 7)]],
  ['a stale read', [w(1, 2, 1), r(3, 4, 0)]],
  ['a read of a write to come', [r(1, 2, 1), w(3, 4, 1)]],
  ['a read that goes back', [w(1, 8, 1), r(2, 3, 1), r(4, 5, 0)]],
  ['a write that was lost behind another', [w(1, 2, 1), w(3, 4, 2), r(5, 6, 1)]],
  ['readers that disagree', [w(1, 4, 1), w(2, 3, 2), r(5, 6, 1), r(7, 8, 2)]],
  [
    'readers beside writers that see opposite orders',
    [w(1, 20, 1), w(2, 21, 2), r(3, 4, 1), r(5, 6, 2), r(7, 8, 1)],
  ],
  ['a lost write that happens twice', [lost(1, 1), r(2, 3, 1), w(4, 5, 2), r(6, 7, 1)]],
  ['a lost write seen before it was asked for', [r(1, 2, 1), lost(3, 1)]],
  ['a lost write that is undone', [lost(1, 1), r(2, 3, 1), r(4, 5, 0)]],
  ['two swaps from the same, both done', [s(1, 4, [0, 1, true]), s(2, 3, [0, 2, true])]],
  ['a swap that was refused though it fits', [s(1, 2, [0, 1, false])]],
  ['a swap that was refused and done', [s(1, 2, [5, 1, false]), r(3, 4, 1)]],
  ['a swap that was done and is not there', [s(1, 2, [0, 1, true]), r(3, 4, 0)]],
  ['a chain of swaps in the wrong order', [s(1, 2, [1, 2, true]), s(3, 4, [0, 1, true])]],
  ['a swap from what a lost write never gave', [lost(1, 4), s(2, 3, [5, 6, true])]],
  ['a lost update', [s(1, 4, [0, 1, true]), s(2, 3, [0, 1, true]), r(5, 6, 1)]],
  [
    'one violation at the end of a long history',
    [...Array.from({ length: 50 }, (_, at) => w(at * 2 + 1, at * 2 + 2, at)), r(200, 201, 48)],
  ],
]

describe('histories made by hand', () => {
  test.each(explained)('%s is explained', (_, lines) => {
    expect(explain(register, history(lines)).kind).toBe('explained')
  })

  test.each(unexplained)('%s is not', (_, lines) => {
    expect(explain(register, history(lines)).kind).toBe('unexplained')
  })

  test('what cannot be explained comes with as much as can be', () => {
    const { kind, order } = { order: [], ...explain(register, history([w(1, 2, 1), r(3, 4, 0)])) }
    expect([kind, order.map(({ input }) => input.kind)]).toEqual(['unexplained', ['write']])
  })

  test('a search that is too long is given up, and says so', () => {
    const many = Array.from({ length: 12 }, (_, at): Line => w(at, 100 + at, at + 1))
    const wrong = [...many, r(300, 301, 99)]
    expect(explain(register, history(wrong), 100).kind).toBe('undecided')
    expect(explain(register, history(wrong)).kind).toBe('unexplained')
  })

  test('objects are judged one by one', () => {
    const lines = history([w(1, 2, 1), r(3, 4, 0), r(5, 6, 0)])
    const parts = explainEach(
      () => register,
      lines,
      (input) => (input.kind === 'write' ? 'a' : 'b'),
    )
    expect([...parts.values()].map(({ kind }) => kind)).toEqual(['explained', 'explained'])
  })
})

/** Whether any order at all explains a history: every permutation, without anything clever. */
function isExplainedByBruteForce(events: readonly Event<Input, Output>[], state = 0): boolean {
  if (events.every(({ output }) => output === undefined)) return true
  return events.some((event) => {
    const others = events.filter((other) => other !== event)
    if (others.some(({ returned }) => returned < event.called)) return false
    const [expected, after] = apply(state, event.input)
    if (event.output !== undefined && event.output !== expected) return false
    return isExplainedByBruteForce(others, after)
  })
}

/** Random answers: some can be explained, and some cannot. */
function guessed(dice: Dice): readonly Event<Input, Output>[] {
  const count = 2 + dice.below(5)
  const moments = shuffled(
    Array.from({ length: count * 2 }, (_, at) => at + 1),
    dice,
  )
  return Array.from({ length: count }, (_, at) => {
    const pair = [moments[at * 2] ?? 0, moments[at * 2 + 1] ?? 0]
    const input = anyInput(dice)
    const output = input.kind === 'read' ? dice.below(3) : input.kind === 'write' || dice.oneIn(2)
    const isLost = dice.oneIn(6)
    return {
      input,
      output: isLost ? undefined : output,
      called: Math.min(...pair),
      returned: isLost ? Infinity : Math.max(...pair),
    }
  })
}

function anyInput(dice: Dice): Input {
  switch (dice.below(3)) {
    case 0:
      return { kind: 'write', value: dice.below(3) }
    case 1:
      return { kind: 'swap', from: dice.below(3), to: dice.below(3) }
    default:
      return { kind: 'read' }
  }
}

function shuffled<T>(values: T[], dice: Dice): T[] {
  for (let at = values.length - 1; at > 0; at -= 1) {
    const other = dice.below(at + 1)
    const [left, right] = [values[at], values[other]]
    if (left !== undefined) values[other] = left
    if (right !== undefined) values[at] = right
  }
  return values
}

test('3,000 random histories are judged as by trying every order', () => {
  const counts = { explained: 0, unexplained: 0, undecided: 0 }
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const events = guessed(new Dice(seed))
    const { kind } = explain(register, events)
    expect([seed, kind]).toEqual([
      seed,
      isExplainedByBruteForce(events) ? 'explained' : 'unexplained',
    ])
    counts[kind] += 1
  }
  expect(Math.min(counts.explained, counts.unexplained)).toBeGreaterThan(500)
})

/** Eight clients of a register that answers at some moment between call and return; every value is written once. */
function simulated(dice: Dice, length: number): Event<Input, Output>[] {
  let clock = 0
  let state = 0
  let values = 0
  const events: Event<Input, Output>[] = []
  const waiting: { input: Input; called: number; output?: Output }[] = []
  while (events.length < length) {
    clock += 1
    const one = waiting[dice.below(8)]
    if (one === undefined) {
      const input: Input = dice.oneIn(2)
        ? { kind: 'read' }
        : { kind: 'write', value: (values += 1) }
      waiting.push({ input, called: clock })
    } else if (one.output === undefined) {
      ;[one.output, state] = apply(state, one.input)
    } else {
      waiting.splice(waiting.indexOf(one), 1)
      events.push({ input: one.input, output: one.output, called: one.called, returned: clock })
    }
  }
  const unanswered = { output: undefined, returned: Infinity }
  return [...events, ...waiting.map(({ input, called }) => ({ input, called, ...unanswered }))]
}

/** Makes a read of what was overwritten, and its overwriting done, before the read began; undefined where there is none. */
function withStaleRead(events: readonly Event<Input, Output>[]) {
  const isWrite = ({ input }: Event<Input, Output>): boolean => input.kind === 'write'
  const at = events.findLastIndex(({ input }) => input.kind === 'read')
  const read = events[at]
  if (read === undefined) return undefined
  const over = events.filter((event) => isWrite(event) && event.returned < read.called).at(-1)
  const old = events.find(
    (event) => isWrite(event) && over !== undefined && event.returned < over.called,
  )
  if (old?.input.kind !== 'write') return undefined
  return events.with(at, { ...read, output: old.input.value })
}

test('200 long histories are explained, and none once a stale read was planted', () => {
  let planted = 0
  for (let seed = 1; seed <= 200; seed += 1) {
    const events = simulated(new Dice(seed), 120)
    expect([seed, explain(register, events).kind]).toEqual([seed, 'explained'])
    const wrong = withStaleRead(events)
    if (wrong === undefined) continue
    planted += 1
    expect([seed, explain(register, wrong).kind]).toEqual([seed, 'unexplained'])
  }
  expect(planted).toBeGreaterThan(150)
})
