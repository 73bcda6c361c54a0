import { describeBug } from '../../fault/describe-bug.ts'
import { KmipFault } from '../../fault/fault.ts'
import type { Crypto } from '../../port/crypto.ts'
import type { Log } from '../../port/log.ts'
import { TokenRefusal, type Token, type TokenObject } from '../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { hexOf } from '../pkcs11/object-value.ts'
import type { Alarm } from '../streams.ts'

export interface ResidentsOptions {
  readonly token: Token
  /** What this store is known by in the token, in hexadecimal: others may use the token too. */
  readonly realm: string
  readonly log: Log
  /** Without it, what the token could not destroy at once is tried again with the next that is to be destroyed. */
  readonly alarm?: Pick<Alarm, 'every'>
}

const toUtf8 = new TextEncoder()
const toText = new TextDecoder()

/** Milliseconds after which the token is asked again to destroy what it could not. */
const AGAIN = 30_000
/** Objects that wait to be destroyed; what is forgotten is found at the next start. */
const MOST_WAITING = 10_000

/** The keys of managed objects that are in the token: what they are called there, and how they leave it. */
export class Residents {
  readonly #options: ResidentsOptions
  readonly #prefix: string
  readonly #waiting = new Map<string, TokenObject>()
  #turn: Promise<void> | undefined
  #stop: (() => void) | undefined

  constructor(options: ResidentsOptions) {
    this.#options = options
    this.#prefix = `kmipd-key:${options.realm}:`
  }

  /**
   * The CKA_LABEL of all keys of a client: not that of the objects it makes with PKCS#11 functions, for a managed key is
   * used by the rules for managed keys alone.
   */
  labelOf(owner: string, crypto: Crypto): Uint8Array {
    const digest = crypto.digest('SHA_256', toUtf8.encode(owner)).subarray(0, 16)
    return toUtf8.encode(this.#prefix + hexOf(digest))
  }

  /** The Unique Identifier of the managed object whose key it is; undefined for what is not of this store. */
  identifierOf({ label, id }: TokenObject): string | undefined {
    return toText.decode(label).startsWith(this.#prefix) ? toText.decode(id) : undefined
  }

  /** Has a key destroyed whose object does not need it any more, now or once the token can be reached. */
  discard(object: TokenObject): void {
    if (this.#waiting.size < MOST_WAITING) this.#waiting.set(keyOf(object), object)
    void this.settle()
    this.#watch()
  }

  /** Destroys what waits for it. Never throws; what the token does not do now stays. */
  async settle(): Promise<void> {
    const before = this.#turn ?? Promise.resolve()
    const turn = before.then(async () => this.#destroyAll())
    this.#turn = turn
    await turn
  }

  /** How many wait to be destroyed. */
  get waiting(): number {
    return this.#waiting.size
  }

  close(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  async #destroyAll(): Promise<void> {
    for (const [key, object] of [...this.#waiting]) {
      const outcome = await this.#destroy(object)
      if (outcome === 'away') return
      if (outcome === 'gone') this.#waiting.delete(key)
    }
    if (this.#waiting.size === 0) this.close()
  }

  /** One that was not there is gone; one that the token does not destroy does not keep others from it. */
  async #destroy(object: TokenObject): Promise<'gone' | 'away' | 'refused'> {
    const { token, log } = this.#options
    try {
      await token.destroy(object)
      return 'gone'
    } catch (error) {
      if (error instanceof TokenRefusal && GONE.includes(error.returnCode)) return 'gone'
      const why = error instanceof KmipFault ? { code: error.code } : describeBug(error)
      log.warn('key not destroyed in the token yet', { key: this.identifierOf(object), ...why })
      return error instanceof TokenRefusal ? 'refused' : 'away'
    }
  }

  #watch(): void {
    this.#stop ??= this.#options.alarm?.every(AGAIN, () => {
      void this.settle()
    })
  }
}

const GONE: readonly number[] = [RC.OBJECT_HANDLE_INVALID, RC.KEY_HANDLE_INVALID]

function keyOf({ objectClass, label, id }: TokenObject): string {
  return [objectClass, toText.decode(label), toText.decode(id)].join()
}
