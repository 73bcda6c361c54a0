import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeTree, PROGRAM, runKmipd } from '../cli/program.ts'
import type { Serving } from '../cli/serving.ts'
import { connectClient, type Credentials } from './client.ts'
import { register, request } from './request.ts'
import { createSite, type Site } from './server.ts'

// Dozens of processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

/** Flags of node that show memory or secrets, weaken what is checked, or run foreign code, that this node takes. */
const FLAGS = [
  '--inspect=0',
  '--inspect-port=0',
  '--inspect_port=0',
  '--debug-port=0',
  '--tls-keylog=keys',
  '--tls-min-v1.0',
  '--tls-max-v1.2',
  '--tls-cipher-list=ALL',
  '--insecure-http-parser',
  '--openssl-legacy-provider',
  '--openssl-shared-config',
  '--heapsnapshot-signal=SIGUSR2',
  '--heapsnapshot-near-heap-limit=3',
  '--diagnostic-dir=here',
  '--report-on-signal',
  '--report-uncaught-exception',
  '--report-on-fatalerror',
  '--report-directory=here',
  '--require=./harmless.cjs',
  '--import=./harmless.mjs',
  '--experimental-loader=./harmless.mjs',
  '--trace-tls',
  '--abort-on-uncaught-exception',
  '--redirect-warnings=here',
] as const
/** Those that node refuses in NODE_OPTIONS by itself are given on the command line alone. */
const COMMAND_LINE = [
  '--cpu-prof',
  '--heap-prof',
  '--expose-gc',
  '--expose-internals',
  '--prof',
] as const
const VARIABLES = [
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_DEBUG', 'tls'],
  ['NODE_DEBUG_NATIVE', 'none'],
  ['NODE_V8_COVERAGE', 'here'],
  ['NODE_COMPILE_CACHE', 'here'],
  ['SSLKEYLOGFILE', 'keys'],
  ['OPENSSL_MODULES', 'here'],
] as const

describe('the program as it is started', () => {
  let home: string
  let data: string

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'kmipd-hygiene-'))
    data = join(home, 'data')
    for (const name of ['harmless.cjs', 'harmless.mjs']) writeFileSync(join(home, name), '')
    expect((await runKmipd(['init', '--data', data])).code).toBe(0)
  })

  afterAll(() => {
    rmSync(home, { recursive: true, force: true })
  })

  const combinations = [
    ...FLAGS.map((flag, at) =>
      at % 2 === 0 ? { flags: [flag] } : { env: { NODE_OPTIONS: flag } },
    ),
    ...COMMAND_LINE.map((flag) => ({ flags: [flag] })),
    { env: { NODE_OPTIONS: '--max-old-space-size=512 --inspect=0' } },
    { flags: ['--no-warnings', '--inspect=0'], env: { NODE_OPTIONS: '--no-warnings' } },
    { env: { NODE_OPTIONS: '--require=./harmless.cjs --no-warnings' } },
    { flags: ['--no-warnings', '--trace-tls'] },
    ...VARIABLES.map(([name, value]) => ({ env: { [name]: value } })),
  ]

  test('does not serve in any of forty dangerous ways, says which it is, and changes nothing', async () => {
    expect(combinations.length).toBeGreaterThanOrEqual(40)
    const before = describeTree(data)
    const wrong: unknown[] = []
    const waiting = [...combinations]
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const args = ['serve', '--data', data, '--port', '0']
        const { code, stdout, stderr } = await runKmipd(args, { cwd: home, ...next })
        if (code !== 2 || stdout !== '' || !NAMED.test(stderr)) wrong.push({ next, code, stderr })
      }
    }
    await Promise.all([work(), work(), work()])
    expect(wrong).toEqual([])
    expect(describeTree(data)).toEqual(before)
  })
})

const NAMED =
  /kmipd: error: kmipd does not serve (?:with the node flag --[a-z.0-9-]+(?: in NODE_OPTIONS)?|while [A-Z0-9_]+ is (?:set|0))\n/

