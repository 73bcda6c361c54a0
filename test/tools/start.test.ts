import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCheckout, type Checkout } from './checkout.ts'

/** Notes every call, and serves until it is told to stop. */
const PROGRAM = `
const { appendFileSync, mkdirSync } = require('node:fs')
const args = process.argv.slice(2)
appendFileSync('calls', args.join(' ') + '\\n')
if (args[0] === 'init') mkdirSync(args[args.indexOf('--data') + 1])
if (args[0] === 'serve') {
  const alive = setInterval(() => undefined, 1000)
  process.on('SIGTERM', () => { console.log('drained'); clearInterval(alive) })
  process.on('SIGINT', () => process.exit(7))
  console.log('kmipd listening on 127.0.0.1 port 5696')
}
`

/** Stands in for the compiler: every run is noted too. */
const COMPILER = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
appendFileSync('calls', 'tsc ' + process.argv.slice(2).join(' ') + '\\n')
mkdirSync('dist/cli', { recursive: true })
writeFileSync('dist/cli/kmipd.js', ${JSON.stringify(PROGRAM)})
`

const STOP = { until: 'Ctrl-C', signal: 'SIGTERM' } as const

let checkout: Checkout
beforeEach(() => {
  checkout = createCheckout()
  checkout.write('node_modules/typescript/bin/tsc', COMPILER)
})
afterEach(() => {
  checkout.remove()
})

/** What was called since the last time. */
function callsOf(): readonly string[] {
  const calls = checkout.read('calls').trim().split('\n')
  checkout.write('calls', '')
  return calls
}

describe('npm start', () => {
  test('compiles, makes the data directory with a demo client, serves, and says what to try', async () => {
    const { code, stdout } = await checkout.run('start.mjs', [], STOP)
    expect(callsOf()).toEqual([
      'tsc -b',
      'init --data ./data',
      'client add demo --data ./data --out ./data/demo',
      'serve --data ./data',
    ])
    expect(stdout).toContain('listening on 127.0.0.1 port 5696')
    expect(stdout).toContain('node dist/cli/kmipd.js object list --data ./data')
    expect(stdout).toContain('drained')
    expect(code).toBe(0)
  })

  test('a second time only serves', async () => {
    await checkout.run('start.mjs', [], STOP)
    callsOf()
    await checkout.run('start.mjs', [], STOP)
    expect(callsOf()).toEqual(['serve --data ./data'])
  })

  test('compiles again when a source changed, and drops what a removed source left behind', async () => {
    await checkout.run('start.mjs', [], STOP)
    callsOf()
    checkout.write('src/cli/kmipd.ts', 'export const a = 1')
    checkout.write('dist/gone.js', '')
    await checkout.run('start.mjs', [], STOP)
    expect(callsOf()).toEqual(['tsc -b', 'serve --data ./data'])
    expect(() => checkout.read('dist/gone.js')).toThrow(/ENOENT/)
    expect(checkout.read('dist/cli/kmipd.js')).not.toBe('')
  })

  test('passes arguments on to serve, and the data directory to the set-up too', async () => {
    const { stdout } = await checkout.run('start.mjs', ['--port', '0', '--data', 'else'], STOP)
    expect(callsOf().slice(1)).toEqual([
      'init --data else',
      'client add demo --data else --out else/demo',
      'serve --port 0 --data else',
    ])
    expect(stdout).toContain('object list --data else')
  })

  test('ends with the exit code of the server', async () => {
    const { code } = await checkout.run('start.mjs', [], { ...STOP, signal: 'SIGINT' })
    expect(code).toBe(7)
  })

  test('serves nothing when compiling fails, and compiles again the next time', async () => {
    checkout.write('node_modules/typescript/bin/tsc', `${COMPILER}process.exitCode = 2`)
    expect((await checkout.run('start.mjs')).code).toBe(2)
    expect(callsOf()).toEqual(['tsc -b'])
    checkout.write('node_modules/typescript/bin/tsc', COMPILER)
    await checkout.run('start.mjs', [], STOP)
    expect(callsOf()[0]).toBe('tsc -b')
  })
})
