import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAdmin } from '../../src/admin/client.ts'
import { runKmipd } from '../cli/program.ts'
import { serve, type Serving } from '../cli/serving.ts'
import type { Credentials } from './client.ts'

/** A data directory on which servers are started one after another. */
export interface Site extends Disposable {
  readonly data: string
  /** Starts a server on a free port, at log level `debug` when asked. */
  start(options?: { readonly debug?: boolean }): Promise<Serving>
  /** Starts a server that must fail to start; gives what it said. */
  refuse(...args: readonly string[]): ReturnType<typeof runKmipd>
  /** Registers a client with the server that runs now. */
  addClient(name: string): Promise<Credentials>
}

/** What is out of the ordinary with a site. */
export interface SiteOptions {
  /** Further words of `kmipd init`. */
  readonly init?: readonly string[]
  /** Further lines of the configuration file. */
  readonly config?: string
  /** Variables of its processes. */
  readonly env?: Readonly<Record<string, string>>
  /** Of another program than the built one. */
  readonly program?: string | undefined
}

/** Makes a data directory of its own, which disappears with the site. */
export async function createSite({
  init = [],
  config: lines,
  env = {},
  program,
}: SiteOptions = {}): Promise<Site> {
  const home = mkdtempSync(join(tmpdir(), 'kmipd-system-'))
  const data = join(home, 'data')
  const config = join(home, 'config.yaml')
  writeFileSync(config, `log:\n  level: debug\n${lines ?? ''}`)
  const running: Serving[] = []
  const { code, stderr } = await runKmipd(['init', '--data', data, ...init], { env, program })
  if (code !== 0) throw new Error(`init failed: ${stderr}`)
  return {
    data,
    async start({ debug = false } = {}) {
      const settings = debug || lines !== undefined ? ['--config', config] : []
      const server = await serve(['--data', data, '--port', '0', ...settings], { env, program })
      running.push(server)
      return server
    },
    refuse: async (...args) => runKmipd(['serve', '--data', data, ...args], { env, program }),
    addClient: async (name) => register(data, name),
    [Symbol.dispose]() {
      for (const server of running) server.process.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Makes a key and has it certified over the admin API. */
async function register(data: string, name: string): Promise<Credentials> {
  const admin = await connectAdmin(join(data, 'admin.sock'))
  if (admin === undefined) throw new Error('the admin API does not answer')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { certificate, authority } = await admin['client.add']({
    name,
    role: 'user',
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { ca: authority, cert: certificate, key }
}
