import type { LoadResult } from './tls-load.ts'

/** Requests a second; latencies in milliseconds. */
export type Figures = Pick<LoadResult, 'perSecond' | 'p50' | 'p99'>

/** The medians of several rounds. */
export function figuresOf(results: readonly LoadResult[]): Figures {
  const middle = (of: (result: LoadResult) => number): number =>
    results.map(of).sort((a, b) => a - b)[Math.floor(results.length / 2)] ?? NaN
  return {
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
  }
}

export function rate({ perSecond }: Figures): string {
  return Math.round(perSecond).toLocaleString('en')
}

export function times({ p50, p99 }: Figures): string {
  return `${p50.toFixed(2)} / ${p99.toFixed(2)}`
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
