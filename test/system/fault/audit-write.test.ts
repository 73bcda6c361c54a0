import { expect, test } from 'vitest'
import type { AuditEntry } from '../../../src/model/audit-entry.ts'
import { memoryStore } from '../../../src/adapter/store-memory.ts'
import type { Commit, JournalledStore } from '../../../src/port/store.ts'
import { MemoryAudit } from '../../fixtures/memory-audit.ts'
import {
  Bench,
  createAes,
  identifierOf,
  name2,
  uid,
  type AnswerItem,
} from '../../operation/harness.ts'
import { Dice } from '../dice.ts'

/** Operations of the script. */
const OPERATIONS = Number(process.env['KMIPD_AUDIT_OPERATIONS'] ?? 300)
/** Calls of the log that fail, one in each run; all of them where it is larger than there are. */
const POINTS = Number(process.env['KMIPD_AUDIT_WRITES'] ?? 40)
const SEED = Number(process.env['KMIPD_AUDIT_SEED'] ?? Date.now() % 1_000_000)

test(
  `a fault at each of ${POINTS} writes of the audit: no effect without an intent, no answer without an outcome`,
  async () => {
    console.info(`audit writes: seed ${SEED} (KMIPD_AUDIT_WRITES, KMIPD_AUDIT_SEED)`)
    const { calls } = await run(undefined)
    expect(calls).toBeGreaterThan(OPERATIONS)
    const dice = new Dice(SEED)
    const points =
      POINTS >= calls
        ? Array.from({ length: calls }, (_, at) => at + 1)
        : Array.from({ length: POINTS }, () => 1 + dice.below(calls))
    let unanswered = 0
    for (const [index, from] of points.entries()) {
      // Some faults pass by at once, others stay for a while.
      const times = index % 3 === 0 ? 7 : 1
      unanswered += (await run({ from, times })).unanswered
    }
    console.info(`audit writes: ${points.length} faults among ${calls}, ${unanswered} unanswered`)
    // One that nobody has noticed would have been swallowed.
    expect(unanswered).toBeGreaterThanOrEqual(points.length / 2)
  },
  60_000 + POINTS * 2_000,
)

interface Run {
  readonly calls: number
  readonly unanswered: number
}

/** Plays the script with the log failing, and throws for whatever was done or answered and not told. */
async function run(failing: MemoryAudit['failing']): Promise<Run> {
  const audit = new MemoryAudit()
  const watched = new WatchedStore(audit)
  const bench = await Bench.open({ store: watched.store, audit, policy: { interop: false } })
  const script = new Script(bench, new Dice(SEED))
  audit.failing = failing
  let unanswered = 0
  for (let step = 0; step < OPERATIONS; step += 1) {
    const told = audit.lines.length
    const answer = await script.step(step)
    if (answer === undefined) unanswered += 1
    else expectTold(answer, audit.entries.slice(told), step)
  }
  // Whatever was stored while the log failed is told of in the end.
  audit.failing = undefined
  await bench.ask('2.1', 'Ping')
  watched.expectTold(audit)
  expectPaired(audit.entries)
  return { calls: audit.calls, unanswered }
}

/** The operations of one client: most succeed, some are refused. */
class Script {
  readonly #bench: Bench
  readonly #dice: Dice
  readonly #ids: string[] = []

  constructor(bench: Bench, dice: Dice) {
    this.#bench = bench
    this.#dice = dice
  }

  /** Undefined where nothing was answered. */
  async step(step: number): Promise<AnswerItem | undefined> {
    const roll = this.#dice.below(10)
    const id = this.#ids[this.#dice.below(Math.max(1, this.#ids.length))] ?? 'none'
    if (roll < 3 || this.#ids.length === 0) {
      const made = await this.#ask('Create', createAes(name2(`key ${step}`)))
      if (made?.status === 'Success') this.#ids.push(identifierOf(made))
      return made
    }
    if (roll < 6) return this.#ask('Get', uid(id))
    if (roll === 6) return this.#ask('Activate', uid(id))
    if (roll === 7)
      return this.#ask('Locate', `<Attributes>${name2(`key ${step - 3}`)}</Attributes>`)
    if (roll === 8) return this.#ask('Destroy', uid(id))
    return this.#ask('Login', '')
  }

  async #ask(operation: string, payload: string): Promise<AnswerItem | undefined> {
    try {
      return await this.#bench.ask('2.1', operation, payload)
    } catch (error) {
      if (!(error instanceof TypeError) || error.message !== 'nothing was answered') throw error
      // Over HTTP that is told apart from what cannot be read.
      expect(this.#bench.handler.isMute).toBe(true)
      return undefined
    }
  }
}

/** A store that remembers how much the log held when each commit came. */
class WatchedStore {
  readonly store: JournalledStore
  readonly #audit: MemoryAudit
  readonly #outcomes: string[] = []

  constructor(audit: MemoryAudit) {
    this.#audit = audit
    const inner = memoryStore()
    const commit = async (given: Commit) => {
      this.#check(given)
      const outcome = await inner.commit(given)
      if (outcome !== 'conflict') {
        for (const line of given.journal?.outcomes ?? []) this.#outcomes.push(textOf(line))
      }
      return outcome
    }
    this.store = {
      get: async (key) => inner.get(key),
      getMany: async (keys) => inner.getMany(keys),
      scan: async (range, options) => inner.scan(range, options),
      snapshot: async () => inner.snapshot(),
      close: async () => inner.close(),
      lostLines: async () => inner.lostLines(),
      keepJournalsFor: (log) => {
        inner.keepJournalsFor(log)
      },
      commit,
    }
  }

  /** No effect without an intent. */
  #check({ journal }: Commit): void {
    const intents = journal?.intents ?? []
    if (intents.length === 0) throw new Error('a commit without an intent')
    for (const intent of intents) {
      if (!this.#audit.lines.includes(textOf(intent)))
        throw new Error('an intent that was not told')
    }
  }

  expectTold({ lines }: MemoryAudit): void {
    const told = new Set(lines)
    const missing = this.#outcomes.filter((line) => !told.has(line))
    if (missing.length > 0) throw new Error(`an effect without an outcome: ${missing.join()}`)
  }
}

/** No answer without an outcome. */
function expectTold(answer: AnswerItem, told: readonly AuditEntry[], step: number): void {
  const end = told.findLast(({ kind }) => kind === 'outcome' || kind === 'operation')
  const result = answer.status === 'Success' ? 'success' : 'failed'
  if (end?.result !== result) throw new Error(`step ${step}: answered ${result}, and not told`)
}

/** Every outcome has an intent before it. */
function expectPaired(entries: readonly AuditEntry[]): void {
  const intended = new Set<number | undefined>()
  for (const { kind, op } of entries) {
    if (kind === 'intent') intended.add(op)
    if (kind === 'outcome' && !intended.has(op))
      throw new Error(`outcome ${op ?? ''} without intent`)
  }
}

function textOf(line: Uint8Array): string {
  return new TextDecoder().decode(line)
}
