import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { env, execPath } from 'node:process'

/** Calls of the system that fail, by the names that they have on one machine or another. */
export const CALLS = {
  write: 'write,pwrite64,writev',
  sync: 'fsync,fdatasync',
  rename: '?rename,?renameat,?renameat2',
  open: '?open,openat',
  unlink: '?unlink,unlinkat',
} as const

export type CallName = keyof typeof CALLS

export interface Failure {
  readonly call: CallName
  readonly error: string
  /** Of the calls of one thread on files of the data directory, counted from 1. */
  readonly nth: number
  /** All that follow fail as well. */
  readonly isLasting: boolean
}

/** What a writing process told while calls failed. */
export interface Told {
  readonly lines: readonly string[]
  /** How many calls failed because they were told to. */
  readonly failed: number
}

/**
 * Runs `fixtures/failing-writer.ts` on a data directory until a call has failed and some more was written, or until it
 * is clear that there are not that many calls. What is not of the directory does not fail: the process would only die.
 */
export async function writeWithFailure(
  { script, directory, ballast }: { script: string; directory: string; ballast: number },
  failure: Failure,
): Promise<Told> {
  const child = spawn(
    'strace',
    [...injecting(failure, directory), execPath, script, directory, String(ballast)],
    // strace counts the calls of each thread by themselves.
    { stdio: 'pipe', env: { ...env, UV_THREADPOOL_SIZE: '1' } },
  )
  const closed = once(child, 'close')
  child.stdin.on('error', () => undefined)
  let output = ''
  let trace = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  let ending: NodeJS.Timeout | undefined
  const end = (): void => {
    child.stdin.end('end\n')
  }
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    trace += text
    if (ending === undefined && trace.includes('INJECTED')) ending = setTimeout(end, AFTER_MS)
  })
  const unreached = setTimeout(end, UNREACHED_MS)
  // Its end closes its pipes, and by that the process: it waits for nothing else.
  const hanging = setTimeout(() => child.kill('SIGTERM'), HANGING_MS)
  child.stdin.write('open\n')
  const [code] = (await closed) as [number | null]
  for (const timer of [ending, unreached, hanging]) clearTimeout(timer)
  const lines = output.split('\n').filter((line) => line !== '')
  if (code !== 0) lines.push(`wrong exit ${code}: ${trace.slice(-2_000)}`)
  return { lines, failed: trace.split('(INJECTED)').length - 1 }
}

/** Milliseconds of writing after the first call that failed. */
const AFTER_MS = 250
/** Milliseconds after which there are not that many calls. */
const UNREACHED_MS = 12_000
const HANGING_MS = 60_000
/** LevelDB numbers its files; a run does not come that far. */
const FILES = 150

function injecting({ call, error, nth, isLasting }: Failure, directory: string): string[] {
  const when = isLasting ? `${nth}+` : String(nth)
  const calls = CALLS[call]
  const inject = `inject=${calls}:error=${error}:when=${when}`
  const flags = ['-f', '--seccomp-bpf', '-qq', '-Z', '-s', '0', '-e', 'signal=none']
  const paths = pathsIn(directory).flatMap((path) => ['-P', path])
  return [...flags, '-e', `trace=${calls}`, '-e', inject, ...paths]
}

function pathsIn(directory: string): string[] {
  const store = join(directory, 'store')
  const paths = [directory, store, join(store, 'CURRENT')]
  for (const name of ['store.head', 'ballast']) {
    paths.push(join(directory, name), join(directory, `${name}.new`))
  }
  for (let number = 1; number <= FILES; number += 1) {
    const digits = String(number).padStart(6, '0')
    for (const ending of ['log', 'ldb', 'dbtmp']) paths.push(join(store, `${digits}.${ending}`))
    paths.push(join(store, `MANIFEST-${digits}`))
  }
  return paths
}
