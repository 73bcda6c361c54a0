import { describeBug } from '../../fault/describe-bug.ts'
import type { Config } from '../../config/defaults.ts'
import type { Log } from '../../port/log.ts'
import { defineCommand, type Given } from '../define-command.ts'
import { checkEnvironment } from '../environment.ts'
import { areCoreDumpsEmpty } from '../hardening.ts'
import { storeOptionsOf } from '../offline-config.ts'
import { openingOptions, withAccess } from '../opening.ts'
import { dataOption, portOption, textOption } from '../option.ts'
import { print } from '../output.ts'
import { VERSION } from '../version.ts'

/** How often the key-encryption keys can be replaced until the next start. */
const SPARE_KEYS = 16

const OPTIONS = {
  data: dataOption,
  host: textOption('host', 'address to listen on [default: 127.0.0.1]'),
  port: portOption('port', 'port to listen on, 0 picks one [default: 5696]'),
  'https-port': portOption(
    'https-port',
    'another port, for KMIP over HTTPS alone, 0 picks one [default: none]',
  ),
  'admin-port': portOption(
    'admin-port',
    'a port for the admin API over mutual TLS, 0 picks one [default: none]',
  ),
  ...openingOptions,
  anchor: textOption('anchor', 'file elsewhere that the head of the store is kept in, too'),
  config: textOption('config', 'configuration file (YAML)'),
}

/** `kmipd serve` */
export const serveCommand = defineCommand({
  command: 'serve',
  describe: 'Serve KMIP over mutual TLS, in the foreground, until SIGTERM',
  options: OPTIONS,
  example: ['$0 serve --data ./data --port 5696', 'serve on this machine only'],
  async run(options) {
    checkEnvironment({ flags: process.execArgv, variables: process.env })
    const config = await readConfig(options)
    const { stderrLog } = await import('../../adapter/log-pino.ts')
    const log = stderrLog(config.log.level)
    if (!areCoreDumpsEmpty()) log.warn('a core dump would hold keys', { see: 'core(5)' })
    const stopped = nextSignal()
    const server = await start(options, config, log)
    const { formatAddress, formatListening } = await import('../server-status.ts')
    guardAgainstBugs(log)
    const { adminAddress } = server
    const admin = adminAddress === undefined ? '' : `, admin on ${formatAddress(adminAddress)}`
    print(`kmipd listening on ${formatListening(server.address)}${admin}`)
    const signal = await stopped
    log.info('stopping', { signal })
    await server.stop()
    log.info('stopped')
  },
})

async function readConfig(options: Given<typeof OPTIONS>): Promise<Config> {
  const { DEFAULT_CONFIG } = await import('../../config/defaults.ts')
  const path = options.config
  const config =
    path === undefined
      ? DEFAULT_CONFIG
      : await (await import('../../config/load.ts')).loadConfig(path)
  const { host, port, httpsPort } = config.listen
  const listen = {
    host: options.host ?? host,
    port: options.port ?? port,
    httpsPort: options['https-port'] ?? httpsPort,
  }
  const adminPort = options['admin-port']
  return adminPort === undefined
    ? { ...config, listen }
    : { ...config, listen, admin: { ...config.admin, port: adminPort } }
}

/** Opens no key before everything that computes with keys was found to compute rightly. */
async function start(options: Given<typeof OPTIONS>, config: Config, log: Log) {
  const { Condition } = await import('../../server/state.ts')
  const { openDataDirectory } = await import('../../adapter/data-directory.ts')
  const { readHsmPin } = await import('../hsm.ts')
  const { runSelfTest } = await import('../../adapter/self-test/index.ts')
  const { openCore } = await import('../core.ts')
  const { startServer } = await import('../server.ts')
  const hsmPin = await readHsmPin(config)
  const condition = new Condition(log)
  const directory = await openDataDirectory(options.data)
  condition.enter('self-test')
  await runSelfTest()
  condition.enter('sealed')
  const core = await withAccess(options, async (access) =>
    openCore(directory, {
      ...access,
      log,
      ...storeOptionsOf(config),
      ...(options.anchor !== undefined && { anchor: options.anchor }),
      spareKeys: SPARE_KEYS,
      beforeStore: async () => checkFree(config),
    }),
  )
  return startServer(core, { config, log, version: VERSION, condition, hsmPin })
}

/** Finds a port in use before anything is opened, so that a second server changes nothing. */
async function checkFree({ listen, admin }: Config): Promise<void> {
  const { host, port, httpsPort } = listen
  await checkPort({ host, port })
  if (admin !== undefined) await checkPort({ host: admin.host ?? host, port: admin.port })
  if (httpsPort !== undefined) await checkPort({ host, port: httpsPort })
}

async function checkPort(address: { host: string; port: number }): Promise<void> {
  const { createServer } = await import('node:net')
  const { KmipFault } = await import('../../fault/fault.ts')
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause) => {
      const text = `Cannot listen on ${address.host}, port ${address.port}`
      reject(new KmipFault('UNAVAILABLE', text, { cause }))
    })
    probe.listen(address, resolve)
  })
  await new Promise((resolve) => probe.close(resolve))
}

/** Takes SIGTERM, SIGINT and SIGHUP from now on; the first one resolves, the others change nothing. */
async function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, resolve)
  })
}

/**
 * A fault that nobody caught is a bug. One request's broken promise must not take the others with it; anything else
 * leaves a state that nobody knows, and ends the process after a line in the log. Messages stay out of it: they may
 * quote what was in memory.
 */
function guardAgainstBugs(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    log.error('unhandled rejection', { ...describeBug(reason) })
  })
  process.on('uncaughtException', (error) => {
    log.error('uncaught exception', { ...describeBug(error) })
    process.exit(1)
  })
}
