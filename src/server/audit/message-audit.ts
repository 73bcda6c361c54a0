import type { FaultCode } from '../../fault/fault-code.ts'
import type { AuditKind } from '../../model/audit-entry.ts'
import type { Identity } from '../../model/identity.ts'
import type { Version } from '../../schema/version.ts'
import type { OperationName } from '../../spec/operation.ts'
import type { Peer } from '../handler.ts'
import { asFault } from './as-fault.ts'
import { ItemAudit, type ItemLines } from './item-audit.ts'
import { NOBODY_CONNECTED, type Party } from './party.ts'
import { reasonName } from './reason-name.ts'
import type { AuditTrail } from './trail.ts'

/** What is told of one message. Nothing here throws but {@link written}: the message is not answered where it does. */
export class MessageAudit implements ItemLines {
  readonly #trail: AuditTrail
  readonly #party: Party
  readonly #identity: Identity
  /** Why a line was not taken, if one was not. */
  #fault: Error | undefined

  constructor(
    trail: AuditTrail,
    { identity, party = NOBODY_CONNECTED }: Pick<Peer, 'identity' | 'party'>,
  ) {
    this.#trail = trail
    this.#party = party
    this.#identity = identity
  }

  /** The same for what is done after the message was answered. */
  later(): MessageAudit {
    return new MessageAudit(this.#trail, { identity: this.#identity, party: this.#party })
  }

  /**
   * Begins to tell of one batch item.
   *
   * @param place - in its batch, first 0
   * @param operation - its name; undefined where it was not understood
   */
  item(place: number, operation: OperationName | undefined, version: Version): ItemAudit {
    const members =
      `${this.#trail.next()}${this.#party.membersOf(this.#identity, place)}` +
      `,"operation":"${operation ?? NOT_UNDERSTOOD}"`
    const rule = `role ${this.#identity.role}`
    return new ItemAudit(this, { members, rule, operation, version })
  }

  /** Tells of a message that was refused as a whole. */
  refused(code: FaultCode, version: Version): void {
    const members = `${this.#trail.next()}${this.#party.membersOf(this.#identity)}`
    const reason = `"${reasonName(code, version)}"`
    this.append(
      `${this.begin('operation')}${members},"operation":"Message","result":"failed","reason":${reason}}`,
    )
  }

  /** Tells that the answer of an item was too large to be given. */
  dropped(place: number): void {
    const members = `${this.#trail.next()}${this.#party.membersOf(this.#identity, place)}`
    this.append(
      `${this.begin('event')}${members},"operation":"Answer","result":"failed","reason":"ResponseTooLarge"}`,
    )
  }

  begin(kind: AuditKind): string {
    return this.#trail.begin(kind)
  }

  append(line: string): void {
    if (this.#fault !== undefined) return
    try {
      this.#trail.write(line)
    } catch (fault) {
      this.#fault = asFault(fault)
    }
  }

  /** Resolves once all that was told outlives the process. Throws `UNAVAILABLE`. */
  // eslint-disable-next-line @typescript-eslint/promise-function-async -- all who wait share one promise
  written(): Promise<void> {
    return this.#fault === undefined ? this.#trail.written() : Promise.reject(this.#fault)
  }
}

/** In the place of the name of an operation. */
const NOT_UNDERSTOOD = 'Unknown'
