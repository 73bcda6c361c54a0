import { parseHostName, type HostName } from '../adapter/certificate-names.ts'
import { wrongUsage } from './failure.ts'

/** An option with a value that is read by `coerce`, and may be given once. */
export interface ValueOption<T> {
  readonly type: 'string'
  readonly requiresArg: true
  readonly describe: string
  readonly coerce: (value: unknown) => T
}

/** An option that takes one text. */
export function textOption(name: string, describe: string): ValueOption<string> {
  return { type: 'string', requiresArg: true, describe, coerce: (value) => single(name, value) }
}

/** An option that takes a whole number from `least` to `most`. */
export function numberOption(
  name: string,
  describe: string,
  { least, most }: { readonly least: number; readonly most: number },
): ValueOption<number> {
  const coerce = (value: unknown): number => {
    const digits = single(name, value)
    const number = /^\d{1,15}$/.test(digits) ? Number(digits) : -1
    if (number >= least && number <= most) return number
    throw wrongUsage(`--${name} takes a whole number from ${least} to ${most}, not '${digits}'`)
  }
  return { type: 'string', requiresArg: true, describe, coerce }
}

/** An option that takes one of some words. */
export function choiceOption<T extends string>(
  name: string,
  describe: string,
  choices: readonly T[],
): ValueOption<T> {
  const coerce = (value: unknown): T => {
    const word = single(name, value)
    const choice = choices.find((each) => each === word)
    if (choice !== undefined) return choice
    throw wrongUsage(`--${name} takes one of ${choices.join(', ')}, not '${word}'`)
  }
  return { type: 'string', requiresArg: true, describe, coerce }
}

/** An option that takes a TCP port. */
export function portOption(name: string, describe: string): ValueOption<number> {
  return numberOption(name, describe, { least: 0, most: 65_535 })
}

/** An option that takes the number of a descriptor that is open for reading. */
export function descriptorOption(name: string, describe: string): ValueOption<number> {
  const option = numberOption(name, describe, { least: 0, most: 65_535 })
  const coerce = (value: unknown): number => {
    const number = option.coerce(value)
    if (number !== 1 && number !== 2) return number
    throw wrongUsage(`--${name}: descriptor ${number} is there to be written to`)
  }
  return { type: 'string', requiresArg: true, describe, coerce }
}

/** What several `--hostname` mean: names and addresses for a certificate. */
export const hostNamesOption = {
  type: 'string',
  requiresArg: true,
  describe: 'another name or IP address of the server; may be given again',
  coerce: (value: unknown): readonly HostName[] => [value].flat().map(toHostName),
} as const

export const dataOption = { ...textOption('data', 'data directory'), demandOption: true } as const

export const jsonOption = { type: 'boolean', default: false, describe: 'print JSON' } as const

function toHostName(value: unknown): HostName {
  const host = typeof value === 'string' ? parseHostName(value) : undefined
  if (host !== undefined) return host
  throw wrongUsage(`--hostname: '${String(value)}' is neither a host name nor an IP address`)
}

function single(name: string, value: unknown): string {
  if (Array.isArray(value)) throw wrongUsage(`--${name} is given more than once`)
  if (typeof value === 'string' && value !== '') return value
  throw wrongUsage(`--${name} needs a value`)
}
