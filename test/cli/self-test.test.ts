import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeTree, PROGRAM, runKmipd, type Outcome } from './program.ts'

vi.setConfig({ testTimeout: 120_000 })

let home: string
let data: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-self-test-'))
  data = join(home, 'data')
  expect((await runKmipd(['init', '--data', data])).code).toBe(0)
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

/** Runs the program in a process in which a function of node:crypto was exchanged before. */
async function serveWith(name: string, exchange: string): Promise<Outcome> {
  const wrapper = join(home, `${name}.mjs`)
  writeFileSync(
    wrapper,
    `import crypto from 'node:crypto'
     import { syncBuiltinESMExports } from 'node:module'
     const real = crypto.${name}
     crypto.${name} = ${exchange}
     syncBuiltinESMExports()
     await import(${JSON.stringify(PROGRAM)})`,
  )
  const args = [wrapper, 'serve', '--data', data, '--port', '0']
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}

test.each([
  [
    'HMAC with RIPEMD_160',
    'createHmac',
    "(n, ...rest) => real(n === 'ripemd160' ? 'sha1' : n, ...rest)",
  ],
  [
    'Camellia with 128 bits in CBC',
    'createCipheriv',
    "(n, ...rest) => real(n.replace('camellia-128-cbc', 'aes-128-cbc'), ...rest)",
  ],
  ['scrypt', 'scryptSync', '(...all) => real(...all).reverse()'],
  ['ECDH', 'diffieHellman', '(pair) => real(pair).reverse()'],
])('a library that is wrong in %s is not served with', async (what, name, exchange) => {
  const before = describeTree(data)
  const { code, stdout, stderr } = await serveWith(name, exchange)
  expect(stderr).toBe(`kmipd: error: the self-test of ${what} failed, so nothing is served\n`)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(describeTree(data)).toEqual(before)
})
