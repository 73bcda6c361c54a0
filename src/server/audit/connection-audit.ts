import { KmipFault } from '../../fault/fault.ts'
import type { CertificateKey } from '../../port/client-directory.ts'
import type { Peer } from '../handler.ts'
import type { AuditTrail } from './trail.ts'

/** Refusals for one reason that are told one by one, until {@link ConnectionAudit.tellCounts} is called. */
const TOLD = 10

/** A connection that was not let in. */
export interface RefusedConnection {
  /** For people; there are not many. */
  readonly reason: string
  readonly address?: string | undefined
}

/** What is told of connections. Nothing here throws. */
export class ConnectionAudit {
  readonly #trail: AuditTrail
  /** Refusals since they were counted last, by their reason. */
  readonly #refused = new Map<string, number>()

  constructor(trail: AuditTrail) {
    this.#trail = trail
  }

  /** False where it cannot be told: then nothing is to be served on it. */
  opened({ identity, party }: Peer, { issuer, subject }: CertificateKey): boolean {
    const { number, address, tls } = party?.about ?? {}
    return this.#tell({
      connection: number,
      client: identity.id,
      name: identity.name,
      namespace: identity.namespace,
      role: identity.role,
      address,
      tls,
      operation: 'Connect',
      result: 'success',
      detail: { issuer, key: subject },
    })
  }

  closed({ identity, party }: Peer, reason: string): void {
    const { number } = party?.about ?? {}
    this.#tell({
      connection: number,
      client: identity.id,
      operation: 'Disconnect',
      detail: { reason },
    })
  }

  /** Tells of the first few for each reason, and counts the others: no peer can fill the disk. */
  refused({ reason, address }: RefusedConnection): void {
    const isNamed = this.#refused.has(reason) || this.#refused.size < MOST_REASONS
    const name = isNamed ? reason : 'other'
    const count = (this.#refused.get(name) ?? 0) + 1
    this.#refused.set(name, count)
    if (count > TOLD) return
    this.#tell({ address, operation: 'Connect', result: 'failed', detail: { reason: name } })
  }

  /** Tells how many refusals were only counted, and begins to count anew. */
  tellCounts(): void {
    for (const [reason, count] of this.#refused) {
      if (count <= TOLD) continue
      const detail = { reason, times: count - TOLD }
      this.#tell({ operation: 'Connect', result: 'failed', detail })
    }
    this.#refused.clear()
  }

  #tell(event: Parameters<AuditTrail['tell']>[0]): boolean {
    try {
      this.#trail.tell(event)
      return true
    } catch (fault) {
      if (fault instanceof KmipFault) return false
      throw fault
    }
  }
}

const MOST_REASONS = 100
