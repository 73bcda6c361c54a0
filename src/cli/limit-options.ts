import type { Limits } from '../repository/limits.ts'
import type { Given } from './define-command.ts'
import { numberOption } from './option.ts'

const MOST = 999_999_999_999_999
const ANY = { least: 0, most: MOST }
const SOME = { least: 1, most: MOST }

/** What a namespace or a client may have and ask for. */
export const limitOptions = {
  objects: numberOption('objects', 'most objects that are not destroyed', ANY),
  bytes: numberOption('bytes', 'most bytes of their records', ANY),
  rate: numberOption('rate', 'most batch items a second; 0 for any number', ANY),
  burst: numberOption('burst', 'most batch items at once, where there is a rate', SOME),
  'in-flight': numberOption('in-flight', 'most messages that are carried out at once', SOME),
} as const

/** Those of the options that were given. */
export function givenLimits(options: Given<typeof limitOptions>): Limits {
  const { objects, bytes, rate, burst, 'in-flight': inFlight } = options
  return { objects, bytes, rate, burst, inFlight }
}

/** Lines about limits, for people: what somebody has, of how much, and what it may ask for. */
export function limitLines(
  { objects, bytes, rate, burst, inFlight }: Limits,
  used: { readonly objects: number; readonly bytes: number } | undefined,
): readonly (readonly [string, string])[] {
  return [
    ...line('objects', amount(used?.objects, objects)),
    ...line('bytes', amount(used?.bytes, bytes)),
    ...line('rate', rate === 0 ? 'without limit' : counted(rate, 'batch items a second')),
    ...line('burst', counted(burst, 'batch items')),
    ...line('in flight', counted(inFlight, 'messages')),
  ]
}

function line(name: string, value: string | undefined): readonly [string, string][] {
  return value === undefined ? [] : [[name, value]]
}

function counted(count: number | undefined, what: string): string | undefined {
  return count === undefined ? undefined : `${count} ${what}`
}

function amount(is: number | undefined, most: number | undefined): string | undefined {
  if (is === undefined) return most === undefined ? undefined : `at most ${most}`
  return most === undefined ? `${is}` : `${is} of at most ${most}`
}
