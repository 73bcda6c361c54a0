import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCheckout, type Checkout } from './checkout.ts'

let checkout: Checkout
beforeEach(() => {
  checkout = createCheckout()
})
afterEach(() => {
  checkout.remove()
})

/** Replaces the steps; `counting` writes these results as vitest does. */
function steps(...rows: readonly string[]): void {
  checkout.write(
    'tools/steps.mjs',
    `import { writeFileSync } from 'node:fs'
const plain = (name, code = 0) => ({ name, perform: async () => code })
const setUp = (name, code) => ({ ...plain(name, code), setUp: true })
const counting = (name, results, code = 0) => ({
  name,
  counts: true,
  perform: async (file) => {
    if (results) writeFileSync(file, JSON.stringify(results))
    return code
  },
})
export const STEPS = [${rows.join(', ')}]
`,
  )
}

const lastLineOf = (text: string) => text.trimEnd().split('\n').at(-1)

describe('npm test', () => {
  test('ends with the totals of all runs', async () => {
    steps(
      "counting('one', { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0 })",
      "counting('two', { numPassedTests: 4, numFailedTests: 0, numPendingTests: 0 })",
    )
    const { code, stdout } = await checkout.run('test.mjs')
    expect(lastLineOf(stdout)).toBe('7 passed, 0 failed')
    expect(code).toBe(0)
  })

  test('names what was skipped, planned tests included', async () => {
    steps(
      "counting('one', { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 })",
    )
    expect(lastLineOf((await checkout.run('test.mjs')).stdout)).toBe(
      '3 passed, 0 failed, 2 skipped',
    )
  })

  test('goes on after a failed check, and fails at the end', async () => {
    steps("plain('lint', 1)", "counting('tests', { numPassedTests: 3 })")
    const { code, stdout } = await checkout.run('test.mjs')
    expect(stdout).toMatch(/lint .*FAILED \(1\)/)
    expect(lastLineOf(stdout)).toBe('3 passed, 0 failed')
    expect(code).toBe(1)
  })

  test('fails when a test failed', async () => {
    steps("counting('tests', { numPassedTests: 3, numFailedTests: 2 }, 1)")
    const { code, stdout } = await checkout.run('test.mjs')
    expect(lastLineOf(stdout)).toBe('3 passed, 2 failed')
    expect(code).toBe(1)
  })

  test('counts a run that broke off as a failure, whatever it had counted', async () => {
    steps("counting('one', undefined, 1)", "counting('two', { numPassedTests: 3 }, 1)")
    const { code, stdout } = await checkout.run('test.mjs')
    expect(lastLineOf(stdout)).toBe('3 passed, 2 failed')
    expect(code).toBe(1)
  })

  test('stops at a set-up that fails, and says what was not run', async () => {
    steps("setUp('build', 2)", "counting('tests', { numPassedTests: 3 })")
    const { code, stdout } = await checkout.run('test.mjs')
    expect(stdout).toContain('not run: tests')
    expect(lastLineOf(stdout)).toBe('0 passed, 0 failed')
    expect(code).toBe(1)
  })

  test('runs the steps that are named, and the set-up', async () => {
    steps("setUp('build')", "plain('lint')", "plain('types')")
    const { stdout } = await checkout.run('test.mjs', ['types'])
    expect(stdout).toContain('== build')
    expect(stdout).toContain('== types')
    expect(stdout).not.toContain('== lint')
  })

  test('refuses a step that there is not', async () => {
    steps("plain('lint')")
    const { code, stderr } = await checkout.run('test.mjs', ['lnit'])
    expect(stderr).toContain('lnit')
    expect(code).toBe(2)
  })
})
