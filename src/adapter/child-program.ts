import { fork, type ChildProcess } from 'node:child_process'

/** A program of its own process: its text, so that it runs alike from source and from the built package. */
export interface ChildProgram {
  /** What process lists show. */
  readonly name: string
  /** CommonJS. */
  readonly text: string
  /** Nothing where it is absent: Node's own options in the environment would reach into the child. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts a program that is spoken to by messages, whose bytes may be in any of them, and that writes nowhere. */
export function startProgram({ name, text, environment = {} }: ChildProgram): ChildProcess {
  // The first argument only names it.
  return fork(name, [], {
    execArgv: ['-e', `${NO_DEBUGGER}${text}`],
    env: environment,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** Node opens its debugger on this signal, to every process of the same user, unless someone else takes it. */
const NO_DEBUGGER = "process.on('SIGUSR1', () => {});"
