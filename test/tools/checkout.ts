import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TOOLS = fileURLToPath(new URL('../../tools', import.meta.url))

/** How a script ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder that looks like a checkout to the scripts of `tools`, which are copied into it. */
export interface Checkout {
  write(path: string, text: string): void
  read(path: string): string
  /** Runs a script of `tools`; once it printed `until`, it gets `signal`. */
  run(
    script: string,
    args?: readonly string[],
    stop?: { readonly until: string; readonly signal: NodeJS.Signals },
  ): Promise<Ended>
  remove(): void
}

/** Makes one whose packages are installed, and whose only source is that of the program. */
export function createCheckout(): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'kmipd-tools-'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  cpSync(TOOLS, join(root, 'tools'), { recursive: true })
  for (const path of ['package-lock.json', 'node_modules/.package-lock.json']) {
    write(path, '{ "packages": {} }')
  }
  for (const path of ['tsconfig.base.json', 'tsconfig.json']) write(path, '{}')
  write('src/cli/kmipd.ts', '')
  return {
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    run: async (script, args = [], stop) => {
      const child = spawn(process.execPath, [join(root, 'tools', script), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const seen = stop !== undefined && stdout.includes(stop.until)
        stdout += text
        if (stop !== undefined && !seen && stdout.includes(stop.until)) child.kill(stop.signal)
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      await once(child, 'close')
      return { code: child.exitCode, stdout, stderr }
    },
    remove: () => {
      rmSync(root, { recursive: true })
    },
  }
}
