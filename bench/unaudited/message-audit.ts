import type { MessageAudit as Audited } from '../../src/server/audit/message-audit.ts'
import { ItemAudit } from './item-audit.ts'

/** Stands in the place of the audit of a message, and tells nothing: for figures of what telling costs. */
export class MessageAudit implements Record<keyof Audited, unknown> {
  later(): this {
    return this
  }

  item(): ItemAudit {
    return new ItemAudit()
  }

  refused(): void {
    return undefined
  }

  dropped(): void {
    return undefined
  }

  begin(): string {
    return ''
  }

  append(): void {
    return undefined
  }

  async written(): Promise<void> {
    await DONE
  }
}

const DONE = Promise.resolve()
