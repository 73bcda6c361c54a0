import { auditText, type AuditKind, type AuditResult } from '../../model/audit-entry.ts'
import type { KmipFault } from '../../fault/fault.ts'
import type { Journal } from '../../port/store.ts'
import type { Version } from '../../schema/version.ts'
import type { OperationName } from '../../spec/operation.ts'
import { reasonName } from './reason-name.ts'

/** How a batch item ended, as far as the audit tells it. */
export interface AuditedOutcome {
  readonly fault?: KmipFault | undefined
  /** Of objects that it has made or found. */
  readonly identifiers?: readonly string[] | undefined
  readonly isUndone?: boolean
  /** It is still to be done. */
  readonly pending?: Uint8Array
}

/** What is known of an item before it is carried out. */
export interface AuditedItem {
  /** The members of its lines from `boot` to `operation`. */
  readonly members: string
  /** What decides about it where nothing else does. */
  readonly rule: string
  readonly operation: OperationName | undefined
  readonly version: Version
}

/** Writes what was read and is to be stored: as {@link UnitOfWork.commit}. */
export type CommitJournal = (journal: Journal) => Promise<'done' | 'conflict'>

/** Takes the lines of an item. Nothing here throws but `written`. */
export interface ItemLines {
  /** The beginning of a line, up to the members that come behind `time`. */
  begin(kind: AuditKind): string
  append(line: string): void
  /** Resolves once all that was told outlives the process. Throws `UNAVAILABLE`. */
  written(): Promise<void>
}

/** Something that rules decide about. */
export interface Ruled {
  /** The last decision. */
  readonly decision: { readonly rule: string } | undefined
}

/** How far the telling is: nothing was told, an intent was, what it is of is being stored, or the end was. */
type Phase = 'fresh' | 'intended' | 'committing' | 'ended'

/**
 * The lines of one batch item: one `operation` where it changes nothing, and otherwise an `intent` before it does and an
 * `outcome` after.
 */
export class ItemAudit {
  /** What decides where no rule of a policy has. */
  rule: string
  /** Knows which rule decided, as soon as one has. */
  ruled: Ruled | undefined
  /** Bytes of the data that it is about; none are told of where there are none. */
  bytes = 0
  /** Of the policy that decides, where one was laid down. */
  revision: string | undefined
  /** The approval that it is done under, or waits for. */
  approval: string | undefined
  readonly #message: ItemLines
  readonly #item: AuditedItem
  readonly #objects: string[] = []
  /** What the item has named last, as long as it is not known whether it is there. */
  #named: string | undefined
  /** What was told of the intent, and its line. */
  #intent: string | undefined
  #intentLine = ''
  #phase: Phase = 'fresh'

  constructor(message: ItemLines, item: AuditedItem) {
    this.#message = message
    this.#item = item
    this.rule = item.rule
  }

