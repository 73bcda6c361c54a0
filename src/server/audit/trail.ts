import { KmipFault } from '../../fault/fault.ts'
import { auditLine, auditText, type AuditEntry } from '../../model/audit-entry.ts'
import type { AuditLog } from '../../port/audit.ts'
import type { JournalLog } from '../../port/store.ts'
import { asFault } from './as-fault.ts'

/** A log that tells how long it is. */
export interface SizedLog extends AuditLog {
  /** Entries so far; those of this turn of the event loop need not be counted. */
  readonly size: number
}

export interface TrailOptions {
  readonly log: SizedLog
  /** The moment, in RFC 3339 in UTC with milliseconds. */
  readonly time: () => string
  /** Tells this run of the server from every other. */
  readonly boot: string
}

/** What is told of in a line that is not one of many. */
export type AuditEvent = Omit<AuditEntry, 'kind' | 'time' | 'boot'> & {
  /** An event where it is absent. */
  readonly kind?: AuditEntry['kind']
}

/**
 * The one way into the audit log. While the log cannot be written nothing is let in but outcomes of what was done before
 * that: they are kept, and go first when it can be written again.
 */
export class AuditTrail implements JournalLog {
  readonly #options: TrailOptions
  readonly #boot: string
  #op = 0
  /** The last beginning of a line: many are made in one millisecond. */
  #begun: { readonly kind?: AuditEntry['kind']; readonly time: string; readonly text: string } = {
    time: '',
    text: '',
  }
  /** Outcomes that the log has not taken yet. */
  readonly #owed: Uint8Array[] = []
  #isBroken = false
  /** The last promise of the log, whose end is looked for. */
  #followed: Promise<void> | undefined

  constructor(options: TrailOptions) {
    this.#options = options
    this.#boot = `,"boot":${auditText(options.boot)},"op":`
  }

  get size(): number {
    return this.#options.log.size
  }

  /** The beginning of a line, up to the members that come behind `time`. */
  begin(kind: AuditEntry['kind']): string {
    const time = this.#options.time()
    const last = this.#begun
    if (time !== last.time || kind !== last.kind) {
      this.#begun = { kind, time, text: `{"kind":"${kind}","time":"${time}"` }
    }
    return this.#begun.text
  }

  /** The number of what is asked next. */
  number(): number {
    this.#op += 1
    return this.#op
  }

  /** The members `boot` and `op` of what is asked next. */
  next(): string {
    return this.#boot + String(this.number())
  }

  /** Takes in a line. Throws `UNAVAILABLE` while lines cannot be written. */
  write(line: string): void {
    try {
      this.#pay()
      this.#options.log.append(line)
    } catch (fault) {
      this.#isBroken = true
      throw fault
    }
  }

  /** Takes in a line of its own. Throws `UNAVAILABLE` while lines cannot be written. */
  tell(event: AuditEvent): void {
    const { boot, time } = this.#options
    this.write(auditLine({ ...event, kind: event.kind ?? 'event', time: time(), boot }))
  }

  append(line: Uint8Array): void {
    this.#owed.push(line)
    try {
      this.#pay()
    } catch {
      this.#isBroken = true
    }
  }

  /** Resolves once all lines so far outlive the process. Throws `UNAVAILABLE`. */
  // eslint-disable-next-line @typescript-eslint/promise-function-async -- all who wait share one promise
  written(): Promise<void> {
    try {
      this.#pay()
    } catch (fault) {
      this.#isBroken = true
      return Promise.reject(asFault(fault))
    }
    const written = this.#options.log.written()
    if (written !== this.#followed) {
      this.#followed = written
      written.catch(() => {
        this.#isBroken = true
      })
    }
    return written
  }

  async synced(): Promise<void> {
    this.#pay()
    await this.#options.log.synced()
  }

  /** Whether lines can be written, as far as is known: asked before anything is done that has to be told. */
  get isOpen(): boolean {
    return !this.#isBroken
  }

  /** Whether lines that could not be written can be now. */
  async reopen(): Promise<boolean> {
    try {
      this.#pay()
      await this.#options.log.written()
      this.#isBroken = false
      return true
    } catch (fault) {
      if (fault instanceof KmipFault) return false
      throw fault
    }
  }

  #pay(): void {
    for (let line = this.#owed[0]; line !== undefined; line = this.#owed[0]) {
      this.#options.log.append(line)
      this.#owed.shift()
    }
  }
}
