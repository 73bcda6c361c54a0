import { once } from 'node:events'
import type { LogEntry } from '../../adapter/audit-log/entry-reader.ts'
import { auditPlaceOptions } from '../audit-place.ts'
import { defineCommand, type Given } from '../define-command.ts'
import { CommandFailure, wrongUsage } from '../failure.ts'
import { choiceOption, numberOption, textOption } from '../option.ts'
import { print, warn } from '../output.ts'
import { VERSION } from '../version.ts'

const COUNT = { least: 0, most: 999_999_999_999_999 }

const OPTIONS = {
  ...auditPlaceOptions,
  format: choiceOption('format', 'form of an entry: jsonl or cef [default: jsonl]', [
    'jsonl',
    'cef',
  ]),
  from: numberOption('from', 'number of the first entry [default: 0]', COUNT),
  to: numberOption('to', 'number of the first entry that is left out [default: none]', COUNT),
  output: textOption('output', 'new file to write to [default: standard output]'),
  syslog: textOption('syslog', 'collector: udp://HOST:PORT, tcp://HOST:PORT or unix:PATH'),
} as const

/** `kmipd audit export` */
export const auditExportCommand = defineCommand({
  command: 'export',
  describe: 'Write the entries of an audit log for other programs, to a file or to syslog',
  options: OPTIONS,
  example: [
    '$0 audit export --data ./data --format cef --syslog tcp://192.0.2.7:601',
    'send everything to a collector',
  ],
  async run(options) {
    const { auditPlace } = await import('../audit-place.ts')
    const { EntryReader } = await import('../../adapter/audit-log/entry-reader.ts')
    const { cefFormat, jsonLine } = await import('../../adapter/audit-log/export-format.ts')
    const { format, from = 0, to = Infinity } = options
    const toLine = format === 'cef' ? cefFormat(VERSION) : jsonLine
    const reader = new EntryReader(auditPlace(options), from)
    const target = await openTarget(options)
    let count = 0
    let strange = 0
    for (const entry of reader.read()) {
      if (entry.index >= to) break
      const line = toLine(entry)
      if (line === undefined) strange += 1
      else await target.write(line, entry)
      count += 1
    }
    await target.end()
    if (strange > 0) warn(`${strange} lines are no entries, and were left out`)
    if (target.isSilent) print(`${count - strange} entries exported`)
  },
})

interface Target {
  /** Whether standard output is free to say something on. */
  readonly isSilent: boolean
  write(line: string, entry: LogEntry): Promise<void>
  end(): Promise<void>
}

async function openTarget(options: Given<typeof OPTIONS>): Promise<Target> {
  const { output, syslog } = options
  if (output !== undefined && syslog !== undefined)
    throw wrongUsage('give one of --output and --syslog')
  if (syslog !== undefined) return syslogTarget(syslog)
  return output === undefined ? standardOutput() : fileTarget(output)
}

function standardOutput(): Target {
  return {
    isSilent: false,
    async write(line) {
      if (process.stdout.write(`${line}\n`)) return
      await once(process.stdout, 'drain')
    },
    end: async () => Promise.resolve(),
  }
}

async function fileTarget(path: string): Promise<Target> {
  const { open } = await import('node:fs/promises')
  const { codeOf } = await import('../../adapter/data-directory.ts')
  const refused = (error: unknown): never => {
    throw new CommandFailure(`${path} cannot be written (${codeOf(error)})`)
  }
  const file = await open(path, 'wx', 0o600).catch(refused)
  let lines: string[] = []
  const flush = async () => {
    const text = lines.join('')
    lines = []
    await file.writeFile(text).catch(refused)
  }
  return {
    isSilent: true,
    async write(line) {
      lines.push(`${line}\n`)
      if (lines.length >= LINES_AT_ONCE) await flush()
    },
    async end() {
      await flush()
      await file.close()
    },
  }
}

async function syslogTarget(text: string): Promise<Target> {
  const { openSyslog, parseSyslogTarget, syslogMessage } =
    await import('../../adapter/audit-log/syslog.ts')
  const { readAuditLine } = await import('../../model/audit-entry.ts')
  const { hostname } = await import('node:os')
  const place = parseSyslogTarget(text)
  if (place === undefined) {
    throw wrongUsage(`--syslog takes udp://HOST:PORT, tcp://HOST:PORT or unix:PATH, not '${text}'`)
  }
  const sender = await openSyslog(place)
  const host = hostname()
  return {
    isSilent: true,
    async write(line, entry) {
      await sender.send(syslogMessage(line, host, readAuditLine(entry.text)?.time ?? '-'))
    },
    end: async () => sender.close(),
  }
}

const LINES_AT_ONCE = 1_000
