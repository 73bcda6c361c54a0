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

/**
 * Measures the built server by turns with one that tells its audit nothing of requests. Each kind of request has servers
 * of its own, which live for less than a minute: then they would begin to verify their logs, as they do once a day.
 */
export async function measureAuditCost(options: ServerBenchOptions = {}): Promise<AuditCostRow[]> {
  const rows: AuditCostRow[] = []
  for (const operation of MEASURED) {
    const row = await measureOperation(operation, options)
    rows.push(row)
    console.info(`audit costs ${operation} ${(100 * row.cost).toFixed(1)} %`)
  }
  return rows
}

async function measureOperation(
  operation: string,
  { milliseconds = 1_500, rounds = 9 }: ServerBenchOptions,
): Promise<AuditCostRow> {
  await using unaudited = await startSubject(operation, buildUnaudited())
  await using audited = await startSubject(operation)
  const results = { audited: [] as LoadResult[], unaudited: [] as LoadResult[] }
  const load = { audited, unaudited }
  for (let round = 0; round < rounds; round += 1) {
    // Whatever a load leaves behind for the next one is each other's in turn.
    const order = round % 2 === 0 ? AUDITED_FIRST : UNAUDITED_FIRST
    for (const each of order) results[each].push(await loadOn(load[each], milliseconds))
  }
  return {
    operation,
    cost: costOf(results),
    audited: figuresOf(results.audited),
    unaudited: figuresOf(results.unaudited),
  }
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
  readonly work: Work
}

async function startSubject(operation: string, program?: string): Promise<Subject> {
  const site = await createSite({ program })
  const { port } = await site.start()
  const credentials = await site.addClient('bench')
  const client = await connectClient(port, credentials)
  const works = await worksOf(client)
  client.close()
  const work = works.find((each) => each.operation === operation)
  if (work === undefined) throw new RangeError(`nothing is asked as ${operation}`)
  return {
    ...{ port, credentials, work },
    async [Symbol.asyncDispose]() {
      site[Symbol.dispose]()
      return Promise.resolve()
    },
  }
}

async function loadOn(
  { port, credentials, work }: Subject,
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
const AUDITED_FIRST = ['audited', 'unaudited'] as const
const UNAUDITED_FIRST = ['unaudited', 'audited'] as const
const MEASURED = ['Get', 'Locate by Name', 'Create', 'Register']
