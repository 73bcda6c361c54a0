import { readFile, stat } from 'node:fs/promises'
import { codeOf } from '../adapter/data-directory.ts'
import { CommandFailure } from './failure.ts'

const LONGEST = 1_048_576

/** Reads a file of text that is a part of a request. Throws a `CommandFailure` for one that cannot be read, or is too long. */
export async function readTextFile(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    const { size } = await stat(path)
    if (size > LONGEST) throw new CommandFailure(`${path} is longer than ${LONGEST} bytes`)
    bytes = await readFile(path)
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause
    throw new CommandFailure(`${path} cannot be read (${codeOf(cause)})`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CommandFailure(`${path} is not UTF-8`)
  }
}
