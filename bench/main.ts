import { writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { auditCostTable, measureAuditCost } from './audit-cost.ts'
import { auditTable, measureAudit } from './audit.ts'
import { authorisationTable, measureAuthorisation } from './authorisation.ts'
import { backupTable, measureBackup } from './backup.ts'
import { measureCodec, tableOfCodec } from './codec.ts'
import { measureCryptography, type CryptographyRow } from './cryptography.ts'
import { encodingTable, measureEncodings } from './encodings.ts'
import { measureFlood, type FloodFigures } from './key-pairs.ts'
import { measureToken, tableOfToken } from './pkcs11.ts'
import { measureRepository, repositoryTable } from './repository.ts'
import { rate, table, times } from './figures.ts'
import { measureRestart, restartTable } from './restart.ts'
import { measureRotation, rotationTable } from './rotation.ts'
import { measureGrowth, measureServer, type GrowthRow, type ServerRow } from './server.ts'

/** Runs the benchmarks and writes their report. `--quick` measures for a tenth of the time, for a look. */
export async function main(args: readonly string[], report: URL): Promise<number> {
  const isQuick = args.includes('--quick')
  const before = loadavg()[0] ?? NaN
  const rows = await measureServer(isQuick ? { milliseconds: 700, rounds: 1 } : {})
  const encodings = encodingTable(
    await measureEncodings(isQuick ? { milliseconds: 700, rounds: 1 } : {}),
  )
  const auditCost = auditCostTable(
    await measureAuditCost(isQuick ? { milliseconds: 700, rounds: 3 } : {}),
  )
  const authorisation = authorisationTable(measureAuthorisation())
  const growth = await measureGrowth(isQuick ? [1_000, 10_000] : undefined)
  const codec = tableOfCodec(measureCodec(isQuick ? 0.5 : 2))
  const cryptography = await measureCryptography(isQuick ? { milliseconds: 500, rounds: 1 } : {})
  const flood = await measureFlood(isQuick ? { milliseconds: 2_000, rounds: 1 } : {})
  const token = tableOfToken(await measureToken(isQuick ? 500 : 2_000))
  const stores = await measureStores(isQuick)
  writeFileSync(
    report,
    textOf({
      rows,
      encodings,
      auditCost,
      authorisation,
      growth,
      cryptography,
      flood,
      token,
      codec,
      ...stores,
      before,
    }),
  )
  console.info(`written: ${report.pathname}`)
  return 0
}

/** What a store takes that grows, is moved and is opened again. */
async function measureStores(isQuick: boolean): Promise<StoreReport> {
  return {
    repository: repositoryTable(
      isQuick ? await measureRepository([1_000, 10_000], 300) : await measureRepository(),
    ),
    backup: backupTable(await measureBackup(isQuick ? 2_000 : 100_000)),
    rotation: rotationTable(await measureRotation(isQuick ? 5_000 : 100_000)),
    audit: auditTable(await measureAudit(isQuick ? 100_000 : undefined)),
    restart: restartTable(await measureRestart(isQuick ? [0, 10_000] : undefined)),
  }
}

interface StoreReport {
  readonly repository: string
  readonly backup: string
  readonly rotation: string
  readonly restart: string
  readonly audit: string
}

interface Report extends StoreReport {
  readonly rows: readonly ServerRow[]
  readonly encodings: string
  readonly auditCost: string
  readonly authorisation: string
  readonly growth: readonly GrowthRow[]
  readonly cryptography: readonly CryptographyRow[]
  readonly flood: FloodFigures
  readonly token: string
  readonly codec: string
  /** Load of the machine before it began. */
  readonly before: number
}

function textOf(report: Report): string {
  const { rows, encodings, growth, cryptography, flood, token, repository, codec, backup, before } =
    report
  const [processor] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- --quick\` takes less time and says less. Figures depend on the machine
and on what else it does; ratios to the echo, taken in the same run, depend on it less.

Machine: ${cpus().length} × ${processor?.model ?? 'unknown'}, ${memory} GB, Node ${process.versions.node}, load before
the run ${before.toFixed(1)}. The server, the echo and the load each have a process of their own and share the machine.

## The server beside a bare node:tls echo of the same sizes

${table(['operation', 'connections', 'of the echo', 'per second', 'p50 / p99 ms', 'echo per second', 'bytes'], rows.map(serverCells))}

## Encodings at 32 connections that are kept

Bytes asked include the head of HTTP.

${encodings}

## What the audit costs at 32 connections

By turns with a server of the same commit that is made for this alone and tells its audit nothing of requests. The cost
is the median over pairs of rounds.

${report.auditCost}

## Deciding whether a request is allowed

Asking for the operation and deciding about its object, one core.

${report.authorisation}

## Among more objects, at eight connections

${table(['objects', 'Locate by Name', 'p50 / p99 ms', 'Create', 'p50 / p99 ms'], growth.map(growthCells))}

## Cryptographic operations at eight connections

Beside an echo of the same sizes, and beside one core with node:crypto alone: what the wire, KMIP and the rights of a
key add.

${table(['work', 'of the bare', 'per second', 'p50 / p99 ms', 'bare per second', 'echo per second'], cryptography.map(cryptographyCells))}

## Get at 32 connections while eight clients have RSA-4096 pairs made

${table(['', 'Get per second', 'p50 / p99 ms'], floodCells(flood))}

${flood.pairs.toFixed(1)} pairs were made a second.

## A PKCS#11 token (SoftHSM), uses in a second

${token}

## The repository over LevelDB, without a network

Microseconds of processor time of all threads, and the median of the time that passes, one request at a time.

${repository}

## A new key-encryption key, one reader beside it

${report.rotation}

## From the start of the program until it listens

Every entry of the store is read and proved before; the root key is in a file.

${report.restart}

## The audit log by itself

The time that passes; hashing and syncing are the work of another thread.

${report.audit}

## Backup and restore, without a server

The delay is that of a timer beside the work, at its longest: what a request may have to wait for.

${backup}

## The binary codec, one core

${codec}
`
}

function serverCells({ operation, connections, ratio, server, echo, bytes }: ServerRow): string[] {
  const share = `${(100 * ratio).toFixed(0)} %`
  const sizes = bytes.join(' → ')
  return [operation, String(connections), share, rate(server), times(server), rate(echo), sizes]
}

function cryptographyCells({ work, server, bare, echo }: CryptographyRow): string[] {
  const share = `${((100 * server.perSecond) / bare).toFixed(0)} %`
  const alone = Math.round(bare).toLocaleString('en')
  return [work, share, rate(server), times(server), alone, rate(echo)]
}

function floodCells({ calm, flooded }: FloodFigures): string[][] {
  return [
    ['without', rate(calm), times(calm)],
    ['with', rate(flooded), times(flooded)],
  ]
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
