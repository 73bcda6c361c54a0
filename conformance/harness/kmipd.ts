import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSoftHsm, type SoftHsm } from '../../test/adapter/pkcs11/softhsm.ts'
import { connectAdmin } from '../../src/admin/client.ts'
import type { Target } from '../runner/connection.ts'

const HOST = '127.0.0.1'
const PROGRAM = fileURLToPath(new URL('../../dist/cli/kmipd.js', import.meta.url))
/** Longest wait for a command or for the server to accept connections, in milliseconds. */
const PATIENCE = 30_000

/** Files of a client, as `kmipd client add` writes them. */
export interface ClientFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A kmipd of this build, with a data directory of its own. */
export interface Kmipd {
  readonly host: string
  readonly port: number
  /** Registers a client by the command line, as people do. */
  addClient(name: string): Promise<ClientFiles>
  /** Registers a client over the admin API, which takes no second for each, and says how it reaches the server. */
  targetFor(name: string): Promise<Target>
  /** What the server has logged so far. */
  log(): string
  /** Stops the server as SIGTERM does, and removes its directory. The exit code must be 0. */
  stop(): Promise<void>
}

/** The program was not built, or did not do what it was told. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
}

const run = promisify(execFile)

/** What holds the root key of a server. */
export type Root = 'file' | 'softhsm'

/** A data directory that no server has used, to start several on copies of it. */
export interface FreshData {
  readonly path: string
  /** Variables that its servers need. */
  readonly environment: Readonly<Record<string, string>>
  remove(): void
}

/** Where the servers of a run have their roots: `KMIPD_CONFORMANCE_ROOT`, or a file. */
export const USUAL_ROOT: Root =
  process.env['KMIPD_CONFORMANCE_ROOT'] === 'softhsm' ? 'softhsm' : 'file'

/**
 * Makes a data directory as people do.
 *
 * @throws HarnessError
 */
export async function makeData(root: Root = USUAL_ROOT): Promise<FreshData> {
  if (!existsSync(PROGRAM)) throw new HarnessError(`${PROGRAM} is missing: npm run build`)
  const home = newHome()
  const token = root === 'softhsm' ? createSoftHsm() : undefined
  const environment = token?.environment ?? {}
  const remove = (): void => {
    token?.remove()
    rmSync(home, { recursive: true, force: true })
  }
  try {
    const path = join(home, 'data')
    const more = token === undefined ? [] : tokenOptions(token)
    await kmipd(['init', '--data', path, ...more], environment)
    return { path, environment, remove }
  } catch (error) {
    remove()
    throw error
  }
}

function tokenOptions({ settings, pinFile }: SoftHsm): readonly string[] {
  const { module, label = '' } = settings
  return ['--root', 'pkcs11', '--module', module, '--token', label, '--pin-file', pinFile]
}

/**
 * Makes a data directory and starts the built program on it, on a free port of this machine alone.
 *
 * @param config - the configuration file; without one the server has its defaults
 * @param fresh - what to copy instead of making a data directory, which takes a second
 * @throws HarnessError
 */
export async function startKmipd(
  config?: Readonly<Record<string, unknown>>,
  fresh?: FreshData,
): Promise<Kmipd> {
  const made = fresh ?? (await makeData())
  const home = newHome()
  try {
    const data = join(home, 'data')
    cpSync(made.path, data, { recursive: true })
    const file = join(home, 'kmipd.yaml')
    // JSON is YAML.
    if (config !== undefined) writeFileSync(file, JSON.stringify(config))
    const { environment } = made
    return await serve(home, { data, environment }, config === undefined ? [] : ['--config', file])
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  } finally {
    if (fresh === undefined) made.remove()
  }
}

function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'kmipd-conformance-'))
}

/** Makes a key, has it certified over the admin API, and says how to reach the server with both. */
async function registerClient(data: string, name: string, port: number): Promise<Target> {
  const admin = await connectAdmin(join(data, 'admin.sock'))
  if (admin === undefined) throw new HarnessError('the admin API does not answer')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { certificate, authority } = await admin['client.add']({
    name,
    role: 'user',
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const credentials = { ca: authority, cert: certificate, key }
  return { host: HOST, port, credentials, timeout: 30_000 }
}

async function kmipd(
  args: readonly string[],
  environment: FreshData['environment'] = {},
): Promise<string> {
  const env = { ...process.env, ...environment }
  try {
    const { stdout } = await run(process.execPath, [PROGRAM, ...args], { env, timeout: PATIENCE })
    return stdout
  } catch (error) {
    throw new HarnessError(`kmipd ${args.join(' ')}: ${String(error)}`, { cause: error })
  }
}

async function serve(
  home: string,
  { data, environment }: { readonly data: string; readonly environment: FreshData['environment'] },
  more: readonly string[],
): Promise<Kmipd> {
  const options = ['--data', data, '--port', '0', ...more]
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...options], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      resolve(code)
    })
  })
  let port: number
  try {
    port = await portOf(child, () => log)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return {
    host: HOST,
    port,
    log: () => log,
    targetFor: async (name) => registerClient(data, name, port),
    addClient: async (name) => {
      const out = join(home, 'clients', name)
      await kmipd(['client', 'add', name, '--data', data, '--out', out])
      const file = (ending: string): string => join(out, ending)
      return { ca: file('ca.crt'), cert: file(`${name}.crt`), key: file(`${name}.key`) }
    },
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      const code = await exited
      clearTimeout(timer)
      rmSync(home, { recursive: true, force: true })
      if (code !== 0) throw new HarnessError(`the server ended with ${code ?? 'a signal'}\n${log}`)
    },
  }
}

/** Waits for the line that says where the server listens. */
async function portOf(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    const give = (reason: string) => (): void => {
      clearTimeout(timer)
      reject(new HarnessError(`the server ${reason}\n${output}${log()}`))
    }
    const timer = setTimeout(give('did not start in time'), PATIENCE)
    child.once('exit', give('ended at once'))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const port = /listening\D.*?(?<port>\d+)\s*$/mu.exec(output)?.groups?.['port']
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    })
  })
}
