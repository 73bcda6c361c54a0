import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { findCases } from './files.ts'
import { jsonOfResults, summarise, textOfResult } from './report.ts'
import { isGood, runCases } from './run.ts'
import type { Target } from './connection.ts'
import { alternativeOf, NO_SETTINGS, readSettings, waysOf, type Settings } from './settings.ts'
import { openWay, type Way } from './way.ts'

const USAGE = `usage: npm run conformance -- --host HOST --port PORT --ca FILE --cert FILE --key FILE [options] PATH…

Plays KMIP test cases (XML files, or folders of them) against a running server over mutual TLS.

  --encoding NAME  ttlv, xml or json (ttlv); the latter two go over HTTPS
  --https          TTLV over HTTPS too
  --only PATTERN   only cases that match, as in 'SKFF-*' or 'profiles-1.4/TL-*'; may be repeated
  --report FILE    write the results as JSON
  --timeout MS     longest wait for a connection or an answer (10000)
  --alternatives   play the cases too that want a server with another configuration than the default one
  --no-settings    ignore the lists of skips, chains, errata and alternatives beside the runner
`

/** What the command line says. */
interface Order {
  readonly paths: readonly string[]
  readonly only: readonly string[]
  readonly target: Target
  readonly way: Way
  readonly report: string | undefined
  readonly settings: Settings
  /** Whether cases are played that want another configuration. */
  readonly alternatives: boolean
}

class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The command line of the runner.
 *
 * @param home - the folder of the lists of skips, chains, errata and alternatives
 * @returns the exit code: 0 when every case went as it should, 1 when one did not, 2 for wrong usage
 */
export async function main(args: readonly string[], home: URL): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE)
    return 0
  }
  try {
    return await carryOut(readOrder(args, home))
  } catch (error) {
    const usage = error instanceof UsageError
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
    if (usage) console.error(`\n${USAGE}`)
    return usage ? 2 : 1
  }
}

async function carryOut(order: Order): Promise<number> {
  const { paths, only, target, way, report, settings, alternatives } = order
  const cases = findCases(paths, only).filter(
    ({ id }) =>
      (waysOf(id, settings)?.includes(way) ?? true) &&
      (alternatives || alternativeOf(id, settings)?.config === undefined),
  )
  if (cases.length === 0) throw new UsageError('no case found')
  const results = await runCases(cases, {
    settings,
    open: async () => Promise.resolve(async () => openWay(way, target)),
    now: () => Math.floor(Date.now() / 1000),
    report: (result) => {
      console.log(textOfResult(result))
    },
  })
  if (report !== undefined) writeFileSync(report, jsonOfResults(results))
  const { passed, failed, skipped, unexpected } = summarise(results)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped, ${unexpected} unexpectedly`)
  return results.every(isGood) ? 0 : 1
}

function readOrder(args: readonly string[], home: URL): Order {
  const { values, positionals } = parse(args)
  if (positionals.length === 0) throw new UsageError('no file or folder of cases given')
  const file = (name: 'ca' | 'cert' | 'key'): Buffer => {
    const path = values[name]
    if (path === undefined) throw new UsageError(`--${name} is missing`)
    return readFileSync(path)
  }
  return {
    paths: positionals,
    only: values.only ?? [],
    target: {
      host: values.host ?? '127.0.0.1',
      port: wholeNumber('port', values.port ?? '5696'),
      credentials: { ca: file('ca'), cert: file('cert'), key: file('key') },
      timeout: wholeNumber('timeout', values.timeout ?? '10000'),
    },
    way: wayOf(values.encoding ?? 'ttlv', values.https === true),
    report: values.report,
    settings: values['no-settings'] === true ? NO_SETTINGS : readSettings(home),
    alternatives: values.alternatives === true,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    host: text,
    port: text,
    ca: text,
    cert: text,
    key: text,
    encoding: text,
    https: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    report: text,
    timeout: text,
    'no-settings': { type: 'boolean' },
    alternatives: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wayOf(encoding: string, isHttps: boolean): Way {
  if (encoding === 'xml' || encoding === 'json') return encoding
  if (encoding !== 'ttlv') throw new UsageError(`no encoding is called ${encoding}`)
  return isHttps ? 'https' : 'ttlv'
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,6}$/u.test(text)) throw new UsageError(`--${name} must be a number`)
  return Number(text)
}
