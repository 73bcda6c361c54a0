import { KmipFault } from '../fault/fault.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Secret } from '../secret/secret.ts'

/** A root that may be the one that opens the store, while that is not known: the old one, or the next. */
export interface Candidate {
  readonly which: 'old' | 'next'
  readonly root: RootOfTrust
}

/** A root of trust between two. The first of them that opens something wrapped is the one. */
export class PendingRoot implements RootOfTrust {
  readonly #candidates: readonly Candidate[]
  readonly #refusal: string
  #chosen: Candidate | undefined

  /**
   * @param candidates - one or both of them
   * @param refusal - what is said when the only candidate is not the one
   */
  constructor(candidates: readonly Candidate[], refusal: string) {
    this.#candidates = candidates
    this.#refusal = refusal
  }

  get kind(): string {
    return (this.#chosen ?? this.#candidates[0])?.root.kind ?? 'none'
  }

  /** Which of the two it is; undefined while nothing was unwrapped. */
  get which(): Candidate['which'] | undefined {
    return this.#chosen?.which
  }

  async wrap(key: Secret, context: Uint8Array): Promise<Uint8Array> {
    if (this.#chosen === undefined) throw new KmipFault('UNAVAILABLE', this.#refusal)
    return this.#chosen.root.wrap(key, context)
  }

  async unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Secret> {
    if (this.#chosen !== undefined) return this.#chosen.root.unwrap(wrapped, context)
    let failure: unknown
    for (const candidate of this.#candidates) {
      try {
        const secret = await candidate.root.unwrap(wrapped, context)
        this.#chosen = candidate
        return secret
      } catch (error) {
        failure = error
      }
    }
    if (this.#candidates.length > 1) throw failure
    const effect = this.#candidates[0]?.which === 'old' ? 'has taken effect' : 'did not take effect'
    const message = `The rotation of the root of trust ${effect}: ${this.#refusal}`
    throw new KmipFault('UNAVAILABLE', message, { cause: failure })
  }

  destroy(): void {
    for (const { root } of this.#candidates) root.destroy()
  }
}
