import { writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { measureCodec, tableOfCodec } from './codec.ts'
import { measureRepository, repositoryTable } from './repository.ts'
import {
  measureGrowth,
  measureServer,
  type Figures,
  type GrowthRow,
  type ServerRow,
} from './server.ts'

/** Runs the benchmarks and writes their report. `--quick` measures for a tenth of the time, for a look. */
export async function main(args: readonly string[], report: URL): Promise<number> {
  const isQuick = args.includes('--quick')
  const before = loadavg()[0] ?? NaN
  const rows = await measureServer(isQuick ? { milliseconds: 700, rounds: 1 } : {})
  const growth = await measureGrowth(isQuick ? [1_000, 10_000] : undefined)
  const codec = tableOfCodec(measureCodec(isQuick ? 0.5 : 2))
  const repository = repositoryTable(
    isQuick ? await measureRepository([1_000, 10_000], 300) : await measureRepository(),
  )
  writeFileSync(report, textOf({ rows, growth, repository, codec, before }))
  console.info(`written: ${report.pathname}`)
  return 0
}

interface Report {
  readonly rows: readonly ServerRow[]
  readonly growth: readonly GrowthRow[]
  readonly repository: string
  readonly codec: string
  /** Load of the machine before it began. */
  readonly before: number
}

function textOf({ rows, growth, repository, codec, before }: Report): string {
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- --quick\` takes less time and says less. Figures depend on the machine
and on what else it does; ratios to the echo, taken in the same run, depend on it less.

Machine: ${cpus().length} × ${processor?.model ?? 'unknown'}, ${memory} GB, Node ${process.versions.node}, load before
the run ${before.toFixed(1)}. The server, the echo and the load each have a process of their own and share the machine.

## The server beside a bare node:tls echo of the same sizes

${table(['operation', 'connections', 'of the echo', 'per second', 'p50 / p99 ms', 'echo per second', 'bytes'], rows.map(serverCells))}

## Among more objects, at eight connections

${table(['objects', 'Locate by Name', 'p50 / p99 ms', 'Create', 'p50 / p99 ms'], growth.map(growthCells))}

## The repository over LevelDB, without a network

Microseconds of processor time of all threads, and the median of the time that passes, one request at a time.

${repository}

## The binary codec, one core

${codec}
`
}

function serverCells({ operation, connections, ratio, server, echo, bytes }: ServerRow): string[] {
  const share = `${(100 * ratio).toFixed(0)} %`
  const sizes = bytes.join(' → ')
  return [operation, String(connections), share, rate(server), times(server), rate(echo), sizes]
}

function growthCells({ objects, locate, create }: GrowthRow): string[] {
  return [
    objects.toLocaleString('en'),
    `${rate(locate)}/s`,
    times(locate),
    `${rate(create)}/s`,
    times(create),
  ]
}

function rate({ perSecond }: Figures): string {
  return Math.round(perSecond).toLocaleString('en')
}

function times({ p50, p99 }: Figures): string {
  return `${p50.toFixed(2)} / ${p99.toFixed(2)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
