import type { TokenMechanism } from '../../port/token.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { Secret } from '../../secret/secret.ts'
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
  /** Bytes of the mechanism's parameter, which is kept. */
  readonly parameter: number
  /** What a token is to do, and the data for it that came by parts: a token works on all of it at once. */
  readonly mechanism?: TokenMechanism
  readonly parts?: readonly Secret[]
}

/** A search that was begun with C_FindObjectsInit: what it has found and not told yet. */
export interface Search {
  readonly found: readonly string[]
}

/** Gives up an operation by parts that nobody will go on with, known by its Correlation Value. */
export type Abandon = (correlation: Uint8Array) => void

/** A session of an application. */
export class Session {
  readonly handle: number
  readonly isReadWrite: boolean
  search: Search | undefined
  readonly #operations = new Map<Use, ActiveOperation>()
  readonly #abandon: Abandon

  constructor(handle: number, isReadWrite: boolean, abandon: Abandon) {
    this.handle = handle
    this.isReadWrite = isReadWrite
    this.#abandon = abandon
  }

  /** What is under way of a use. */
  active(use: Use): ActiveOperation | undefined {
    return this.#operations.get(use)
  }

  /** Begins an operation, or goes on with it. */
  go(use: Use, operation: ActiveOperation): void {
    this.#operations.set(use, operation)
  }

  /** Ends what is under way of a use, whether or not its last part has come. */
  end(use: Use): void {
    const { correlation, parts } = this.#operations.get(use) ?? {}
    this.#operations.delete(use)
    for (const part of parts ?? []) part.destroy()
    if (correlation !== undefined) this.#abandon(correlation)
  }

  /** Bytes that are kept for what is under way. */
  get kept(): number {
    return [...this.#operations.values()].reduce((sum, { parameter }) => sum + parameter, 0)
  }

  /** Bytes that wait for the rest of their data. */
  get waitingBytes(): number {
    const parts = [...this.#operations.values()].flatMap((each) => each.parts ?? [])
    return parts.reduce((sum, { length }) => sum + length, 0)
  }

  endAll(): void {
    for (const use of [...this.#operations.keys()]) this.end(use)
  }
}

/** Bytes of mechanisms' parameters that one application may have kept: additional data is not for long texts. */
const MOST_KEPT = 262_144

/** What lies between one C_Initialize and its C_Finalize. */
export class Application {
  readonly id: string
  /** Identifier of the client. */
  readonly client: string
  readonly sessions = new Map<number, Session>()
  touched: DateTime = 0
  isLoggedIn = false
  readonly #limits: CryptokiLimits
  readonly #abandon: Abandon
  readonly #objects = new Map<number, string>()
  readonly #handles = new Map<string, number>()
  #lastSession = 0
  #lastObject = 0

  constructor(id: string, client: string, limits: CryptokiLimits, abandon: Abandon) {
    this.id = id
    this.client = client
    this.#limits = limits
    this.#abandon = abandon
  }

  /** Undefined where there are as many as there may be. */
  openSession(isReadWrite: boolean): Session | undefined {
    if (this.sessions.size >= this.#limits.sessions) return undefined
    this.#lastSession += 1
    const session = new Session(this.#lastSession, isReadWrite, this.#abandon)
    this.sessions.set(session.handle, session)
    return session
  }

  /** The last session takes the login with it. */
  closeSession(session: Session): void {
    session.endAll()
    this.sessions.delete(session.handle)
    if (this.sessions.size === 0) this.isLoggedIn = false
  }

  closeAll(): void {
    for (const session of this.sessions.values()) session.endAll()
    this.sessions.clear()
    this.isLoggedIn = false
  }

  /** Handles that may still be given. */
  get handlesLeft(): number {
    return this.#limits.objects - this.#handles.size
  }

  /** Bytes that wait in all sessions for the rest of their data. */
  get waitingBytes(): number {
    return [...this.sessions.values()].reduce((sum, session) => sum + session.waitingBytes, 0)
  }

  /** The handle of an object, the same each time; undefined where there are as many as there may be. */
  handleOf(uniqueIdentifier: string): number | undefined {
    const known = this.#handles.get(uniqueIdentifier)
    if (known !== undefined) return known
    if (this.#handles.size >= this.#limits.objects) return undefined
    this.#lastObject += 1
    const handle = this.#lastObject
    this.#handles.set(uniqueIdentifier, handle)
    this.#objects.set(handle, uniqueIdentifier)
    return handle
  }

  /** Forgets the handle of an object that is gone; it never is another's. */
  release(handle: number): void {
    const uniqueIdentifier = this.#objects.get(handle)
    if (uniqueIdentifier !== undefined) this.#handles.delete(uniqueIdentifier)
    this.#objects.delete(handle)
  }

  /** Objects that searches have found and not told yet. */
  get untold(): number {
    return this.#sumOf(({ search }) => search?.found.length ?? 0)
  }

  /** Whether so many more bytes may be kept for what is under way. */
  hasRoom(bytes: number): boolean {
    return this.#sumOf(({ kept }) => kept) + bytes <= MOST_KEPT
  }

  #sumOf(amount: (session: Session) => number): number {
    return [...this.sessions.values()].reduce((sum, session) => sum + amount(session), 0)
  }

  /** The Unique Identifier behind a handle. */
  objectOf(handle: number): string | undefined {
    return this.#objects.get(handle)
  }
}
