import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeTree, runKmipd, type Outcome } from './program.ts'

/*
 * A script is a text file: steps, each with what must come of it.
 *
 *     # A comment.
 *     $ kmipd status --data data        runs the program in a directory of its own
 *     = 1                               its exit code; 0 where there is no such line
 *     > a regular expression            must match in standard output; without one, nothing may be printed there
 *     ! a regular expression            the same for standard error
 *     $ write FILE TEXT                 \n is a new line
 *     $ mkdir DIR | chmod MODE PATH | remove PATH | link TARGET PATH
 *     $ mode PATH MODE                  fails unless the mode is that
 *     $ remember                        the whole tree
 *     $ unchanged                       fails unless the tree is as it was remembered
 */

/** One step of a script with what must come of it. */
export interface Step {
  readonly line: number
  readonly words: readonly string[]
  readonly code: number
  readonly stdout: readonly RegExp[]
  readonly stderr: readonly RegExp[]
}

/** Reads a script. Throws for a line that means nothing. */
export function parseScript(text: string): readonly Step[] {
  const steps: { -readonly [K in keyof Step]: Step[K] }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const rest = line.slice(2)
    const step = steps.at(-1)
    if (line.startsWith('$ ')) {
      steps.push({ line: index + 1, words: splitWords(rest), code: 0, stdout: [], stderr: [] })
    } else if (line.startsWith('= ') && step !== undefined) step.code = Number(rest)
    else if (line.startsWith('> ') && step !== undefined)
      step.stdout = [...step.stdout, regular(rest)]
    else if (line.startsWith('! ') && step !== undefined)
      step.stderr = [...step.stderr, regular(rest)]
    else if (line.trim() !== '' && !line.startsWith('#')) {
      throw new Error(`line ${String(index + 1)} of the script means nothing: ${line}`)
    }
  }
  return steps
}

/** Runs a script in `directory`. Throws for the first step that comes out otherwise than it says. */
export async function runScript(steps: readonly Step[], directory: string): Promise<void> {
  let remembered: readonly string[] = []
  for (const step of steps) {
    const [command = '', ...args] = step.words
    if (command === 'kmipd') check(step, await runKmipd(args, { cwd: directory }))
    else if (command === 'remember') remembered = describeTree(directory)
    else if (command === 'unchanged') {
      const now = describeTree(directory)
      if (now.join('\n') !== remembered.join('\n')) {
        fail(step, `the tree changed from\n${remembered.join('\n')}\nto\n${now.join('\n')}`)
      }
    } else
      arrange(
        step,
        command,
        args.map((word) => word.replaceAll('\\n', '\n')),
        directory,
      )
  }
}

function arrange(step: Step, command: string, args: readonly string[], directory: string): void {
  const [first = '', second = ''] = args
  const at = (path: string): string => join(directory, path)
  switch (command) {
    case 'write':
      writeFileSync(at(first), second, { mode: 0o600 })
      return
    case 'mkdir':
      mkdirSync(at(first), { recursive: true })
      return
    case 'chmod':
      chmodSync(at(second), Number.parseInt(first, 8))
      return
    case 'remove':
      rmSync(at(first), { recursive: true })
      return
    case 'link':
      symlinkSync(first, at(second))
      return
    case 'mode': {
      const mode = (statSync(at(first)).mode & 0o7777).toString(8)
      if (mode !== second) fail(step, `the mode of ${first} is ${mode}`)
      return
    }
    default:
      fail(step, 'there is no such step')
  }
}

function check(step: Step, { code, stdout, stderr }: Outcome): void {
  const seen = `exit ${String(code)}\nstdout:\n${stdout}\nstderr:\n${stderr}`
  if (code !== step.code) fail(step, `the exit code is not ${String(step.code)}\n${seen}`)
  checkStream(step, 'stdout', stdout, seen)
  checkStream(step, 'stderr', stderr, seen)
  const stray = stderr
    .split('\n')
    .find((line) => !/^(kmipd: (error|warning): |hint: |$)/.test(line))
  if (stray !== undefined) fail(step, `standard error has the line '${stray}'\n${seen}`)
}

function checkStream(step: Step, name: 'stdout' | 'stderr', text: string, seen: string): void {
  const missing = step[name].find((pattern) => !pattern.test(text))
  if (missing !== undefined) fail(step, `${name} does not match ${String(missing)}\n${seen}`)
  if (step[name].length === 0 && text !== '') fail(step, `${name} is not empty\n${seen}`)
}

function fail(step: Step, what: string): never {
  throw new Error(`line ${String(step.line)}: ${step.words.join(' ')}: ${what}`)
}

/** Words are parted by spaces; single quotes keep them together. */
function splitWords(text: string): readonly string[] {
  const words = text.match(/'[^']*'|[^\s']+/g) ?? []
  return words.map((word) => word.replace(/^'(.*)'$/s, '$1'))
}

function regular(source: string): RegExp {
  return new RegExp(source, 'm')
}
