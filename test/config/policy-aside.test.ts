import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parsePolicy, parsePolicyAside, type PolicyNames } from '../../src/config/policy-file.ts'
import { KmipFault } from '../../src/fault/fault.ts'

const names: PolicyNames = {
  client: (name) => (name.startsWith('app-') ? `id of ${name}` : undefined),
  namespace: (name) => (name === 'payments' ? 'id of payments' : undefined),
}

/** Long enough for a thread of its own. */
const PADDING = `# ${'x'.repeat(20_000)}\n`

function allow(statement: string): string {
  return `${PADDING}version: 1\nnamespaces:\n  payments:\n    allow:\n      - ${statement}\n`
}

/** What comes of it, a fault as what it says. */
async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KmipFault) return [error.code, error.message]
    throw error
  }
}

test.each([
  ['a file that is right', allow('{ operations: [use], to: { clients: [app-1] } }')],
  ['a client that there is not', allow('{ operations: [use], to: { clients: [app-1, nobody] } }')],
  ['a key that there is not', allow('{ operations: [use], too: 1 }')],
  ['a key that is missing', allow('{ to: { clients: [app-1] } }')],
  ['an operation that there is not', allow('{ operations: [Use] }')],
  ['no YAML', `${PADDING}[[[`],
  ['a key twice', `${PADDING}version: 1\nversion: 1\n`],
  ['a key that is no text', `${PADDING}1: 1\n`],
  ['aliases', `${PADDING}version: &a 1\nroles: *a\n`],
  ['deep nesting', `${PADDING}${'['.repeat(100)}`],
  ['nesting that nobody reads to its end', `${PADDING}${'['.repeat(100_000)}`],
  ['more than any file may have', 'x'.repeat(1_048_577)],
])('%s comes to the same in a thread', async (_, text) => {
  const expected = await outcomeOf(() => parsePolicy(text, 'p.yaml', names))
  expect(await outcomeOf(async () => parsePolicyAside(text, 'p.yaml', names))).toEqual(expected)
})

test('10,000 statements hold nothing up for as long as they take to be read', async () => {
  const statement = (at: number) =>
    `      - { operations: [use], objects: { name: ['n-${at}'] } }\n`
  const list = Array.from({ length: 10_000 }, (_, at) => statement(at)).join('')
  const text = `version: 1\nnamespaces:\n  payments:\n    allow:\n${list}`
  let latest = performance.now()
  let longest = 0
  const begun = latest
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - latest)
    latest = now
  }, 1)
  try {
    const { counts } = await parsePolicyAside(text, 'p.yaml', names)
    expect(counts.statements).toBe(10_000)
  } finally {
    clearInterval(timer)
  }
  const whole = performance.now() - begun
  expect(Math.max(longest, performance.now() - latest)).toBeLessThan(whole / 2)
}, 60_000)

test('the built program does so, too: what a thread runs refers to nothing that it has not', async () => {
  const built = new URL('../../dist/config/policy-file.js', import.meta.url).href
  const program = `const { parsePolicyAside } = await import(${JSON.stringify(built)})
    const names = { client: () => 'c', namespace: () => 'n' }
    const text = ${JSON.stringify(allow('{ operations: [use] }'))}
    process.stdout.write(String((await parsePolicyAside(text, 'p.yaml', names)).counts.statements))`
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
  expect(stdout).toBe('1')
}, 60_000)
