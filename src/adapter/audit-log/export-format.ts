import { readAuditLine, type AuditEntry } from '../../model/audit-entry.ts'
import type { LogEntry } from './entry-reader.ts'

/** Writes an entry as one line, without the line break; undefined for a line that is no entry. */
export type ExportFormat = (entry: LogEntry) => string | undefined

/** JSON, with the index of the entry before what the entry says. What is not of an entry is left out. */
export const jsonLine: ExportFormat = ({ index, text }) => {
  const entry = readAuditLine(text)
  return entry === undefined ? undefined : JSON.stringify({ index, ...entry })
}

/**
 * Makes what writes the Common Event Format, version 0.
 *
 * @param version - of this program
 */
export function cefFormat(version: string): ExportFormat {
  return ({ index, text }) => {
    const entry = readAuditLine(text)
    if (entry === undefined) return undefined
    const name = entry.operation ?? entry.kind
    const head = ['CEF:0', 'kmipd', 'kmipd', version, entry.kind, name, severityOf(entry)]
    return `${head.map(headText).join('|')}|${extensionOf(index, entry)}`
  }
}

/** From 0 to 10. */
function severityOf({ result }: AuditEntry): string {
  if (result === 'failed' || result === 'undone') return '5'
  return result === 'unknown' ? '7' : '3'
}

/** Keys of the standard's dictionary where there is one that means it, and custom strings with their labels otherwise. */
function extensionOf(index: number, entry: AuditEntry): string {
  const { detail, object } = entry
  const members: readonly (readonly [string, string | number | undefined])[] = [
    ['rt', Date.parse(entry.time)],
    ['externalId', index],
    ['act', entry.operation],
    ['outcome', entry.result],
    ['reason', entry.reason],
    ['suid', entry.client],
    ['suser', entry.name],
    ['spriv', entry.role],
    ...addressMembers(entry.address),
    ['in', entry.bytes],
    ...custom('cs1', 'namespace', entry.namespace),
    ...custom('cs2', 'object', typeof object === 'string' ? object : object?.join(' ')),
    ...custom('cs3', 'rule', entry.rule),
    ...custom('cs4', 'tls', entry.tls),
    ...custom('cs5', 'boot', runOf(entry)),
    ...custom('cs6', 'approval', entry.approval),
    ...custom('flexString1', 'revision', entry.revision),
    ['msg', detail === undefined ? undefined : JSON.stringify(detail)],
  ]
  return members
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${extensionText(value)}`]))
    .join(' ')
}

function custom(key: string, label: string, value: string | undefined) {
  if (value === undefined) return []
  return [[key, value] as const, [`${key}Label`, label] as const]
}

function addressMembers(address: string | undefined) {
  const parts = /^\[?(.+?)\]?:(\d+)$/.exec(address ?? '')
  if (parts === null) return []
  const [, host = '', port = ''] = parts
  return [[host.includes(':') ? 'c6a2' : 'src', host] as const, ['spt', port] as const]
}

/** What tells an intent's outcome: the run of the server, and the place in it. */
function runOf({ boot, op, connection, item }: AuditEntry): string | undefined {
  const parts = [boot, op, connection, item].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join('/')
}

function headText(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(LINE_BREAKS, ' ')
}

function extensionText(value: string | number): string {
  return String(value).replace(/[\\=]/g, '\\$&').replace(LINE_BREAKS, '\\n')
}

const LINE_BREAKS = /\r\n|[\r\n\u2028\u2029]/g
