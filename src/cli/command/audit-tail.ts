import type { LogEntry } from '../../adapter/audit-log/entry-reader.ts'
import type { AuditEntry } from '../../model/audit-entry.ts'
import { auditPlaceOptions } from '../audit-place.ts'
import { defineCommand } from '../define-command.ts'
import { jsonOption, numberOption } from '../option.ts'
import { print, tame } from '../output.ts'

/** `kmipd audit tail` */
export const auditTailCommand = defineCommand({
  command: 'tail',
  describe: 'Show the last entries of an audit log; nothing of it is proven by that',
  options: {
    ...auditPlaceOptions,
    lines: {
      ...numberOption('lines', 'how many entries [default: 20]', { least: 0, most: 1_000_000 }),
      alias: 'n',
    },
    follow: {
      type: 'boolean',
      alias: 'f',
      default: false,
      describe: 'show what is added, too, until it is interrupted',
    },
    json: { ...jsonOption, describe: 'print each entry as a line of JSON' },
  },
  example: ['$0 audit tail --data ./data -f', 'see what clients do'],
  async run(options) {
    const { auditPlace } = await import('../audit-place.ts')
    const { countEntries, EntryReader } = await import('../../adapter/audit-log/entry-reader.ts')
    const { jsonLine } = await import('../../adapter/audit-log/export-format.ts')
    const { readAuditLine } = await import('../../model/audit-entry.ts')
    const directory = auditPlace(options)
    const format = (entry: LogEntry) =>
      options.json ? jsonLine(entry) : textOf(entry.index, readAuditLine(entry.text))
    const from = Math.max(0, countEntries(directory) - (options.lines ?? LINES))
    const reader = new EntryReader(directory, from)
    do {
      for (const entry of reader.read()) print(format(entry) ?? `${entry.index} is no entry`)
    } while (options.follow && (await pause()))
  },
})

function textOf(index: number, entry: AuditEntry | undefined): string | undefined {
  if (entry === undefined) return undefined
  const { kind, time, name, client, address, operation, object, result, reason, detail } = entry
  const objects = typeof object === 'string' ? object : object?.join(' ')
  const parts = [
    ...[String(index), time, kind, name ?? client ?? '-', address, operation, objects],
    ...[result, reason, detail === undefined ? undefined : JSON.stringify(detail)],
  ]
  return tame(parts.filter((part) => part !== undefined).join('  '))
}

async function pause(): Promise<boolean> {
  const { setTimeout } = await import('node:timers/promises')
  return setTimeout(FOLLOW_MS, true)
}

const LINES = 20
const FOLLOW_MS = 300
