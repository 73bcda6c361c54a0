import { wrongUsage } from './failure.ts'

/** What of the process decides whether it is safe to hold keys in it. */
export interface Environment {
  /** Flags given to node itself. */
  readonly flags: readonly string[]
  readonly variables: Readonly<Record<string, string | undefined>>
}

/**
 * Refuses to serve, as wrong usage, in a process that shows its memory, writes its TLS secrets down, checks certificates
 * less than it seems to, or runs code that is not ours. Flags are taken from a list of harmless ones, because Node's
 * dangerous ones grow in number.
 */
export function checkEnvironment({ flags, variables }: Environment): void {
  for (const name of FORBIDDEN_VARIABLES) {
    if ((variables[name] ?? '') !== '') {
      throw wrongUsage(`kmipd does not serve while ${name} is set`)
    }
  }
  if (variables['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw wrongUsage('kmipd does not serve while NODE_TLS_REJECT_UNAUTHORIZED is 0')
  }
  const inVariable = (variables['NODE_OPTIONS'] ?? '').split(/\s+/).filter((word) => word !== '')
  checkFlags(inVariable, ' in NODE_OPTIONS')
  checkFlags(flags, '')
}

function checkFlags(words: readonly string[], where: string): void {
  for (const word of words) {
    // V8 and Node take an underscore for a hyphen.
    const name = word.split('=', 1)[0]?.replaceAll('_', '-') ?? ''
    if (!HARMLESS.has(name)) {
      throw wrongUsage(`kmipd does not serve with the node flag ${name}${where}`)
    }
  }
}

/** What shows or writes down secrets, or has code or providers of cryptography loaded that are not ours. */
const FORBIDDEN_VARIABLES = [
  'NODE_COMPILE_CACHE',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_INSPECT_RESUME_ON_START',
  'NODE_REDIRECT_WARNINGS',
  'NODE_V8_COVERAGE',
  'OPENSSL_CONF',
  'OPENSSL_ENGINES',
  'OPENSSL_MODULES',
  'SSLKEYLOGFILE',
]

/** Only flags in the form `--name` or `--name=value`: a value that stands alone is a word that is not listed. */
const HARMLESS: ReadonlySet<string> = new Set([
  '--disable-proto',
  '--disable-wasm-trap-handler',
  '--dns-result-order',
  '--enable-fips',
  '--enable-source-maps',
  '--force-fips',
  '--jitless',
  '--max-http-header-size',
  '--max-old-space-size',
  '--max-old-space-size-percentage',
  '--max-semi-space-size',
  '--no-deprecation',
  '--no-warnings',
  '--pending-deprecation',
  '--secure-heap',
  '--secure-heap-min',
  '--stack-trace-limit',
  '--throw-deprecation',
  '--trace-deprecation',
  '--trace-warnings',
  '--unhandled-rejections',
  '--v8-pool-size',
  '--zero-fill-buffers',
])
