import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs a program in the foreground of this one, without input, and gives its exit code. A program that cannot be
 * started counts as 127 and one that a signal ended as 128 and the signal's number, as in a shell.
 */
export async function run(command, args, { env = {}, ...options } = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    ...options,
  })
  return exitOf(child)
}

/** The exit code of a program that was started. */
export async function exitOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`cannot run ${child.spawnfile}: ${error.message}`)
      resolve(127)
    })
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}
