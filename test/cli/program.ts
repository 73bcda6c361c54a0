import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built program. `npm test` builds it before it runs these tests. */
export const PROGRAM = fileURLToPath(new URL('../../dist/cli/kmipd.js', import.meta.url))

/** How long one command may take before the test is called failed, in milliseconds. */
const PATIENCE_MS = 60_000

/** What a finished command left behind. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** The program, where it is another one than {@link PROGRAM}. */
  readonly program?: string | undefined
  /** Flags for node. */
  readonly flags?: readonly string[]
  /** Open descriptors of this process that are the program's own from 3 on. */
  readonly descriptors?: readonly number[]
}

/** Runs one command to its end. */
export async function runKmipd(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = startKmipd(args, options)
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

/** Starts a command and leaves it running. */
export function startKmipd(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { cwd, env = {}, flags = [], descriptors = [], program = PROGRAM } = options
  if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build`)
  return spawn(process.execPath, [...flags, program, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    // Nothing of the test runner's own environment may decide a result.
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
  })
}

/** One line for each file and directory under `root`: path, mode, and a hash of what is in it. */
export function describeTree(root: string): readonly string[] {
  const lines: string[] = []
  const visit = (path: string): void => {
    const about = lstatSync(path)
    const mode = (about.mode & 0o7777).toString(8)
    const name = relative(root, path)
    if (about.isDirectory()) {
      lines.push(`${name}/ ${mode}`)
      for (const entry of readdirSync(path).sort()) visit(join(path, entry))
    } else if (about.isFile()) {
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
      lines.push(`${name} ${mode} ${hash}`)
    } else {
      lines.push(`${name} ${mode} special`)
    }
  }
  visit(root)
  return lines
}
