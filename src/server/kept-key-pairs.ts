import type { KeyPairSource } from '../operation/context.ts'
import type { AsymmetricKeys, KeyPair, KeyPairRequest } from '../port/crypto.ts'

/**
 * The key pairs of one batch item. A pair may take seconds to make: an item that is tried again because another client
 * was faster gets the pair it had, unless what it asks for has changed with what it read.
 */
export class KeptKeyPairs implements KeyPairSource {
  readonly #keys: AsymmetricKeys
  /** Most batch items make none. */
  #made: Map<string, KeyPair> | undefined

  constructor(keys: AsymmetricKeys) {
    this.#keys = keys
  }

  async make(request: KeyPairRequest): Promise<KeyPair> {
    const wanted = JSON.stringify(request)
    const pair = this.#made?.get(wanted) ?? (await this.#keys.generate(request))
    this.#made ??= new Map()
    this.#made.set(wanted, pair)
    return pair
  }

  /** Forgets the keys; what was written of them is elsewhere. */
  destroy(): void {
    for (const { privateKey, publicKey } of this.#made?.values() ?? []) {
      privateKey.destroy()
      publicKey.destroy()
    }
    this.#made = undefined
  }
}
