import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import { codeOf } from '../data-directory.ts'
import { refused } from './fault.ts'

/** A file that is there whole, or not at all: it is written beside its place, and moved there when it is whole. */
export class OutputFile {
  readonly #path: string
  readonly #file: FileHandle
  #bytes = 0

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** Begins a file (mode 0600). Throws `UNAVAILABLE` when anything is there already, or nothing can be written there. */
  static async begin(path: string): Promise<OutputFile> {
    await checkFree(path)
    try {
      return new OutputFile(path, await open(besideOf(path), 'wx', 0o600))
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw unwritable(path, cause)
      throw refused(
        `${besideOf(path)} is there already: another backup is being written, or was not to its end; remove it`,
      )
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.writeFile(bytes)
    } catch (cause) {
      throw unwritable(this.#path, cause)
    }
    this.#bytes += bytes.length
  }

  /** Brings it to the disk and to its place. Throws `UNAVAILABLE`; it is to be removed then. */
  async finish(): Promise<void> {
    try {
      await this.#file.sync()
      await this.#file.close()
      await checkFree(this.#path)
      await rename(besideOf(this.#path), this.#path)
      const parent = await open(dirname(this.#path), 'r')
      await parent.sync().finally(async () => parent.close())
    } catch (cause) {
      throw unwritable(this.#path, cause)
    }
  }

  /** Leaves nothing of a file that is not finished. */
  async remove(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(besideOf(this.#path), { force: true })
  }
}

async function checkFree(path: string): Promise<void> {
  try {
    await lstat(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return
    throw unwritable(path, cause)
  }
  throw refused(`There is something at ${path} already: nothing was changed`)
}

function besideOf(path: string): string {
  return `${path}.new`
}

function unwritable(path: string, cause: unknown): KmipFault {
  if (cause instanceof KmipFault) return cause
  return refused(`${path} cannot be written (${codeOf(cause)})`, cause)
}