/** Holds a key and takes no care of it. */
const HOLDER =
  "globalThis.key = Buffer.from(process.argv[1], 'base64'); setInterval(() => {}, 1000)"

function coreOf(folder: string, pid: number): Buffer {
  const path = join(folder, `core-${pid}`)
  spawnSync('gcore', ['-o', path, String(pid)], { stdio: 'ignore', timeout: 100_000 })
  return readFileSync(`${path}.${pid}`)
}

function coresIn(folder: string): readonly Buffer[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name)))
}

/** Whether the system writes cores into the directory of a process that crashes, with what was in its memory. */
function canDumpCores(planted: Buffer): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kmipd-core-'))
  try {
    const text = `${HOLDER}; process.abort()`
    const args = ['-c', 'ulimit -c unlimited && exec "$0" "$@"', process.execPath, '-e', text]
    spawnSync('sh', [...args, planted.toString('base64')], { cwd: folder, stdio: 'ignore' })
    return coresIn(folder).some((core) => core.includes(planted))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const PLANTED = createHash('sha256').update('planted in memory').digest()
const isLinux = process.platform === 'linux'
const canDump = isLinux && canDumpCores(PLANTED)
const hasGcore = spawnSync('gcore', ['-v'], { stdio: 'ignore' }).error === undefined
if (!hasGcore) console.warn('gcore is not here (Debian: gdb): cores are not searched')

describe.runIf(isLinux)('a process that serves', () => {
  const planted = PLANTED
  let site: Site
  let server: Serving
  let credentials: Credentials

  beforeAll(async () => {
    site = await createSite()
    server = await site.start()
    credentials = await site.addClient('planter')
    const client = await connectClient(server.port, credentials)
    await client.ask(request([register(planted)]))
    client.close()
  })

  afterAll(() => {
    site[Symbol.dispose]()
  })

  test('lets no debugger in, neither do the processes that it starts', async () => {
    server.process.kill('SIGUSR1')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(server.process.exitCode).toBeNull()
    expect(server.stderr()).not.toContain('ebugger')
    const { pid = 0 } = server.process
    expect(readFileSync(`/proc/${pid}/net/tcp`, 'latin1')).not.toContain(':240D')
  })

  test('has a core dump without memory in it, and so will those that it starts', () => {
    const { pid = 0 } = server.process
    expect(readFileSync(`/proc/${pid}/coredump_filter`, 'latin1').trim()).toBe('00000000')
  })

  test.runIf(hasGcore)('has no key in what gcore writes of it, which takes keys of others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmipd-core-'))
    const other = spawn(process.execPath, ['-e', HOLDER, planted.toString('base64')])
    try {
      const own = coreOf(folder, server.process.pid ?? 0)
      expect(own.length).toBeGreaterThan(1_000)
      expect(own.includes(planted)).toBe(false)
      // What finds nothing there finds it in a process that takes no care.
      expect(coreOf(folder, other.pid ?? 0).includes(planted)).toBe(true)
    } finally {
      other.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test.runIf(canDump)('has no key in the core that the system writes when it crashes', async () => {
    expect(await server.stop()).toBe(0)
    const folder = mkdtempSync(join(tmpdir(), 'kmipd-crash-'))
    const args = [PROGRAM, 'serve', '--data', site.data, '--port', '0']
    const child = spawn(
      'sh',
      ['-c', `ulimit -c unlimited; exec "$0" "$@"`, process.execPath, ...args],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    try {
      const port = await new Promise<number>((resolve) => {
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          resolve(Number(/:(\d+)\n/.exec(text)?.[1]))
        })
      })
      const client = await connectClient(port, credentials)
      await client.ask(request([register(planted)]))
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGSEGV')
      await ended
      client.close()
      expect(coresIn(folder)).not.toEqual([])
      expect(coresIn(folder).filter((core) => core.includes(planted))).toEqual([])
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
