import { wrongUsage } from './failure.ts'

/** A reason that is written into the audit. Throws wrong usage where it is missing, or no line of text. */
export function reasonOf(name: string, given: string | undefined): string {
  const reason = given?.trim() ?? ''
  if (reason === '') throw wrongUsage(`give --${name}`)
  if (reason.length <= LONGEST && !CONTROL.test(reason)) return reason
  throw wrongUsage(`--${name} takes a line of at most ${LONGEST} characters`)
}

const LONGEST = 400
const CONTROL = /\p{Cc}/u
