import { Bindings } from './bindings.ts'
import type { Difference } from './difference.ts'
import type { Channel } from './connection.ts'
import { correct } from './errata.ts'
import { checkAnswer } from './golden.ts'
import { play } from './play.ts'
import { readCase, type Case } from './case.ts'
import { alternativeOf, matches, type Settings, type Skip } from './settings.ts'
import { describe, type Node } from './template.ts'

/** How one case ended. */
export interface Result {
  readonly case: string
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'unexpected pass' | 'not run'
  /** Why it may fail, for a case on the list of skips. */
  readonly reason?: string
  readonly step?: number
  readonly differences?: readonly Difference[]
  /** The answer of the failed step, as text. */
  readonly answer?: string
  readonly variations: readonly string[]
}

/** What a run needs. */
export interface Run {
  readonly settings: Settings
  /** Gets ready for the cases of one chain, where it can as a client of its own; the result connects anew for each. */
  open(cases: readonly string[]): Promise<() => Promise<Channel>>
  /** Seconds since the epoch. */
  now(): number
  /** Called after each case. */
  report?(result: Result): void
}

/** Whether a result is as it should be. */
export function isGood({ outcome }: Result): boolean {
  return outcome === 'passed' || outcome === 'skipped'
}

/** Plays cases, those of a chain in its order on one client, and says how each went. */
export async function runCases(cases: readonly Case[], run: Run): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const group of groupsOf(cases, run.settings)) {
    for (const result of await runGroup(group, run)) {
      run.report?.(result)
      results.push(result)
    }
  }
  return results
}

/** The cases with each chain put together, in the place of its first. */
export function groupsOf(
  cases: readonly Case[],
  { chains }: Settings,
): readonly (readonly Case[])[] {
  const groups: Case[][] = []
  const taken = new Set<Case>()
  for (const conversation of cases) {
    if (taken.has(conversation)) continue
    const chain = chains.find(({ cases: names }) =>
      names.some((name) => matches(name, conversation.id)),
    )
    const group = chain === undefined ? [conversation] : membersOf(chain.cases, conversation, cases)
    for (const member of group) taken.add(member)
    groups.push(group)
  }
  return groups
}

/** The cases of a chain that lie in the same folder and have the same ending, as in `-14`. */
function membersOf(names: readonly string[], first: Case, cases: readonly Case[]): Case[] {
  const folder = first.id.slice(0, first.id.lastIndexOf('/') + 1)
  const ending = first.id.slice(first.id.lastIndexOf('-'))
  return names.flatMap((name) =>
    cases.filter(({ id }) => id.startsWith(folder) && id.endsWith(ending) && matches(name, id)),
  )
}

async function runGroup(group: readonly Case[], run: Run): Promise<readonly Result[]> {
  const connect = await run.open(group.map(({ id }) => id))
  let bindings = new Bindings(run.now())
  const results: Result[] = []
  let broken = await prepare(group, connect, run)
  for (const conversation of group) {
    const skip = run.settings.skips.find(({ case: pattern }) => matches(pattern, conversation.id))
    if (skip !== undefined && (skip.run === false || broken !== undefined)) {
      results.push(skipped(conversation, skip))
      continue
    }
    if (broken !== undefined) {
      results.push(notRun(conversation, broken))
      continue
    }
    bindings = bindings.at(run.now())
    const result = await runCase(conversation, connect, bindings, run.settings)
    if (result.outcome !== 'passed') broken = conversation.id
    results.push(skip === undefined ? result : judgeSkip(result, skip))
  }
  return results
}

/** Plays what the cases want played before; names it when that goes wrong. */
async function prepare(
  [first]: readonly Case[],
  connect: () => Promise<Channel>,
  run: Run,
): Promise<string | undefined> {
  const { settings } = run
  const file = first === undefined ? undefined : alternativeOf(first.id, settings)?.before
  if (file === undefined) return undefined
  const { outcome, case: id } = await runCase(
    readCase(file),
    connect,
    new Bindings(run.now()),
    settings,
  )
  return outcome === 'passed' ? undefined : id
}

async function runCase(
  conversation: Case,
  connect: () => Promise<Channel>,
  bindings: Bindings,
  { errata }: Settings,
): Promise<Result> {
  let channel: Channel | undefined
  try {
    channel = await connect()
    const { failure, variations } = await play(
      correct(conversation, errata),
      channel,
      bindings,
      checkAnswer,
    )
    const passed: Result = { case: conversation.id, outcome: 'passed', variations }
    if (failure === undefined) return passed
    return {
      ...passed,
      outcome: 'failed',
      step: failure.step,
      differences: failure.verdict.differences,
      ...(failure.answer === undefined ? {} : { answer: outline(failure.answer) }),
    }
  } catch (error) {
    const got = String(error)
    const differences = [{ kind: 'rule', path: '', expected: 'a conversation', got } as const]
    return { case: conversation.id, outcome: 'failed', differences, variations: [] }
  } finally {
    channel?.close()
  }
}

/** A case that comes after a failed one of its chain says nothing of its own. */
function notRun({ id }: Case, broken: string): Result {
  return {
    case: id,
    outcome: 'not run',
    reason: `${broken} did not pass before it`,
    variations: [],
  }
}

function skipped({ id }: Case, { reason }: Skip): Result {
  return { case: id, outcome: 'skipped', reason, variations: [] }
}

function judgeSkip(result: Result, { reason }: Skip): Result {
  const outcome = result.outcome === 'passed' ? 'unexpected pass' : 'skipped'
  return { ...result, outcome, reason }
}

/** A message as indented lines. */
export function outline(node: Node, indent = ''): string {
  const line = `${indent}${node.name}: ${describe(node)}`
  return [line, ...node.children.map((child) => outline(child, `${indent}  `))].join('\n')
}
