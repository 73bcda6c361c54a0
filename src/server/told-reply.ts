import { KmipFault } from '../fault/fault.ts'
import type { MessageAudit } from './audit/message-audit.ts'
import type { Reply } from './handler.ts'

/** The answer, once all that was done for it outlives the process; none where it does not. */
export async function whenTold(
  reply: Reply | undefined,
  audit: MessageAudit,
): Promise<Reply | undefined> {
  try {
    await audit.written()
    return reply
  } catch (error) {
    reply?.bytes.fill(0)
    if (error instanceof KmipFault) return undefined
    throw error
  }
}
