import { KmipFault } from '../../fault/fault.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { unreachable, type LibraryCall, type LibraryChild, type LibraryResult } from './child.ts'

/** How many wait for a session beside those that have one; more are refused. */
const WAITING = 256
/** `CKF_SERIAL_SESSION` and `CKF_RW_SESSION` */
const FLAGS = 0x6

export interface PoolOptions {
  readonly child: LibraryChild
  readonly slot: Uint8Array
  /** The most that are open. */
  readonly most: number
  /** Milliseconds. */
  readonly deadline: number
}

/** What waits for a session. */
interface Waiting {
  readonly resolve: (session: Uint8Array) => void
  readonly reject: (fault: KmipFault) => void
  readonly timer: NodeJS.Timeout
}

/** Sessions of one login, each of one caller at a time. */
export class SessionPool {
  readonly #options: PoolOptions
  readonly #free: Uint8Array[] = []
  readonly #waiting: Waiting[] = []
  #most: number
  #open = 0

  constructor(options: PoolOptions) {
    this.#options = options
    this.#most = options.most
  }

  /**
   * Makes calls with a session. One whose calls were refused is not used again: tokens are known that leave the
   * operation active. Throws `UNAVAILABLE`, also when there is no session in time.
   */
  async use(
    callsOf: (session: Uint8Array) => readonly LibraryCall[],
    { deadline = this.#options.deadline, each = false }: { deadline?: number; each?: boolean } = {},
  ): Promise<readonly LibraryResult[]> {
    const session = await this.#take()
    let isClean = false
    try {
      const results = await this.#options.child.call(callsOf(session), deadline, each)
      isClean = each || results.every(({ code }) => code === undefined)
      if (results.some(({ code }) => code !== undefined && LOST.includes(code))) this.#lose()
      return results
    } finally {
      if (isClean) this.#giveBack(session)
      else await this.#discard(session)
    }
  }

  /** Sends everybody away who waits; the process is gone. */
  close(): void {
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(unreachable())
    }
  }

  async #take(): Promise<Uint8Array> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#open < this.#most) {
      this.#open += 1
      const opened = await this.#opened()
      if (opened !== undefined) return opened
    }
    if (this.#waiting.length >= WAITING) throw busy()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(
          this.#waiting.findIndex((each) => each.timer === timer),
          1,
        )
        reject(busy())
      }, this.#options.deadline)
      this.#waiting.push({ resolve, reject, timer })
    })
  }

  /** A new session, the place of which is taken; undefined where the token has no more. */
  async #opened(): Promise<Uint8Array | undefined> {
    const { child, slot, deadline } = this.#options
    try {
      const [result] = await child.call([['C_OpenSession', slot, FLAGS]], deadline)
      if (result?.value instanceof Uint8Array) return result.value
      this.#open -= 1
      if (result?.code === RC.SESSION_COUNT && this.#open > 0) {
        this.#most = this.#open
        return undefined
      }
    } catch (error) {
      this.#open -= 1
      throw error
    }
    this.#lose()
    throw unreachable()
  }

  #giveBack(session: Uint8Array): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#free.push(session)
      return
    }
    clearTimeout(next.timer)
    next.resolve(session)
  }

  async #discard(session: Uint8Array): Promise<void> {
    const { child, deadline } = this.#options
    if (child.isGone) return
    try {
      await child.call([['C_CloseSession', session]], deadline)
      const opened = await this.#opened()
      if (opened !== undefined) this.#giveBack(opened)
    } catch (error) {
      if (!(error instanceof KmipFault)) throw error
    }
  }

  /** Whoever has lost the token begins anew, with a login. */
  #lose(): void {
    this.#options.child.kill()
  }
}

function busy(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The token has too much to do')
}

/** Return codes after which a login is of no use any more. */
const LOST: readonly number[] = [
  RC.DEVICE_REMOVED,
  RC.SESSION_CLOSED,
  RC.SESSION_HANDLE_INVALID,
  RC.TOKEN_NOT_PRESENT,
  RC.USER_NOT_LOGGED_IN,
  RC.CRYPTOKI_NOT_INITIALIZED,
]
