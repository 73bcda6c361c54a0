import { hash } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { AuditDetail } from '../model/audit-entry.ts'
import { LIMIT_NAMES } from '../repository/limits.ts'
import type { AuditEvent, AuditTrail } from '../server/audit/trail.ts'
import { LOCAL, type AdminCaller } from './caller.ts'
import { digestOf } from './certificate-digest.ts'
import { ADMIN_CALLS } from './schema.ts'
import type { AdminService } from './service.ts'

/**
 * The same admin API, whose calls are told of in the audit: one that changes something before it does and after, any other
 * once. Nothing is answered that was not told. Throws `UNAVAILABLE` beside what the calls throw.
 */
export function auditedService(service: AdminService, trail: AuditTrail): AdminService {
  return new Proxy(service, {
    get(target, name) {
      if (typeof name !== 'string') return undefined
      const answer: unknown = Reflect.get(target, name)
      if (typeof answer !== 'function') return answer
      return (request: unknown, by: AdminCaller = LOCAL): unknown => {
        const told = new ToldCall(trail, name, { by, request })
        const work = (): unknown => Reflect.apply(answer, target, [request, by])
        return name === 'backup' ? told.pieces(work) : told.call(work)
      }
    },
  })
}

/** A call while it is being told of. */
class ToldCall {
  readonly #trail: AuditTrail
  #event: AuditEvent
  readonly #changes: boolean

  constructor(
    trail: AuditTrail,
    name: string,
    { by, request }: { readonly by: AdminCaller; readonly request: unknown },
  ) {
    this.#trail = trail
    this.#event = {
      op: trail.number(),
      ...callerMembers(by),
      operation: `admin ${name}`,
      ...detailOf(request),
    }
    this.#changes = !READING.has(name)
  }

  async call(work: () => unknown): Promise<unknown> {
    await this.#begin()
    try {
      const answer = await work()
      this.#learn(answer)
      this.#end('success')
      return answer
    } catch (error) {
      this.#end('failed', error)
      throw error
    } finally {
      await this.#told()
    }
  }

  /** For what is answered piece by piece. */
  async *pieces(work: () => unknown): AsyncGenerator<unknown, void, undefined> {
    await this.#begin()
    let isDone = false
    try {
      const pieces = work()
      if (isPieces(pieces)) yield* pieces
      isDone = true
      this.#end('success')
    } catch (error) {
      isDone = true
      this.#end('failed', error)
      throw error
    } finally {
      // Whoever stops reading has no backup.
      if (!isDone) this.#end('failed')
      await this.#told()
    }
  }

  /** A call that makes another revision of something is told with its number. */
  #learn(answer: unknown): void {
    if (!this.#changes || typeof answer !== 'object' || answer === null) return
    if (!('revision' in answer) || typeof answer.revision !== 'number') return
    this.#event = { ...this.#event, revision: String(answer.revision) }
  }

  async #begin(): Promise<void> {
    if (!this.#trail.isOpen && !(await this.#trail.reopen())) {
      throw new KmipFault('UNAVAILABLE', 'The audit log cannot be written')
    }
    if (!this.#changes) return
    this.#trail.tell({ ...this.#event, kind: 'intent' })
    await this.#trail.synced()
  }

  /** The end of a change has no journal in the store: it outlives the machine by itself before it is answered. */
  async #told(): Promise<void> {
    await (this.#changes ? this.#trail.synced() : this.#trail.written())
  }

  #end(result: 'success' | 'failed', error?: unknown): void {
    const reason = error instanceof KmipFault ? error.code : undefined
    const kind = this.#changes ? 'outcome' : 'operation'
    this.#trail.tell({ ...this.#event, kind, result, reason })
  }
}

/** Tells of calls that are refused before they begin, without what is in them, before their callers learn that. */
export function refusalTeller(
  trail: AuditTrail,
): (call: string, by: AdminCaller, reason: string) => Promise<void> {
  return async (call, by, reason) => {
    trail.tell({
      kind: 'operation',
      op: trail.number(),
      ...callerMembers(by),
      operation: `admin ${call}`,
      result: 'failed',
      reason,
    })
    await trail.written()
  }
}

function callerMembers(by: AdminCaller): Partial<AuditEvent> {
  if (by.kind === 'local') return { name: 'local' }
  return { client: by.id, name: by.name, role: by.role, address: by.address }
}

/** What of a request is told: what it is about, by a list of what may be. */
function detailOf(request: unknown): { readonly detail?: AuditDetail } {
  if (typeof request !== 'object' || request === null) return {}
  const told = TOLD.flatMap((name): (readonly [string, string | number])[] => {
    const value: unknown = Reflect.get(request, name)
    if (typeof value === 'number') return [[name, value]]
    return typeof value === 'string' ? [[name, value.slice(0, LONGEST)]] : []
  })
  const certificate: unknown = Reflect.get(request, 'certificate')
  if (typeof certificate === 'string') told.push(['certificate', digestOf(certificate)])
  const text: unknown = Reflect.get(request, 'text')
  if (typeof text === 'string') told.push(['sha256', hash('sha256', text)])
  return told.length === 0 ? {} : { detail: Object.fromEntries(told) }
}

function isPieces(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

const TOLD = [
  'id',
  'name',
  'client',
  'role',
  'namespace',
  'subject',
  'approval',
  ...LIMIT_NAMES,
] as const
const LONGEST = 128
/** Calls that change nothing. */
const READING: ReadonlySet<string> = new Set([
  ...Object.entries(ADMIN_CALLS).flatMap(([name, { method }]) => (method === 'GET' ? [name] : [])),
  'store.verify',
])
