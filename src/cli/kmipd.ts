#!/usr/bin/env node
import { describeFailure } from './failure.ts'
import { hardenProcess } from './hardening.ts'
import { runProgram } from './program.ts'

/** How long what is still open after a command may keep the process, in milliseconds. */
const LINGER_MS = 3_000

hardenProcess()

// A reader that closes its end early, as `head` does, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

try {
  await runProgram(process.argv.slice(2))
} catch (error) {
  const { text, exitCode } = describeFailure(error)
  process.stderr.write(text)
  process.exitCode = exitCode
}
setTimeout(() => process.exit(), LINGER_MS).unref()
