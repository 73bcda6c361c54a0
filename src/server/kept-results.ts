import type { MadeOnce, Slowly } from '../operation/context.ts'
import type { AsymmetricKeys, KeyPair, KeyPairRequest } from '../port/crypto.ts'
import type { Secret } from '../secret/secret.ts'

/** A secret with what it was made of. */
interface MadeSecret {
  readonly secret: Secret
  readonly sources: readonly Secret[]
}

/**
 * What one batch item has made with much work. An item that is tried again because another client was faster gets what
 * it had, unless what it asks for has changed with what it read.
 */
export class KeptResults implements MadeOnce {
  readonly #keys: AsymmetricKeys
  readonly #slowly: Slowly
  /** Most batch items make neither. */
  #pairs: Map<string, KeyPair> | undefined
  #secrets: Map<string, MadeSecret> | undefined

  constructor(keys: AsymmetricKeys, slowly: Slowly) {
    this.#keys = keys
    this.#slowly = slowly
  }

  async keyPair(request: KeyPairRequest): Promise<KeyPair> {
    const wanted = JSON.stringify(request)
    const pair = this.#pairs?.get(wanted) ?? (await this.#generate(request))
    this.#pairs ??= new Map()
    this.#pairs.set(wanted, pair)
    return pair
  }

  async #generate(request: KeyPairRequest): Promise<KeyPair> {
    const isSlow = request.kind === 'RSA' || request.kind === 'DSA'
    const generate = async () => this.#keys.generate(request)
    return isSlow ? this.#slowly(generate) : generate()
  }

  async secret(
    { label, sources }: { readonly label: string; readonly sources: readonly Secret[] },
    make: () => Promise<Secret>,
  ): Promise<Secret> {
    const kept = this.#secrets?.get(label)
    if (kept !== undefined && isMadeOf(kept, sources)) return kept.secret.clone()
    // Cloned first: what was read may be gone when the secret is made.
    const own = sources.map((source) => source.clone())
    const made = { secret: await madeFrom(make, own), sources: own }
    this.#secrets ??= new Map()
    this.#secrets.set(label, made)
    if (kept !== undefined) destroyMade(kept)
    return made.secret.clone()
  }

  /** Forgets everything; what was written of it is elsewhere. */
  destroy(): void {
    for (const { privateKey, publicKey } of this.#pairs?.values() ?? []) {
      privateKey.destroy()
      publicKey.destroy()
    }
    for (const made of this.#secrets?.values() ?? []) destroyMade(made)
    this.#pairs = undefined
    this.#secrets = undefined
  }
}

function isMadeOf({ sources }: MadeSecret, others: readonly Secret[]): boolean {
  return (
    sources.length === others.length &&
    sources.every((source, index) => {
      const other = others[index]
      return other !== undefined && source.equals(other)
    })
  )
}

function destroyMade({ secret, sources }: MadeSecret): void {
  secret.destroy()
  for (const source of sources) source.destroy()
}

/** Forgets what the secret was to be made of where it could not be made. */
async function madeFrom(make: () => Promise<Secret>, sources: readonly Secret[]): Promise<Secret> {
  try {
    return await make()
  } catch (error) {
    for (const source of sources) source.destroy()
    throw error
  }
}
