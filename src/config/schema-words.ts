import type { z } from 'zod'

/** What is said of a value that a schema does not take, where the schema has no words of its own. */
export function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  const { code } = issue
  if (code === 'invalid_type') return `is not ${KINDS[issue.expected] ?? issue.expected}`
  if (code === 'too_small') return `${few(issue)} than ${issue.minimum}${unitOf(issue.origin)}`
  if (code === 'too_big') return `${many(issue)} than ${issue.maximum}${unitOf(issue.origin)}`
  if (code === 'invalid_value') return `is not ${issue.values.map(String).join(' or ')}`
  return code === 'invalid_format' ? 'is not of the form that it must have' : undefined
}

/** A word of a file as it can be shown: what is not plain ASCII as it is escaped in JSON. */
export function shown(word: unknown): string {
  if (typeof word !== 'string') return 'it'
  const cut = word.length > LONGEST ? `${word.slice(0, LONGEST)}...` : word
  if (/^[!-~]+$/.test(cut)) return cut
  const escaped = JSON.stringify(cut).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return escaped
}

interface Sized {
  readonly origin: string
}

function few({ origin }: Sized): string {
  return unitOf(origin) === '' ? 'is less' : 'has fewer'
}

function many({ origin }: Sized): string {
  return unitOf(origin) === '' ? 'is more' : 'has more'
}

function unitOf(origin: string): string {
  return UNITS[origin] ?? ''
}

const UNITS: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' }
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}
const LONGEST = 64
