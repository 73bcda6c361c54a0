import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Version } from '../../src/schema/version.ts'

/** A table of numbers of the standard. */
export interface NumberTable {
  readonly clause: string
  readonly members: Readonly<Record<string, number>>
  readonly reserved?: readonly number[]
}

/** The rules of an attribute as its section has them. */
export interface AttributeFacts {
  readonly clause: string
  readonly alwaysPresent: boolean
  readonly absentFrom: readonly string[]
  readonly setBy: readonly string[]
  readonly serverModifies: boolean
  readonly clientModifies: boolean
  readonly clientDeletes: boolean
  readonly multiple: boolean
  readonly implicitlySetBy: readonly string[]
  readonly appliesTo: readonly string[]
}

export interface FieldFacts {
  readonly name: string
  readonly required: boolean
  readonly repeated: boolean
}

/** The tables of an operation's payloads; absent where a text has none that can be read. */
export interface PayloadFacts {
  readonly request?: readonly FieldFacts[]
  readonly response?: readonly FieldFacts[]
}

/** What `tools/spec-extract.mjs` found in the text of one version. */
export interface Standard {
  readonly version: Version
  readonly numbers: Readonly<Record<string, NumberTable>>
  readonly encodings: Readonly<Record<string, readonly string[]>>
  readonly structures: Readonly<Record<string, readonly FieldFacts[]>>
  readonly attributes: Readonly<Record<string, AttributeFacts>>
  readonly operations: Readonly<Record<string, string>>
  readonly payloads: Readonly<Record<string, PayloadFacts>>
  readonly reasons: Readonly<Record<string, readonly string[]>>
}

function load(version: Version): Standard {
  const file = join(import.meta.dirname, `../fixtures/spec/kmip-${version}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Standard
}

/** The editions whose texts were read, oldest first. */
export const STANDARDS: readonly Standard[] = [load('1.4'), load('2.0'), load('2.1')]

/** The facts of one edition. */
export function standardOf(version: '1.4' | '2.0' | '2.1'): Standard {
  const found = STANDARDS.find((standard) => standard.version === version)
  if (found === undefined) throw new TypeError(`no facts of ${version}`)
  return found
}

/** The normalised name of a name of the standard (KMIP encodings, section 4.1.3). */
export function normalise(title: string): string {
  const words = title
    .replace(/[()]/gu, ' ')
    .replace(/\W([A-Za-z][a-z])/gu, ' $1')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(/\W/gu, '_'))
  const [first = '', ...others] = words
  return [first.replace(/^(\d+)(.*)$/u, '$2$1'), ...others]
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** A list as a set, for comparisons in which order says nothing. */
export function sorted(names: Iterable<string>): string[] {
  return [...names].sort()
}
