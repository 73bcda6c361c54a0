import type { MadeOnce } from '../operation/context.ts'
import type { AsymmetricKeys, KeyPair, KeyPairRequest } from '../port/crypto.ts'
import type { Secret } from '../secret/secret.ts'

/**
 * What one batch item has made with much work. An item that is tried again because another client was faster gets what
 * it had, unless what it asks for has changed with what it read.
 */
export class KeptResults implements MadeOnce {
  readonly #keys: AsymmetricKeys
  /** Most batch items make neither. */
  #pairs: Map<string, KeyPair> | undefined
  #secrets: Map<string, Secret> | undefined

  constructor(keys: AsymmetricKeys) {
    this.#keys = keys
  }

  async keyPair(request: KeyPairRequest): Promise<KeyPair> {
    const wanted = JSON.stringify(request)
    const pair = this.#pairs?.get(wanted) ?? (await this.#keys.generate(request))
    this.#pairs ??= new Map()
    this.#pairs.set(wanted, pair)
    return pair
  }

  async secret(label: string, make: () => Promise<Secret>): Promise<Secret> {
    const secret = this.#secrets?.get(label) ?? (await make())
    this.#secrets ??= new Map()
    this.#secrets.set(label, secret)
    return secret.clone()
  }

  /** Forgets everything; what was written of it is elsewhere. */
  destroy(): void {
    for (const { privateKey, publicKey } of this.#pairs?.values() ?? []) {
      privateKey.destroy()
      publicKey.destroy()
    }
    for (const secret of this.#secrets?.values() ?? []) secret.destroy()
    this.#pairs = undefined
    this.#secrets = undefined
  }
}