  /** Takes note of an object that the item names, whether it is there or not. */
  name(identifier: string): string {
    if (identifier !== this.#named) this.#settleNamed()
    this.#named = identifier
    return identifier
  }

  /** Takes note of an object that is there, and that it has to do with. */
  readonly found = (identifier: string): void => {
    if (identifier === this.#named) this.#named = undefined
    else this.#settleNamed()
    if (!this.#objects.includes(identifier)) this.#objects.push(identifier)
  }

  /** What was named last is looked at only where it is not found: most of what is named is. */
  #settleNamed(): void {
    const named = this.#named
    if (named === undefined) return
    this.#named = undefined
    if (!this.#objects.includes(named) && isIdentifier(named)) this.#objects.push(named)
  }

  /** Tells that something is about to be done that no commit has in it. Throws `UNAVAILABLE`. */
  async announce(): Promise<void> {
    this.#settleNamed()
    this.#intend(this.#objects)
    await this.#message.written()
  }

  /** Stores what the item has changed, with its lines. Throws what `commit` throws, and `UNAVAILABLE` before that. */
  async commit(outcome: AuditedOutcome, commit: CommitJournal): Promise<'done' | 'conflict'> {
    return commitTogether(this.#message, [{ entry: this, outcome }], commit)
  }

  /** Tells of the intent; a second one only where it is about something else. */
  intend(outcome: AuditedOutcome): Uint8Array {
    return Buffer.from(this.#intend(this.#objectsOf(outcome)))
  }

  /** The line that tells of the end, for the store to give to the log. */
  committing(outcome: AuditedOutcome): Uint8Array {
    this.#phase = 'committing'
    return Buffer.from(this.#lineOf('outcome', outcome, resultOf(outcome)))
  }

  /** What was to be stored is stored, or met a conflict. */
  committed(isDone: boolean): void {
    this.#phase = isDone ? 'ended' : 'intended'
  }

  /** Tells of the end, unless the store has. */
  end(outcome: AuditedOutcome): void {
    if (this.#phase === 'ended') return
    const isUnknown = this.#phase === 'committing' && outcome.fault?.code === 'UNAVAILABLE'
    const kind = this.#phase === 'fresh' ? 'operation' : 'outcome'
    this.#phase = 'ended'
    this.#message.append(this.#lineOf(kind, outcome, isUnknown ? 'unknown' : resultOf(outcome)))
  }

  get isCommitting(): boolean {
    return this.#phase === 'committing'
  }

  #intend(objects: readonly string[]): string {
    const members = `${this.#item.members}${objectMember(objects)},"rule":${auditText(this.#rule)}${this.#basis}}`
    this.#phase = 'intended'
    if (members === this.#intent) return this.#intentLine
    this.#intent = members
    this.#intentLine = this.#message.begin('intent') + members
    this.#message.append(this.#intentLine)
    return this.#intentLine
  }

  get #rule(): string {
    return this.ruled?.decision?.rule ?? this.rule
  }

  /** What it is allowed by beside the rule, as far as an intent tells it. */
  get #basis(): string {
    const { revision, approval } = this
    const basis = revision === undefined ? '' : `,"revision":"${revision}"`
    return approval === undefined ? basis : `${basis},"approval":${auditText(approval)}`
  }

  #objectsOf({ identifiers }: AuditedOutcome): readonly string[] {
    this.#settleNamed()
    if (identifiers === undefined || identifiers.length === 0) return this.#objects
    const others = this.#objects.filter((each) => !identifiers.includes(each))
    return others.length === 0 ? identifiers : [...others, ...identifiers]
  }

  #lineOf(kind: AuditKind, outcome: AuditedOutcome, result: AuditResult): string {
    const { members, operation, version } = this.#item
    const { fault } = outcome
    const objects = this.#objectsOf(outcome)
    let line = this.#message.begin(kind) + members + objectMember(objects)
    line += `,"rule":${auditText(this.#rule)},"result":"${result}"`
    if (fault !== undefined) line += `,"reason":"${reasonName(fault.code, version, operation)}"`
    if (this.revision !== undefined) line += `,"revision":"${this.revision}"`
    if (this.bytes > 0) line += `,"bytes":${this.bytes}`
    if (this.approval !== undefined) line += `,"approval":${auditText(this.approval)}`
    return line + detailMember(outcome, objects.length)
  }
}

/** An item, and how it is to end if what it has changed is stored. */
export interface CommittedItem {
  readonly entry: ItemAudit
  readonly outcome: AuditedOutcome
}

/** Stores what several items have changed, in one commit that has the lines of all of them. Throws as {@link ItemAudit.commit}. */
export async function commitTogether(
  message: ItemLines,
  items: readonly CommittedItem[],
  commit: CommitJournal,
): Promise<'done' | 'conflict'> {
  const intents = items.map(({ entry, outcome }) => entry.intend(outcome))
  await message.written()
  const outcomes = items.map(({ entry, outcome }) => entry.committing(outcome))
  const done = await commit({ intents, outcomes })
  for (const { entry } of items) entry.committed(done === 'done')
  return done
}

function resultOf({ fault, isUndone, pending }: AuditedOutcome): AuditResult {
  if (fault !== undefined) return 'failed'
  if (isUndone === true) return 'undone'
  return pending === undefined ? 'success' : 'pending'
}

function objectMember(objects: readonly string[]): string {
  const [first] = objects
  if (first === undefined) return ''
  if (objects.length === 1) return `,"object":${auditText(first)}`
  return `,"object":[${objects.slice(0, MOST_OBJECTS).map(auditText).join(',')}]`
}

function detailMember({ pending }: AuditedOutcome, objects: number): string {
  if (pending !== undefined) {
    return `,"detail":{"correlation":${auditText(Buffer.from(pending).toString('latin1'))}}}`
  }
  return objects > MOST_OBJECTS ? `,"detail":{"objects":${objects}}}` : '}'
}

/**
 * What a client names may be anything, a password included: what is not found is told only where it is of the form of
 * the server's own identifiers.
 */
function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text)
}

const IDENTIFIER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Objects that one line names; how many there are is told where there are more. */
const MOST_OBJECTS = 16
