import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STEPS } from './steps.mjs'

/**
 * Runs every step, or those that are named, each announced with its name and followed by its duration; set-up steps
 * always run. Ends with the totals of all tests, as in `12 passed, 0 failed, 1 skipped`.
 */
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map(nameOf).join(', ')}`)
  process.exitCode = 2
} else {
  process.exitCode = await perform(
    STEPS.filter(({ name, setUp }) => wanted.length === 0 || setUp || wanted.includes(name)),
  )
}

async function perform(steps) {
  const folder = mkdtempSync(join(tmpdir(), 'kmipd-test-'))
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const report = []
  for (const [index, step] of steps.entries()) {
    console.log(`\n== ${step.name}`)
    const started = performance.now()
    const results = join(folder, `${index}.json`)
    const code = await step.perform(results)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    report.push({ name: step.name, outcome: code === 0 ? 'ok' : `FAILED (${code})`, seconds })
    console.log(`== ${step.name}: ${report.at(-1).outcome} in ${seconds} s`)
    if (step.counts) add(totals, results, code)
    if (code !== 0 && step.setUp) break
  }
  rmSync(folder, { recursive: true })
  return summarise(steps, report, totals)
}

/** A run that failed without a failed test, as when a file cannot be loaded, counts as one failure. */
function add(totals, results, code) {
  const counted = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = counted
  totals.passed += numPassedTests
  totals.failed += code === 0 ? numFailedTests : Math.max(1, numFailedTests)
  totals.skipped += numPendingTests + numTodoTests
}

function summarise(steps, report, { passed, failed, skipped }) {
  console.log('')
  for (const { name, outcome, seconds } of report) {
    console.log(`${name.padEnd(14)} ${seconds.padStart(6)} s  ${outcome}`)
  }
  const left = steps.slice(report.length).map(nameOf)
  if (left.length > 0) console.log(`not run: ${left.join(', ')}`)
  const skips = skipped === 0 ? '' : `, ${skipped} skipped`
  console.log(`${passed} passed, ${failed} failed${skips}`)
  return left.length === 0 && report.every(({ outcome }) => outcome === 'ok') ? 0 : 1
}

function nameOf({ name }) {
  return name
}
