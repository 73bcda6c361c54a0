import { linesFromEnd } from '../adapter/audit-log/lines-from-end.ts'
import type { Standing } from '../adapter/store-level/inspect.ts'
import type { LevelStore } from '../adapter/store-level/store.ts'
import { KmipFault } from '../fault/fault.ts'
import { readAuditLine, type AuditDetail } from '../model/audit-entry.ts'

/** A store, as far as the audit tells how far it is. */
export interface ToldStore {
  readonly store: Pick<LevelStore, 'head' | 'standingTo'>
  /** How often it was restored: a restored store is not held against what was told before. */
  readonly generation: number
}

/** What an entry tells of how far a store is. Throws `UNAVAILABLE` while the store cannot be used. */
export function headDetail({ store, generation }: ToldStore): AuditDetail {
  const { batch, chain } = store.head
  return { generation, batch: String(batch), chain: Buffer.from(chain).toString('hex') }
}

/**
 * Holds a store against the last entry of its log that tells how far it was: what was told had been durable before, so
 * that a store which is behind that, or went another way, was put back.
 *
 * @returns what is wrong, for people; undefined where nothing is, and where no entry tells
 * Throws `UNAVAILABLE` for a log that cannot be read.
 */
export function problemOfToldStore(directory: string, told: ToldStore): string | undefined {
  const last = lastTold(directory)
  if (last === undefined) return undefined
  const { time, generation, batch, chain } = last
  if (generation !== undefined && generation < told.generation) return undefined
  const isLater = generation !== undefined && generation > told.generation
  const standing = isLater ? 'behind' : told.store.standingTo({ batch, chain })
  const problem = PROBLEMS[standing]
  if (problem === undefined) return undefined
  return `The store ${problem} its audit log tells of ${time} (batch ${String(batch)})`
}

/** Throws `UNAVAILABLE`, with a sentence for people, where there is a problem. */
export function refuseToldStore(problem: string | undefined): void {
  if (problem === undefined) return
  throw new KmipFault('UNAVAILABLE', `${problem}: it was put back to an earlier state; ${HINT}`)
}

interface Told {
  readonly time: string
  /** Absent in entries of before it was told. */
  readonly generation: number | undefined
  readonly batch: bigint
  readonly chain: Uint8Array
}

function lastTold(directory: string): Told | undefined {
  for (const line of linesFromEnd(directory)) {
    const told = toldIn(line)
    if (told !== undefined) return told
  }
  return undefined
}

function toldIn(line: string): Told | undefined {
  // Most lines are of clients, and need not be parsed.
  if (!MARKS.some((mark) => line.includes(mark))) return undefined
  const entry = readAuditLine(line)
  // Before it is done, taking a store as it is says nothing.
  if (entry === undefined || entry.kind === 'intent' || entry.result === 'failed') return undefined
  const { time, detail = {}, operation = '' } = entry
  const { generation, batch, chain } = detail
  if (!TELLING.has(operation) || !isLike(batch, BATCH) || !isLike(chain, CHAIN)) return undefined
  return {
    time,
    generation: typeof generation === 'number' ? generation : undefined,
    batch: BigInt(batch),
    chain: Uint8Array.from(Buffer.from(chain, 'hex')),
  }
}

function isLike(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value)
}

const BATCH = /^\d{1,19}$/
const CHAIN = /^[\da-f]{64}$/
const TELLING: ReadonlySet<string> = new Set(['Start', 'Store', 'store.accept'])
const MARKS = [...TELLING].map((name) => `"operation":"${name}"`)

const PROBLEMS: Readonly<Record<Standing, string | undefined>> = {
  held: undefined,
  behind: 'is older than',
  apart: 'went another way than',
  foreign: 'is another one than',
}

const HINT = "'kmipd store accept' takes the store as it is"
