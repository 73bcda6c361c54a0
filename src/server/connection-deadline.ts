import type { FramerStage } from '../ttlv/framer.ts'
import type { Deadlines, TransportLimits } from './limits.ts'

/** What a connection waits for: more of a message, our own work, or the peer. */
export type Phase = FramerStage | 'handling' | 'sending' | 'closing'

interface Wait {
  readonly deadline: keyof Deadlines
  /** What the log says when it was too long. */
  readonly reason: string
}

/** A request under way has no deadline here. */
const WAITS: Readonly<Record<Exclude<Phase, 'ready' | 'handling'>, Wait>> = {
  idle: { deadline: 'idle', reason: 'idle' },
  header: { deadline: 'header', reason: 'slow header' },
  body: { deadline: 'body', reason: 'slow body' },
  sending: { deadline: 'unsent', reason: 'answer not read' },
  closing: { deadline: 'linger', reason: 'close not answered' },
}

/**
 * Why a connection has waited too long, if it has.
 *
 * @param elapsed - milliseconds in this phase
 * @param received - bytes of the message that is coming in
 */
export function overdue(
  phase: Phase,
  elapsed: number,
  received: number,
  { deadlines, bodyRate }: TransportLimits,
): string | undefined {
  if (phase === 'ready' || phase === 'handling') return undefined
  const { deadline, reason } = WAITS[phase]
  if (elapsed > deadlines[deadline]) return reason
  const judged = elapsed - bodyRate.afterMs
  const expected = (judged / 1_000) * bodyRate.perSecond
  return phase === 'body' && judged > 0 && received < expected ? reason : undefined
}
