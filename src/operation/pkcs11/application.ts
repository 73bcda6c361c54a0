import type { DateTime } from '../../schema/primitive.ts'
import type { CryptokiLimits } from './module-settings.ts'
import type { Plan } from './plan.ts'

/** What a session can have under way, one of each. */
export type Use = 'encrypt' | 'decrypt' | 'digest' | 'sign' | 'verify'

/** An operation that was begun with C_…Init. */
export interface ActiveOperation {
  readonly plan: Plan
  /** Unique Identifier of the key; absent for digests. */
  readonly key?: string
  /** Bits of the key. */
  readonly bits: number
  /** Of an operation by parts, once the first part was taken. */
  readonly correlation?: Uint8Array
  /** Bytes that went in and did not come out yet. */
  readonly held: number
}

/** A search that was begun with C_FindObjectsInit: what it has found and not told yet. */
export interface Search {
  readonly found: readonly string[]
}

/** A session of an application. */
export class Session {
  readonly handle: number
  readonly isReadWrite: boolean
  readonly operations = new Map<Use, ActiveOperation>()
  search: Search | undefined

  constructor(handle: number, isReadWrite: boolean) {
    this.handle = handle
    this.isReadWrite = isReadWrite
  }
}

/** What lies between one C_Initialize and its C_Finalize. */
export class Application {
  readonly id: string
  /** Identifier of the client. */
  readonly client: string
  readonly sessions = new Map<number, Session>()
  touched: DateTime = 0
  isLoggedIn = false
  readonly #limits: CryptokiLimits
  readonly #objects = new Map<number, string>()
  readonly #handles = new Map<string, number>()
  #lastSession = 0

  constructor(id: string, client: string, limits: CryptokiLimits) {
    this.id = id
    this.client = client
    this.#limits = limits
  }

  /** Undefined where there are as many as there may be. */
  openSession(isReadWrite: boolean): Session | undefined {
    if (this.sessions.size >= this.#limits.sessions) return undefined
    this.#lastSession += 1
    const session = new Session(this.#lastSession, isReadWrite)
    this.sessions.set(session.handle, session)
    return session
  }

  /** The last session takes the login with it. */
  closeSession({ handle }: Session): void {
    this.sessions.delete(handle)
    if (this.sessions.size === 0) this.isLoggedIn = false
  }

  closeAll(): void {
    this.sessions.clear()
    this.isLoggedIn = false
  }

  /** The handle of an object, the same each time; undefined where there are as many as there may be. */
  handleOf(uniqueIdentifier: string): number | undefined {
    const known = this.#handles.get(uniqueIdentifier)
    if (known !== undefined) return known
    if (this.#handles.size >= this.#limits.objects) return undefined
    const handle = this.#handles.size + 1
    this.#handles.set(uniqueIdentifier, handle)
    this.#objects.set(handle, uniqueIdentifier)
    return handle
  }

  /** The Unique Identifier behind a handle. */
  objectOf(handle: number): string | undefined {
    return this.#objects.get(handle)
  }
}
