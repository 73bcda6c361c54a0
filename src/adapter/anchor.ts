import { readFile } from 'node:fs/promises'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import { replaceFile } from './data-directory-build.ts'
import { codeOf } from './data-directory.ts'
import type { Standing } from './store-level/inspect.ts'
import type { LevelStore } from './store-level/store.ts'

export interface AnchorOptions {
  readonly store: LevelStore
  /** Files that the head of the store is kept in, beside its directory and further away. */
  readonly paths: readonly string[]
  readonly log: Log
}

/**
 * Heads of a store that are kept apart from it. A store that lost its last batches, or was put back to an earlier state,
 * is whole in itself; only what stands outside of it can tell.
 */
export class Anchors {
  readonly #options: AnchorOptions
  #written: bigint | undefined
  #work: Promise<void> = Promise.resolve()
  #stop: (() => void) | undefined

  constructor(options: AnchorOptions) {
    this.#options = options
  }

  /** Throws `UNAVAILABLE`, with a sentence that names the file, when the store does not stand where an anchor does. */
  async check(): Promise<void> {
    const problem = await this.problem()
    if (problem === undefined) return
    throw new KmipFault('UNAVAILABLE', `${problem}; ${ACCEPT_HINT}`)
  }

  /**
   * For a store that has no head yet, as those of before had none: throws `UNAVAILABLE` when there is an anchor, because
   * then it had one, and was put back to before.
   */
  async checkNone(): Promise<void> {
    for (const path of this.#options.paths) {
      if ((await readAnchor(path)) !== undefined) {
        const text = `The store is from before its anchor ${path}: it was put back to an earlier state`
        throw new KmipFault('UNAVAILABLE', `${text}; ${ACCEPT_HINT}`)
      }
    }
  }

  /** The first thing that is wrong, for people. */
  async problem(): Promise<string | undefined> {
    const { store, paths } = this.#options
    for (const path of paths) {
      const bytes = await readAnchor(path)
      if (bytes === undefined) return `There is no anchor of the store at ${path}`
      const problem = PROBLEMS[store.standingTo(bytes)]
      if (problem !== undefined) return problem(path)
    }
    return undefined
  }

  /** Writes where the store stands into every file, through to the disk. Throws `UNAVAILABLE`. */
  async write(): Promise<void> {
    const { store, paths } = this.#options
    const { head, anchor } = store
    for (const path of paths) await replaceFile(path, anchor, 0o600)
    this.#written = head.batch
  }

  /** Keeps the files up with the store from now on. */
  keep(every: (milliseconds: number, task: () => void) => () => void): void {
    this.#stop = every(INTERVAL_MS, () => {
      this.#work = this.#work.then(async () => this.#follow())
    })
  }

  /** Writes a last time; the store is closed after that. */
  async close(): Promise<void> {
    this.#stop?.()
    await this.#work
    await this.#follow()
  }

  /** A file that cannot be written must not stop the server: it is then as far behind as it is. */
  async #follow(): Promise<void> {
    const { store, log } = this.#options
    try {
      if (store.head.batch !== this.#written) await this.write()
    } catch (error) {
      log.error('anchor not written', {
        reason: error instanceof KmipFault ? error.message : codeOf(error),
      })
    }
  }
}

async function readAnchor(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new KmipFault('UNAVAILABLE', `The anchor ${path} cannot be read (${codeOf(cause)})`, {
      cause,
    })
  }
}

const PROBLEMS: Readonly<Record<Standing, ((path: string) => string) | undefined>> = {
  held: undefined,
  behind: (path) =>
    `The store is older than its anchor ${path}: it lost its last changes, or was put back to an earlier state`,
  apart: (path) =>
    `The store went another way than its anchor ${path}: it was put back and used since`,
  foreign: (path) => `The anchor ${path} was altered, or is of another store`,
}

const ACCEPT_HINT = "'kmipd store accept' takes the store as it is"

/** How long an anchor may be behind the store. */
const INTERVAL_MS = 1_000
