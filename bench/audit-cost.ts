import { figuresOf, rate, table, times, type Figures } from './figures.ts'
import { worksOf, type ServerBenchOptions, type Work } from './server.ts'
import { runLoadApart, type LoadResult } from './tls-load.ts'
import { buildUnaudited } from './unaudited/build.ts'
import { connectClient, type Credentials } from '../test/system/client.ts'
import { createSite } from '../test/system/server.ts'

/** What telling the audit takes of one kind of request, at {@link CONNECTIONS}. */
export interface AuditCostRow {
  readonly operation: string
  readonly audited: Figures
  readonly unaudited: Figures
  /** The part of the requests per second that it takes: the median over rounds. */
  readonly cost: number
}

/** Measures the built server by turns with one that tells its audit nothing of requests. */
export async function measureAuditCost(options: ServerBenchOptions = {}): Promise<AuditCostRow[]> {
  const { milliseconds = 1_500, rounds = 9 } = options
  await using audited = await startSubject()
  await using unaudited = await startSubject(buildUnaudited())
  const rows: AuditCostRow[] = []
  for (const [index, work] of audited.works.entries()) {
    const other = unaudited.works[index]
    if (other === undefined || !MEASURED.includes(work.operation)) continue
    const results = { audited: [] as LoadResult[], unaudited: [] as LoadResult[] }
    for (let round = 0; round < rounds; round += 1) {
      results.audited.push(await loadOn(audited, work, milliseconds))
      results.unaudited.push(await loadOn(unaudited, other, milliseconds))
    }
    const cost = costOf(results)
    const { operation } = work
    rows.push({
      ...{ operation, cost },
      audited: figuresOf(results.audited),
      unaudited: figuresOf(results.unaudited),
    })
    console.info(`audit costs ${operation} ${(100 * cost).toFixed(1)} %`)
  }
  return rows
}

/** The figures as a table in Markdown. */
export function auditCostTable(rows: readonly AuditCostRow[]): string {
  return table(
    [
      'operation',
      'cost',
      'audited per second',
      'p50 / p99 ms',
      'unaudited per second',
      'p50 / p99 ms',
    ],
    rows.map(({ operation, cost, audited, unaudited }) => [
      operation,
      `${(100 * cost).toFixed(1)} %`,
      ...[rate(audited), times(audited), rate(unaudited), times(unaudited)],
    ]),
  )
}

/** A server with objects, and what it is asked. */
interface Subject extends AsyncDisposable {
  readonly port: number
  readonly credentials: Credentials
  readonly works: readonly Work[]
}

async function startSubject(program?: string): Promise<Subject> {
  const site = await createSite({ program })
  const { port } = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(port, credentials)
  const works = await worksOf(client)
  client.close()
  return {
    ...{ port, credentials, works },
    async [Symbol.asyncDispose]() {
      site[Symbol.dispose]()
      return Promise.resolve()
    },
  }
}

async function loadOn(
  { port, credentials }: Subject,
  work: Work,
  milliseconds: number,
): Promise<LoadResult> {
  const requests = work.requests()
  return runLoadApart({ ...credentials, port, connections: CONNECTIONS, milliseconds, requests })
}

/** Rounds that stand side by side share what else the machine does. */
function costOf(results: {
  readonly audited: readonly LoadResult[]
  readonly unaudited: readonly LoadResult[]
}): number {
  const costs = results.audited.map(
    ({ perSecond }, round) => 1 - perSecond / (results.unaudited[round]?.perSecond ?? NaN),
  )
  return costs.sort((a, b) => a - b)[Math.floor(costs.length / 2)] ?? NaN
}

const CONNECTIONS = 32
const MEASURED = ['Get', 'Locate by Name', 'Create', 'Register']
