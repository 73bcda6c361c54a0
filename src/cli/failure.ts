import { AdminFailure } from '../admin/failure.ts'
import { KmipFault } from '../fault/fault.ts'

/** What a command ends with: 0 is success, 1 refused or failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2

/** A command that cannot go on, and why, for people. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode
  /** What to do about it. */
  readonly hint: string | undefined

  constructor(
    message: string,
    { exitCode = 1, hint }: { exitCode?: ExitCode; hint?: string } = {},
  ) {
    super(message)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** A command line that is wrong in itself. */
export function wrongUsage(message: string, hint?: string): CommandFailure {
  return new CommandFailure(message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) })
}

/** What is printed on standard error for an error, and the exit code. There is no stack in it. */
export function describeFailure(error: unknown): {
  readonly text: string
  readonly exitCode: ExitCode
} {
  const exitCode = error instanceof CommandFailure ? error.exitCode : 1
  const lines = [`kmipd: error: ${oneLine(messageOf(error))}`]
  const hint = hintOf(error)
  if (hint !== undefined) lines.push(`hint: ${oneLine(hint)}`)
  return { text: `${lines.join('\n')}\n`, exitCode }
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof CommandFailure) return error.hint
  return error instanceof KmipFault && systemCodeOf(error) === 'EADDRINUSE' ? PORT_HINT : undefined
}

const PORT_HINT = "'--port N' and '--https-port N' take other ports, 0 takes any that is free"

/** Only errors that are written for people are quoted: of a bug its name and its place must do. */
function messageOf(error: unknown): string {
  if (error instanceof CommandFailure || error instanceof AdminFailure) return error.message
  if (!(error instanceof KmipFault)) return `internal error: ${placeOf(error)}`
  const { message } = error
  const cause = CAUSES[systemCodeOf(error) ?? '']
  return cause === undefined || message.includes(cause) ? message : `${message}: ${cause}`
}

function systemCodeOf({ cause }: KmipFault): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined
}

function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frame = (error.stack ?? '').split('\n').find((line) => /^ +at /.test(line)) ?? ''
  return `${error.name}${frame}`
}

/** Sentences of the core begin with a capital and end with a stop; on a terminal they stand after a prefix. */
function oneLine(text: string): string {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
  return /^[A-Z][a-z]* /.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line
}

/** What the system's codes mean, for the ones that people meet. */
const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'no such address on this machine',
  EDQUOT: 'disk quota exceeded',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the disk',
  ENOTFOUND: 'no such host',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}
