import { describe, expect, test } from 'vitest'
import { checkEnvironment } from '../../src/cli/environment.ts'

const refused = (name: string): unknown =>
  expect.objectContaining({
    exitCode: 2,
    message: expect.stringContaining(name) as string,
  })

/** Flags that show memory or secrets, weaken TLS, or run foreign code. */
const DANGEROUS_FLAGS = [
  '--inspect',
  '--inspect=0.0.0.0:9229',
  '--inspect-brk',
  '--inspect-wait',
  '--inspect-port=1',
  '--inspect_brk',
  '--debug-port=1',
  '--tls-keylog=/tmp/keys',
  '--tls-min-v1.0',
  '--tls-min-v1.1',
  '--tls-max-v1.2',
  '--tls-cipher-list=ALL:NULL',
  '--insecure-http-parser',
  '--security-revert=CVE-2023-46809',
  '--openssl-legacy-provider',
  '--openssl-config=/tmp/openssl.cnf',
  '--openssl-shared-config',
  '--heapsnapshot-signal=SIGUSR2',
  '--heapsnapshot-near-heap-limit=3',
  '--heap-prof',
  '--cpu-prof',
  '--report-on-signal',
  '--report-uncaught-exception',
  '--report-on-fatalerror',
  '--diagnostic-dir=/tmp',
  '--require=/tmp/evil.js',
  '-r',
  '--import=/tmp/evil.mjs',
  '--loader=/tmp/evil.mjs',
  '--experimental-loader=/tmp/evil.mjs',
  '--eval',
  '-e',
  '--trace-tls',
  '--abort-on-uncaught-exception',
  '--expose-gc',
  '--expose-internals',
  '--allow-natives-syntax',
  '--redirect-warnings=/tmp/x',
  '--preserve-symlinks-main',
  '--env-file=/tmp/env',
]

describe('before it serves, kmipd', () => {
  test.each(DANGEROUS_FLAGS)('refuses the node flag %s, given in either way', (flag) => {
    const name = flag.split('=', 1)[0]?.replaceAll('_', '-') ?? ''
    expect(() => {
      checkEnvironment({ flags: [flag], variables: {} })
    }).toThrow(refused(name))
    expect(() => {
      const NODE_OPTIONS = `--max-old-space-size=512 ${flag}`
      checkEnvironment({ flags: [], variables: { NODE_OPTIONS } })
    }).toThrow(refused(`${name} in NODE_OPTIONS`))
  })

  test.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['NODE_DEBUG', 'tls'],
    ['NODE_DEBUG_NATIVE', 'crypto'],
    ['NODE_V8_COVERAGE', '/tmp/coverage'],
    ['NODE_COMPILE_CACHE', '/tmp/cache'],
    ['NODE_INSPECT_RESUME_ON_START', '1'],
    ['NODE_REDIRECT_WARNINGS', '/tmp/warnings'],
    ['OPENSSL_CONF', '/tmp/openssl.cnf'],
    ['OPENSSL_ENGINES', '/tmp/engines'],
    ['OPENSSL_MODULES', '/tmp/modules'],
    ['SSLKEYLOGFILE', '/tmp/keys'],
  ])('refuses the variable %s=%s', (name, value) => {
    expect(() => {
      checkEnvironment({ flags: [], variables: { [name]: value } })
    }).toThrow(refused(name))
  })

  test.each([
    [[], {}],
    [['--max-old-space-size=4096', '--enable-source-maps'], {}],
    [['--secure-heap=65536', '--secure_heap_min=64', '--disable-proto=throw'], {}],
    [[], { NODE_OPTIONS: '  ', NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_DEBUG: '' }],
    [[], { NODE_OPTIONS: '--no-warnings --unhandled-rejections=strict', PATH: '/bin' }],
  ])('takes %j with %j', (flags, variables) => {
    expect(() => {
      checkEnvironment({ flags, variables })
    }).not.toThrow()
  })
})
