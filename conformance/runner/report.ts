import type { Result } from './run.ts'

/** Figures of a run. */
export interface Summary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly unexpected: number
}

export function summarise(results: readonly Result[]): Summary {
  const count = (...outcomes: readonly Result['outcome'][]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    passed: count('passed'),
    failed: count('failed', 'not run'),
    skipped: count('skipped'),
    unexpected: count('unexpected pass'),
  }
}

/** A result for people: one line, and for a failure its differences and the answer. */
export function textOfResult(result: Result): string {
  const { outcome, reason, step } = result
  const remark = reason === undefined ? '' : ` (${reason})`
  const head = `${outcome.padEnd(7)} ${result.case}${remark}`
  if (outcome === 'unexpected pass') return `${head}\n  take it off the list of skips`
  if (outcome !== 'failed') return head
  const at = step === undefined ? '' : ` step ${step}`
  const differences = (result.differences ?? []).flatMap((difference) => [
    `  ${difference.kind} at ${difference.path}`,
    `    expected ${difference.expected}`,
    `    got      ${difference.got}`,
  ])
  const answer = result.answer === undefined ? [] : ['  the answer was', indented(result.answer)]
  return [`${head}${at}`, ...differences, ...answer].join('\n')
}

/** The whole run as JSON, for tools. */
export function jsonOfResults(results: readonly Result[]): string {
  return `${JSON.stringify({ summary: summarise(results), results }, null, 2)}\n`
}

function indented(text: string): string {
  return text.replace(/^/gmu, '    ')
}
