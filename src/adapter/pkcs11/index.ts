import { KmipFault } from '../../fault/fault.ts'
import type { Log } from '../../port/log.ts'
import type { Token } from '../../port/token.ts'
import { unreachable } from './child.ts'
import { connect, type Connection, type TokenSettings } from './connection.ts'
import { ConnectedToken } from './connected-token.ts'

export interface TokenOptions {
  readonly settings: TokenSettings
  /** Of the process that holds the vendor's library. */
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
}

/** Milliseconds until a token that could not be reached is tried again: at first, and at most. */
const PAUSES = { first: 250, most: 5_000 }

/**
 * Logs in to a token, and again whenever the process that holds it has gone. Throws `UNAVAILABLE` and `INVALID_FIELD`
 * with words for those who run the server when it cannot be reached now.
 */
export async function openToken(options: TokenOptions): Promise<Token> {
  const keeper = new TokenKeeper(options)
  return new ConnectedToken(await keeper.start(), options.settings, keeper)
}

/** Holds the connection to the token and makes a new one for each that is lost. */
class TokenKeeper {
  readonly #options: TokenOptions
  #current: Connection | undefined
  #starting: Promise<Connection> | undefined
  #timer: NodeJS.Timeout | undefined
  #pause = PAUSES.first
  readonly #end = new AbortController()

  constructor(options: TokenOptions) {
    this.#options = options
  }

  async start(): Promise<Connection> {
    try {
      return await this.#begin()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Throws `UNAVAILABLE` at once while a token that could not be reached is left alone. */
  async connection(): Promise<Connection> {
    if (this.#current !== undefined) return this.#current
    if (this.#starting === undefined) throw unreachable()
    return withinTime(this.#starting, this.#options.settings.deadlineMs)
  }

  close(): void {
    this.#end.abort()
    clearTimeout(this.#timer)
    this.#current?.child.kill()
    this.#current = undefined
  }

  async #begin(): Promise<Connection> {
    const { settings, environment } = this.#options
    this.#starting = connect(settings, environment, this.#end.signal)
    try {
      const connection = await this.#starting
      this.#watch(connection)
      return connection
    } finally {
      this.#starting = undefined
    }
  }

  #watch(connection: Connection): void {
    if (this.#end.signal.aborted) {
      connection.child.kill()
      return
    }
    this.#current = connection
    this.#pause = PAUSES.first
    connection.child.whenGone(() => {
      connection.pool.close()
      if (this.#current !== connection) return
      this.#current = undefined
      this.#options.log.error('token lost')
      this.#again()
    })
  }

  #again(): void {
    if (this.#end.signal.aborted) return
    this.#begin().then(
      () => {
        if (!this.#end.signal.aborted) this.#options.log.info('token reached again')
      },
      (error: unknown) => {
        this.#afterFailure(error)
      },
    )
  }

  /** A PIN that was refused is not tried again: after some more tries the token would be locked. */
  #afterFailure(error: unknown): void {
    if (this.#end.signal.aborted) return
    const reason = error instanceof KmipFault ? error.message : 'a defect'
    this.#options.log.error('token not reached', { reason })
    if (error instanceof KmipFault && error.code === 'AUTHENTICATION_FAILED') return
    this.#timer = setTimeout(() => {
      this.#again()
    }, this.#pause)
    this.#timer.unref()
    this.#pause = Math.min(this.#pause * 2, PAUSES.most)
  }
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(unreachable())
    }, milliseconds)
  })
  try {
    return await Promise.race([work, end])
  } catch {
    throw unreachable()
  } finally {
    clearTimeout(timer)
  }
}
