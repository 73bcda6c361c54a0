import type { Random } from '../../port/random.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { ItemRun } from '../item-run.ts'
import type { Streams } from '../streams.ts'
import { Application } from './application.ts'
import type { CryptokiInfo, CryptokiLimits } from './module-settings.ts'

const toBytes = new TextEncoder()
const toText = new TextDecoder()

/**
 * The applications that use the server's own PKCS#11 module, each known by the Correlation Value that C_Initialize
 * was answered with (KMIP 2.1 section 6.1.37). They live in memory, and each serves the client alone that began it.
 */
export class Applications {
  readonly limits: CryptokiLimits
  readonly info: CryptokiInfo
  readonly #random: Random
  readonly #streams: Pick<Streams, 'abandon'>
  /** By Correlation Value, the one that was left alone the longest first. */
  readonly #applications = new Map<string, Application>()

  /** What changes when a batch item is done: of several tries of it the last one's. */
  readonly #effects = new WeakMap<ItemRun, () => void>()

  constructor(
    { info, ...limits }: CryptokiLimits & { readonly info: CryptokiInfo },
    random: Random,
    streams: Pick<Streams, 'abandon'>,
  ) {
    this.limits = limits
    this.info = info
    this.#random = random
    this.#streams = streams
  }

  /** Undefined where the client has as many as it may have. */
  begin(client: string, now: DateTime): Application | undefined {
    this.#expire(now)
    const own = [...this.#applications.values()].filter((each) => each.client === client)
    if (own.length >= this.limits.applications) return undefined
    const id = this.#random.identifier()
    const application = new Application(id, client, this.limits, (correlation) => {
      this.#streams.abandon(client, correlation)
    })
    application.touched = now
    this.#applications.set(application.id, application)
    return application
  }

  /** The client's own application of a Correlation Value. */
  find(client: string, value: Uint8Array | undefined, now: DateTime): Application | undefined {
    this.#expire(now)
    if (value === undefined) return undefined
    const application = this.#applications.get(toText.decode(value))
    if (application?.client !== client) return undefined
    // Behind all others: those that are forgotten first stand in front.
    this.#applications.delete(application.id)
    this.#applications.set(application.id, application)
    application.touched = now
    return application
  }

  /** Ends an application with all that it has under way. */
  end(application: Application): void {
    application.closeAll()
    this.#applications.delete(application.id)
  }

  /** Ends those of clients who will not go on with them. */
  endOf(isGone: (client: string) => boolean): void {
    for (const application of this.#applications.values()) {
      if (isGone(application.client)) this.end(application)
    }
  }

  /** Does something once a batch item is done, and not at all when it fails. */
  whenDone(run: ItemRun, effect: () => void): void {
    if (!this.#effects.has(run)) {
      run.whenSettled((isDone) => {
        if (isDone) this.#effects.get(run)?.()
      })
    }
    this.#effects.set(run, effect)
  }

  #expire(now: DateTime): void {
    for (const application of this.#applications.values()) {
      if (application.touched + this.limits.seconds > now) return
      this.end(application)
    }
  }
}

/** The Correlation Value of an application. */
export function correlationOf({ id }: Application): Uint8Array {
  return toBytes.encode(id)
}
