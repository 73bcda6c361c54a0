import type { KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { EpochStatus, KeyLines } from '../port/key-lines.ts'
import type { Store } from '../port/store.ts'
import {
  KEYRING_KEY,
  committedRing,
  newestOf,
  type OpenedKeyring,
  type SpareEpoch,
} from './keyring.ts'
import { DEFAULT_LINE, encodeKeyring, type Keyring, type WrappedEpoch } from './keyring-record.ts'
import type { EnvelopeSealer } from './sealer-envelope.ts'

/** The keyring of an open store, which nobody else writes. */
export class KeyringLines implements KeyLines {
  readonly #store: Store
  readonly #sealer: EnvelopeSealer
  /** Numbers that follow those of the ring; the next first. */
  readonly #spares: SpareEpoch[]
  #ring: Keyring
  /** Of the epochs of the ring. */
  readonly #commitments: Map<number, KeyObject>
  /** How often each epoch of the ring had sealed when it was opened. */
  readonly #before: Map<number, number>
  /** Whether what lies in the store is of an older format. */
  #isOutdated: boolean
  #turn: Promise<unknown> = Promise.resolve()

  constructor(store: Store, opened: OpenedKeyring, spares: readonly SpareEpoch[]) {
    this.#store = store
    this.#sealer = opened.sealer
    this.#spares = [...spares]
    this.#ring = opened.ring
    this.#commitments = new Map(opened.commitments)
    this.#isOutdated = opened.isOutdated
    this.#before = new Map(opened.ring.epochs.map(({ number, seals }) => [number, seals]))
  }

  list(): readonly EpochStatus[] {
    return this.#ring.epochs.map(({ number, line }) => {
      const isSealing = this.#isSealing({ number, line })
      return { number, line, isSealing, seals: this.#sealsOf(number) }
    })
  }

  async rotate(line: string): Promise<number> {
    return this.#inTurn(async () => {
      if (!this.#has(line)) {
        throw new KmipFault('OBJECT_NOT_FOUND', `There is no namespace ${line}`)
      }
      return this.#addEpoch(line)
    })
  }

  async begin(line: string): Promise<number> {
    return this.#inTurn(async () => {
      if (this.#has(line)) throw new KmipFault('OBJECT_EXISTS', 'The line is there already')
      return this.#addEpoch(line)
    })
  }

  async end(line: string): Promise<void> {
    if (line === DEFAULT_LINE) throw new TypeError('The default line does not end')
    return this.#inTurn(async () => {
      const isOfLine = (epoch: WrappedEpoch): boolean => epoch.line === line
      const leaving = this.#ring.epochs.filter(isOfLine).map(({ number }) => number)
      if (leaving.length === 0) return
      await this.#write(this.#counted().filter((epoch) => !isOfLine(epoch)))
      this.#forget(leaving)
      this.#sealer.endLine(line)
    })
  }

  async retire(numbers: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      const leaves = (epoch: WrappedEpoch): boolean =>
        numbers.includes(epoch.number) && !this.#isSealing(epoch)
      const leaving = this.#ring.epochs.filter(leaves).map(({ number }) => number)
      if (leaving.length === 0) return
      const kept = this.#counted().filter((epoch) => !leaves(epoch))
      await this.#write(kept)
      this.#forget(leaving)
    })
  }

  async keepCounts(): Promise<void> {
    const isBehind = ({ number, seals }: WrappedEpoch): boolean =>
      this.#sealer.sealsOf(number) > 0 && this.#sealsOf(number) + RESERVE / 2 > seals
    if (!this.#ring.epochs.some(isBehind)) return
    await this.#inTurn(async () => this.#write(this.#counted()))
  }

  /** Writes the keyring anew where it is of an older format. To be called once it is known that the store is sound. */
  async bringUpToDate(): Promise<void> {
    if (!this.#isOutdated) return
    await this.#inTurn(async () => this.#write(this.#ring.epochs))
  }

  #has(line: string): boolean {
    return this.#ring.epochs.some((epoch) => epoch.line === line)
  }

  async #addEpoch(line: string): Promise<number> {
    const spare = this.#spares[0]
    if (spare === undefined) throw new KmipFault('UNAVAILABLE', NO_SPARES)
    const { number, wrapped, key, commitment } = spare
    this.#commitments.set(number, commitment)
    await this.#write([...this.#counted(), { number, line, seals: 0, wrapped }])
    this.#spares.shift()
    this.#sealer.addEpoch(number, line, key)
    return number
  }

  #forget(numbers: readonly number[]): void {
    for (const number of numbers) this.#commitments.delete(number)
    this.#sealer.retireEpochs(numbers)
  }

  #isSealing({ number, line }: Pick<WrappedEpoch, 'number' | 'line'>): boolean {
    return !this.#ring.epochs.some((other) => other.line === line && other.number > number)
  }

  #sealsOf(number: number): number {
    return (this.#before.get(number) ?? 0) + this.#sealer.sealsOf(number)
  }

  /** The epochs of the ring with counts that hold for a while; those that have not sealed stay as they are. */
  #counted(): readonly WrappedEpoch[] {
    return this.#ring.epochs.map((epoch) => {
      if (this.#sealer.sealsOf(epoch.number) === 0) return epoch
      const reserve = this.#isSealing(epoch) ? RESERVE : 0
      return { ...epoch, seals: Math.max(epoch.seals, this.#sealsOf(epoch.number) + reserve) }
    })
  }

  /** What lies in the store is not asked: nobody else has written it, or may have. */
  async #write(epochs: readonly WrappedEpoch[]): Promise<void> {
    const key = this.#commitments.get(newestOf(epochs).number)
    if (key === undefined) throw new TypeError('An epoch commits to nothing')
    const ring = committedRing({ ...this.#ring, epochs }, key)
    const before = await this.#store.get(KEYRING_KEY)
    const checks = [{ key: KEYRING_KEY, revision: before?.revision ?? ('absent' as const) }]
    const puts = [{ key: KEYRING_KEY, value: encodeKeyring(ring) }]
    const outcome = await this.#store.commit({ checks, puts, dels: [] })
    if (outcome === 'conflict') {
      throw new KmipFault('CONFLICT', 'The keyring was changed by someone else')
    }
    this.#ring = ring
    this.#isOutdated = false
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

const NO_SPARES =
  'The keys that were made in advance are used up: more are made when the server is started anew'
/** Seals that are written down in advance: a process that is killed has made no more than these. */
const RESERVE = 2 ** 20
