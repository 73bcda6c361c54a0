import type { ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { KmipFault } from '../../fault/fault.ts'
import { startProgram } from '../child-program.ts'
import { PROGRAM } from './program.ts'

/** What the library is asked for: the name of a function and its arguments, in the binding's form. */
export type LibraryCall = readonly [name: string, ...given: unknown[]]

/** What a call came to: a value in the binding's form, or a return code. */
export interface LibraryResult {
  readonly value?: unknown
  readonly code?: number
}

/** A vendor's library: its path, and what it is told when it begins. */
export interface Library {
  readonly module: string
  readonly parameters: string | undefined
}

interface Answer {
  readonly id: number
  readonly start?: 'done' | 'binding' | 'library'
  readonly results?: readonly LibraryResult[]
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: KmipFault) => void
  readonly timer: NodeJS.Timeout
}

/** The binding, found here and loaded there: it is compiled when it is installed, and is optional. */
const BINDING = 'pkcs11js'

/** The process that holds the vendor's library. Once it has failed in time or gone it is of no use any more. */
export class LibraryChild {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  #isGone = false
  #whenGone: (() => void) | undefined

  constructor(environment: Readonly<Record<string, string>>) {
    this.#process = startProgram({ name: 'pkcs11', text: PROGRAM, environment })
    this.#process.on('message', (message: Answer) => {
      this.#settle(message)
    })
    const end = (): void => {
      this.kill()
    }
    this.#process.once('error', end)
    this.#process.once('exit', end)
  }

  /** Absent when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Loads the library. Throws `UNAVAILABLE` with words of ours for those who run the server. */
  async load({ module, parameters }: Library, deadline: number): Promise<void> {
    const start = { path: bindingPath(), module, parameters }
    const outcome = (await this.#ask({ start }, deadline)).start
    if (outcome === 'done') return
    throw new KmipFault(
      'UNAVAILABLE',
      outcome === 'binding'
        ? NO_BINDING
        : `The PKCS#11 module ${module} cannot be loaded or does not begin`,
    )
  }

  /**
   * Makes calls one after another, up to the first that fails, or all of them. Throws `UNAVAILABLE` when the process
   * goes or takes too long, and then has it killed.
   *
   * @param deadline - milliseconds for all of them
   */
  async call(
    calls: readonly LibraryCall[],
    deadline: number,
    each = false,
  ): Promise<readonly LibraryResult[]> {
    return (await this.#ask({ calls, each }, deadline)).results ?? []
  }

  /** Calls back once, when the process is of no use any more. */
  whenGone(callback: () => void): void {
    this.#whenGone = callback
    if (this.#isGone) callback()
  }

  kill(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#process.kill('SIGKILL')
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(unreachable())
    }
    this.#waiting.clear()
    this.#whenGone?.()
  }

  async #ask(order: object, deadline: number): Promise<Answer> {
    if (this.#isGone) throw unreachable()
    this.#count += 1
    const id = this.#count
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.kill()
      }, deadline)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#process.send({ id, ...order }, (error) => {
        if (error !== null) this.kill()
      })
    })
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    if (waiting === undefined) return
    this.#waiting.delete(answer.id)
    clearTimeout(waiting.timer)
    waiting.resolve(answer)
  }
}

/** The fault for whatever is asked while nothing can be: clients may read it. */
export function unreachable(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The token cannot be reached')
}

const NO_BINDING =
  `The package ${BINDING} is not there or was not compiled: install it with its build scripts, ` +
  'a C++ compiler and the headers of Node'

function bindingPath(): string {
  try {
    return createRequire(import.meta.url).resolve(BINDING)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', NO_BINDING, { cause })
  }
}
