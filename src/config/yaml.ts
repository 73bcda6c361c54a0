import * as yaml from 'yaml'
import type { z } from 'zod'
import { KmipFault } from '../fault/fault.ts'
import { wordsFor } from './schema-words.ts'
import { YamlSource, type WrongYaml } from './yaml-source.ts'

/** What a file says, and how it is refused where that cannot be. */
export interface YamlFile<T> {
  readonly value: T
  /** A fault that names the file, the line and the key of what is wrong. */
  refusal(path: readonly PropertyKey[], problem: string): KmipFault
}

/** What is wrong with the value of a file, by the keys that lead to it. */
export interface WrongValue {
  readonly path: readonly PropertyKey[]
  readonly problem: string
  /** Whether it is rather missing, where the file has no such key. */
  readonly canBeMissing: boolean
}

/** Where something is in a file. */
export interface Whereabouts {
  readonly line: number
  /** Whether the file has it at all. */
  readonly has: boolean
}

/**
 * Reads YAML (JSON is some) of one shape.
 *
 * @param name - of the file, for messages
 * Throws `INVALID_FIELD` with one line that names the file, the line and the key of the first thing that is wrong.
 */
export function parseYaml<T>(text: string, name: string, schema: z.ZodType<T>): YamlFile<T> {
  const source = new YamlSource(yaml, text)
  if (source.wrong !== undefined) throw sourceRefusal(name, source.wrong)
  const found = (path: readonly PropertyKey[]) => ({
    line: source.lineOf(path),
    has: source.has(path),
  })
  const outcome = checkedValue(source.value, schema)
  if (outcome.wrong !== undefined) {
    throw valueRefusal(name, outcome.wrong, found(outcome.wrong.path))
  }
  return {
    value: outcome.value,
    refusal: (path, problem) =>
      valueRefusal(name, { path, problem, canBeMissing: false }, found(path)),
  }
}

/** The value of a file, or the first thing that is wrong with it. */
export function checkedValue<T>(
  value: unknown,
  schema: z.ZodType<T>,
): { readonly value: T; readonly wrong?: undefined } | { readonly wrong: WrongValue } {
  const outcome = schema.safeParse(value, { error: wordsFor })
  if (outcome.success) return { value: outcome.data }
  const [wrong] = outcome.error.issues.flatMap(wrongValuesOf)
  return { wrong: wrong ?? { path: [], problem: 'is wrong', canBeMissing: false } }
}

/** What a schema says is wrong: several things where there are several keys too many. */
export function wrongValuesOf(issue: z.core.$ZodIssue): readonly WrongValue[] {
  const { path, message } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: 'there is no such key',
      canBeMissing: false,
    }))
  }
  if (issue.code === 'invalid_key') {
    const problem = issue.issues[0]?.message ?? message
    return [{ path, problem, canBeMissing: false }]
  }
  return [{ path, problem: message, canBeMissing: path.length > 0 }]
}

/** The fault for a text that is no YAML of ours. */
export function sourceRefusal(name: string, { line, problem }: WrongYaml): KmipFault {
  return new KmipFault(
    'INVALID_FIELD',
    `${line === undefined ? name : `${name}:${line}`}: ${problem}`,
  )
}

/** The fault for a value that cannot be. */
export function valueRefusal(
  name: string,
  { path, problem, canBeMissing }: WrongValue,
  { line, has }: Whereabouts,
): KmipFault {
  const told = canBeMissing && !has ? 'is missing' : problem
  const key = path.map(String).join('.')
  return sourceRefusal(name, { line, problem: key === '' ? told : `${key}: ${told}` })
}
