import * as yaml from 'yaml'
import type { z } from 'zod'
import { PolicyReader, type PolicyNames } from './policy-file.ts'
import {
  countsOf,
  MOST_STATEMENTS,
  policySchema,
  type PolicyCounts,
  type PolicyText,
} from './policy-schema.ts'
import { policyWarnings, type PolicySurroundings } from './policy-warnings.ts'
import { wordsFor } from './schema-words.ts'
import { sourceRefusal, valueRefusal, wrongValuesOf, type WrongValue } from './yaml.ts'
import { YamlSource } from './yaml-source.ts'
import { LONG, readInThread, type ThreadedSource } from './yaml-thread.ts'

/** What was found in a policy file: lines for people, each with the file, the line and the key. */
export interface PolicyInspection {
  /** How much it says, where nothing is wrong. */
  readonly counts?: PolicyCounts
  /** Why it cannot be applied. */
  readonly errors: readonly string[]
  /** What is allowed, and hardly meant. */
  readonly warnings: readonly string[]
}

/**
 * Finds as much of what is wrong with a policy file as can be found at once, and what hardly is meant. It never throws
 * for what the file says.
 *
 * @param name - of the file, for messages
 */
export async function inspectPolicy(
  text: string,
  name: string,
  around: PolicySurroundings,
): Promise<PolicyInspection> {
  const source = text.length < LONG ? readHere(text) : await readInThread(text)
  try {
    if (source.wrong !== undefined) {
      return { errors: [sourceRefusal(name, source.wrong).message], warnings: [] }
    }
    const { value, wrong } = understood(source.value, around)
    const errors = await linesOf(wrong, name, source)
    if (value === undefined || errors.length > 0) return { errors, warnings: [] }
    const warnings = await linesOf(policyWarnings(value, around), name, source)
    return { counts: countsOf(value), errors, warnings }
  } finally {
    await source.end()
  }
}

interface Understood {
  /** Absent where it is not even nearly a policy. */
  readonly value?: PolicyText | undefined
  readonly wrong: readonly WrongValue[]
}

/** What does not fit is taken out, so that what is wrong with the rest is found as well. */
function understood(given: unknown, names: PolicyNames): Understood {
  const outcome = policySchema.safeParse(given, { error: wordsFor })
  const issues = outcome.error?.issues ?? []
  const wrong = issues.flatMap(wrongValuesOf)
  const value = outcome.data ?? policySchema.safeParse(mended(given, issues)).data
  if (value === undefined) return { wrong }
  const { statements, approvals } = countsOf(value)
  if (statements + approvals > MOST_STATEMENTS) {
    return { wrong: [...wrong, wrongAt([], `has more than ${MOST_STATEMENTS} statements`)] }
  }
  const unknown: WrongValue[] = []
  new PolicyReader(value, names, (path, problem) => {
    unknown.push(wrongAt(path, problem))
  }).policy()
  return { value, wrong: [...wrong, ...unknown] }
}

function wrongAt(path: readonly PropertyKey[], problem: string): WrongValue {
  return { path, problem, canBeMissing: false }
}

/** A copy in which something that is right is in the place of each part that is not. */
function mended(given: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(given)
  for (const issue of issues) {
    const { path } = issue
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) remove(copy, [...path, key])
    else if (path[0] === 'version') replace(copy, path, 1)
    else if (path[0] === 'administration') replace(copy, path.slice(0, 3), APPROVED_CALL)
    else if (path.length >= STATEMENT) {
      replace(copy, path.slice(0, STATEMENT), path[2] === 'approvals' ? APPROVAL : STATED)
    } else if (issue.code === 'invalid_key') remove(copy, path)
    else replace(copy, path, {})
  }
  return copy
}

function replace(root: unknown, path: readonly PropertyKey[], value: unknown): void {
  const [key, parent] = placeOf(root, path)
  if (key !== undefined && parent !== undefined) Reflect.set(parent, key, value)
}

function remove(root: unknown, path: readonly PropertyKey[]): void {
  const [key, parent] = placeOf(root, path)
  if (key !== undefined && parent !== undefined) Reflect.deleteProperty(parent, key)
}

function placeOf(
  root: unknown,
  path: readonly PropertyKey[],
): readonly [PropertyKey | undefined, object | undefined] {
  let parent: unknown = root
  for (const key of path.slice(0, -1)) {
    parent = isObject(parent) && Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined
  }
  return [path.at(-1), isObject(parent) ? parent : undefined]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** In the order of the file, and not more than people read. */
async function linesOf(
  found: readonly WrongValue[],
  name: string,
  source: Pick<ThreadedSource, 'find'>,
): Promise<readonly string[]> {
  const lines: { readonly line: number; readonly text: string }[] = []
  for (const each of found.slice(0, MOST_LINES)) {
    const where = await source.find(each.path)
    lines.push({ line: where.line, text: valueRefusal(name, each, where).message })
  }
  const sorted = lines.toSorted((one, other) => one.line - other.line).map(({ text }) => text)
  const more = found.length - sorted.length
  return more > 0 ? [...sorted, `${name}: and ${more} more`] : sorted
}

function readHere(text: string): ThreadedSource {
  const source = new YamlSource(yaml, text)
  return {
    wrong: source.wrong,
    value: source.value,
    find: async (path) => Promise.resolve({ line: source.lineOf(path), has: source.has(path) }),
    end: async () => Promise.resolve(),
  }
}

/** Keys that lead to a statement, as in `roles.agent.allow.0`. */
const STATEMENT = 4
const STATED = { operations: ['Ping'] }
const APPROVAL = { operations: ['Get'], approvers: 1 }
const APPROVED_CALL = { calls: ['policy.apply'], approvers: 1 }
const MOST_LINES = 100
