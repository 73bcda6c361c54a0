import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether the program that judges our certificates is there. */
export const HAS_OPENSSL = isInstalled()

function isInstalled(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('openssl is not installed: its checks of certificates are skipped')
    return false
  }
}

/** A directory of its own in which OpenSSL is run. */
export class Openssl {
  readonly #directory = mkdtempSync(join(tmpdir(), 'kmipd-openssl-'))

  /** Gives what it prints. Fails as it fails. */
  run(command: string, ...more: readonly string[]): string {
    const words = [...command.split(' '), ...more]
    return execFileSync('openssl', words, {
      cwd: this.#directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  write(name: string, bytes: Uint8Array | string): void {
    writeFileSync(join(this.#directory, name), bytes)
  }

  read(name: string): Buffer {
    return readFileSync(join(this.#directory, name))
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
