/** How an operation, or a call of the admin API, ended. */
export type AuditResult = 'success' | 'failed' | 'pending' | 'undone' | 'unknown'

/**
 * What an entry tells of:
 *
 * - `intent`: something is about to be changed;
 * - `outcome`: how that ended;
 * - `operation`: something that changed nothing, with how it ended, in one entry;
 * - `event`: what happened to the server or came from whoever runs it.
 */
export type AuditKind = 'intent' | 'outcome' | 'operation' | 'event'

/** What stands under `detail`: flat, and never anything that was sealed. */
export type AuditDetail = Readonly<Record<string, string | number | boolean>>

/** An entry of the audit log. What is not named here is never written, and never exported. */
export interface AuditEntry {
  readonly kind: AuditKind
  /** RFC 3339 in UTC, with milliseconds. */
  readonly time: string
  /** Tells one run of the server from another. */
  readonly boot?: string | undefined
  /** Counts what was asked in this run; an intent and its outcome have the same. */
  readonly op?: number | undefined
  /** Counts the connections of this run. */
  readonly connection?: number | undefined
  /** Place in its batch, first 0. */
  readonly item?: number | undefined
  /** Identifier of the client. */
  readonly client?: string | undefined
  /** What the client is called. */
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly role?: string | undefined
  /** Of the peer, as in `192.0.2.1:50000`. */
  readonly address?: string | undefined
  /** Version and suite of TLS. */
  readonly tls?: string | undefined
  /** Operation of KMIP, call of the admin API, or what happened. */
  readonly operation?: string | undefined
  /** Unique Identifiers that it was about. */
  readonly object?: string | readonly string[] | undefined
  /** Which rule decided whether it was allowed. */
  readonly rule?: string | undefined
  readonly result?: AuditResult | undefined
  /** Result Reason, by its name. */
  readonly reason?: string | undefined
  /** Of the policy that decided, in decimal digits; absent where none was ever laid down. */
  readonly revision?: string | undefined
  /** Length of the data that it was about. */
  readonly bytes?: number | undefined
  /** Identifier of the approval that it was done under, or waits for. */
  readonly approval?: string | undefined
  readonly detail?: AuditDetail | undefined
}

/**
 * Writes an entry as the log holds it: JSON on one line, without the line break, its members in the order of
 * {@link AuditEntry}.
 */
export function auditLine(entry: AuditEntry): string {
  let line = `{"kind":"${entry.kind}","time":"${entry.time}"`
  line += textMember(',"boot":', entry.boot)
  line += numberMember(',"op":', entry.op)
  line += numberMember(',"connection":', entry.connection)
  line += numberMember(',"item":', entry.item)
  line += textMember(',"client":', entry.client)
  line += textMember(',"name":', entry.name)
  line += textMember(',"namespace":', entry.namespace)
  line += textMember(',"role":', entry.role)
  line += textMember(',"address":', entry.address)
  line += textMember(',"tls":', entry.tls)
  line += textMember(',"operation":', entry.operation)
  line += objectMember(entry.object)
  line += textMember(',"rule":', entry.rule)
  line += textMember(',"result":', entry.result)
  line += textMember(',"reason":', entry.reason)
  line += textMember(',"revision":', entry.revision)
  line += numberMember(',"bytes":', entry.bytes)
  line += textMember(',"approval":', entry.approval)
  if (entry.detail !== undefined) line += `,"detail":${JSON.stringify(entry.detail)}`
  return `${line}}`
}

/** A text as JSON writes it, for whoever writes parts of a line in advance. */
export function auditText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/**
 * Reads a line of the log. Members that are not those of an entry, or not of their kind, are left out, as later versions
 * may write more; undefined for what is no entry at all.
 */
export function readAuditLine(line: string): AuditEntry | undefined {
  const members = membersOf(line)
  const kind = KINDS.find((each) => each === members?.['kind'])
  const time = members?.['time']
  if (members === undefined || kind === undefined || typeof time !== 'string') return undefined
  const text = (name: string) => textOf(members[name])
  const number = (name: string) => numberOf(members[name])
  return {
    kind,
    time,
    boot: text('boot'),
    op: number('op'),
    connection: number('connection'),
    item: number('item'),
    client: text('client'),
    name: text('name'),
    namespace: text('namespace'),
    role: text('role'),
    address: text('address'),
    tls: text('tls'),
    operation: text('operation'),
    object: objectOf(members['object']),
    rule: text('rule'),
    result: RESULTS.find((each) => each === members['result']),
    reason: text('reason'),
    revision: text('revision'),
    bytes: number('bytes'),
    approval: text('approval'),
    detail: detailOf(members['detail']),
  }
}

function textMember(head: string, text: string | undefined): string {
  return text === undefined ? '' : head + auditText(text)
}

function numberMember(head: string, number: number | undefined): string {
  return number === undefined ? '' : `${head}${number}`
}

function objectMember(object: AuditEntry['object']): string {
  if (object === undefined) return ''
  if (typeof object === 'string') return `,"object":${auditText(object)}`
  return `,"object":${JSON.stringify(object)}`
}

function membersOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function objectOf(value: unknown): AuditEntry['object'] {
  if (!Array.isArray(value)) return textOf(value)
  return value.filter((each): each is string => typeof each === 'string')
}

function detailOf(value: unknown): AuditDetail | undefined {
  if (!isRecord(value)) return undefined
  const kept = Object.entries(value).filter(
    (member): member is [string, string | number | boolean] =>
      ['string', 'number', 'boolean'].includes(typeof member[1]),
  )
  return Object.fromEntries(kept)
}

/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/
const KINDS: readonly AuditKind[] = ['intent', 'outcome', 'operation', 'event']
const RESULTS: readonly AuditResult[] = ['success', 'failed', 'pending', 'undone', 'unknown']
