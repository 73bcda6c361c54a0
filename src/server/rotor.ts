import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import { ownObjects } from '../model/permission/own-objects.ts'
import type { Services } from '../operation/context.ts'
import { rotate } from '../operation/rotation.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { DueRotation } from '../repository/due-rotations.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Secret } from '../secret/secret.ts'
import { MessageAudit } from './audit/message-audit.ts'
import type { AuditTrail } from './audit/trail.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import { NO_REQUESTS } from './jobs.ts'
import { OFFER } from './offer.ts'
import { performOwn } from './own-work.ts'
import type { Ticker } from './ticker.ts'
import { NO_ROLES } from './requested-turn.ts'

/** How often, and how much at a time. */
export interface RotationLimits {
  readonly enabled: boolean
  /** Seconds from one turn to the next. */
  readonly everySeconds: number
  /** Objects replaced in one turn. */
  readonly perTurn: number
}

export const DEFAULT_ROTATION_LIMITS: RotationLimits = {
  enabled: true,
  everySeconds: 60,
  perTurn: 100,
}

export interface RotorOptions {
  readonly repository: ObjectRepository
  readonly services: Services
  readonly limits: RotationLimits
  readonly clock: Clock
  readonly ticker: Ticker
  readonly log: Log
  readonly trail: AuditTrail
  /** The client of an identifier; undefined once it is gone, and with it whoever would use its keys. */
  clientOf(id: string): Identity | undefined
}

/** Replaces the objects that are due by themselves (KMIP 2.1 sections 4.48 to 4.54), one after the other. */
export class Rotor {
  readonly #options: RotorOptions
  /** When objects may be tried again that could not be replaced. */
  readonly #failed = new Map<string, Failure>()
  #turn: Promise<void> | undefined
  #isClosed = false
  #stop: () => void = () => undefined

  constructor(options: RotorOptions) {
    this.#options = options
  }

  /** Takes a turn every so often, unless it is switched off. */
  start(): void {
    const { limits, ticker } = this.#options
    if (!limits.enabled) return
    this.#stop = ticker.every(limits.everySeconds * 1_000, () => {
      void this.turn()
    })
  }

  /** Replaces what is due now, as much as one turn may. Never throws; a turn that is under way is waited for. */
  async turn(): Promise<void> {
    this.#turn ??= this.#take().finally(() => {
      this.#turn = undefined
    })
    return this.#turn
  }

  /** Takes no further turn, and waits for the object that is being replaced. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stop()
    await this.#turn
  }

  async #take(): Promise<void> {
    const { repository, limits, clock, log } = this.#options
    const now = Math.trunc(clock.now())
    try {
      const again = this.#dueAgain(now)
      const isLeftOut = (place: string) => this.#failed.has(place)
      const limit = limits.perTurn - again.length
      const fresh = limit > 0 ? await repository.rotations.take({ now, limit, isLeftOut }) : []
      for (const due of [...again, ...fresh]) {
        if (this.#isClosed) return
        await this.#rotate(due)
      }
    } catch (error) {
      log.error('rotation failed', { ...describeBug(error) })
    }
  }

  #dueAgain(now: DateTime): readonly DueRotation[] {
    return [...this.#failed.values()]
      .filter(({ retry }) => retry <= now)
      .slice(0, Math.ceil(this.#options.limits.perTurn / 2))
      .map(({ due }) => due)
  }

  /** A turn may take minutes: each object is replaced at the moment it is. */
  async #rotate(due: DueRotation): Promise<void> {
    const { repository, log, clock } = this.#options
    const now = Math.trunc(clock.now())
    const { uniqueIdentifier, owner, place } = due
    const identity = this.#options.clientOf(owner)
    // Objects show key material without copying it: it must not be zeroed while a new object is made from it.
    const leave = repository.enter()
    const secrets: Secret[] = []
    try {
      if (identity === undefined) throw new KmipFault('NOT_PERMITTED', 'The client is gone')
      const replacements = await this.#replace(uniqueIdentifier, { identity, now, secrets })
      this.#failed.delete(place)
      if (replacements.length === 0) return
      log.info('object rotated', { client: identity.name, uniqueIdentifier, replacements })
    } catch (error) {
      this.#leaveOut({ due, retry: now + RETRY_SECONDS })
      const why = error instanceof KmipFault ? { code: error.code } : describeBug(error)
      log.warn('object not rotated', { client: identity?.name, uniqueIdentifier, ...why })
    } finally {
      for (const secret of secrets) secret.destroy()
      leave()
    }
  }

  #leaveOut(failure: Failure): void {
    const { place } = failure.due
    // Behind all others, so that each of them is tried again before it is.
    this.#failed.delete(place)
    const [oldest] = this.#failed.keys()
    if (oldest !== undefined && this.#failed.size >= MOST_FAILURES) this.#failed.delete(oldest)
    this.#failed.set(place, failure)
  }

  async #replace(
    uniqueIdentifier: string,
    { identity, now, secrets }: Asking,
  ): Promise<readonly string[]> {
    const { repository, services, trail } = this.#options
    const environment: BatchEnvironment = {
      version: '2.1',
      identity,
      repository,
      permissions: { of: ({ id }) => ownObjects(id) },
      now,
      services,
      offer: { ...OFFER, isAsynchronous: false },
      destroyAfterAnswer: (secret: Secret) => void secrets.push(secret),
      asynchrony: 'prohibited',
      requests: NO_REQUESTS,
      roles: NO_ROLES,
      tickets: [],
      // One after the other as it is.
      slowly: async (work) => work(),
      refusal: undefined,
      audit: new MessageAudit(trail, { identity }),
      faultOf: () => new KmipFault('INTERNAL', 'The object was not replaced'),
    }
    return performOwn(
      environment,
      { operation: 'ReKey', uniqueIdentifier, rule: 'rotation' },
      async (context) => rotate(uniqueIdentifier, context),
    )
  }
}

interface Failure {
  readonly due: DueRotation
  readonly retry: DateTime
}

interface Asking {
  readonly identity: Identity
  readonly now: DateTime
  readonly secrets: Secret[]
}

/** Failures that are remembered; what is forgotten of them is tried again after a restart. */
const MOST_FAILURES = 10_000

/** What stands against a rotation is for people to clear away. */
const RETRY_SECONDS = 3_600
