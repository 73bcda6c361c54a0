import type { ServerState, Condition } from '../server/state.ts'
import type { Audit } from './audit.ts'
import type { Core } from './core.ts'

/** A state and why it is that. */
interface Standing {
  readonly state: ServerState
  readonly why?: string | undefined
}

/** What the store and the audit can do is what the server can do; each change is told in the audit. */
export function followConditions({ store }: Core, audit: Audit, condition: Condition): void {
  let ofStore: Standing = { state: 'serving' }
  let ofAudit: Standing | undefined
  const enter = (): void => {
    const { state, why } = ofAudit ?? ofStore
    const before = condition.state
    condition.enter(state, why)
    // Where it cannot be told now, the next line that can shows that it was so.
    if (state !== before && ofAudit === undefined) tellState(audit, condition)
  }
  store.watch(({ can, why }) => {
    ofStore = { state: can === 'all' ? 'serving' : can === 'read' ? 'read-only' : 'error', why }
    enter()
  })
  audit.watch(({ canWrite, why }) => {
    ofAudit = canWrite
      ? undefined
      : { state: 'error', why: why === undefined ? AUDIT : `${AUDIT}: ${why}` }
    enter()
  })
}

function tellState({ trail }: Audit, { state, why }: Condition): void {
  const detail = why === undefined ? { state } : { state, why }
  try {
    trail.tell({ operation: 'State', detail })
  } catch {
    // Its own condition says so.
  }
}

const AUDIT = 'The audit log cannot be written'
