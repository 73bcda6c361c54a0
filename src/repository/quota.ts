import { KmipFault } from '../fault/fault.ts'
import { clientWeight } from '../model/client-weight.ts'
import { tenantOf } from '../model/managed-object.ts'
import type { StagedObject } from './change-set.ts'
import type { Quota } from './limits.ts'
import type { Holder, Usage, UsageBook } from './usage.ts'

/** How much a holder may have; undefined where it has no bounds. */
export type QuotaOf = (holder: Holder) => Quota | undefined

/** What a commit changes of what somebody has. */
interface Demand {
  readonly holder: Holder
  readonly quota: Quota
  objects: number
  bytes: number
  /** Whether it asks for room: what only the server notes of an object never does. */
  asksForRoom: boolean
}

const NOTHING = (): void => undefined

/**
 * Keeps room for what is being written: commits that are made at the same time see one another, so that no two of them
 * take the same room.
 */
export class Quotas {
  readonly #quotaOf: QuotaOf
  readonly #usage: UsageBook
  /** What is being written, by holder. */
  readonly #reserved = new Map<string, Usage>()

  constructor(quotaOf: QuotaOf, usage: UsageBook) {
    this.#quotaOf = quotaOf
    this.#usage = usage
  }

  /**
   * Keeps room until what is returned is called: once the commit was told of to the {@link UsageBook}, or came to
   * nothing.
   *
   * @param sizes - length of the record of each object; 0 for one that goes
   * @throws KmipFault `SERVER_LIMIT` for new objects, and for more in attributes, where there is no room. Whatever does
   *   not ask for room is let through: Destroy and Revoke, and every use of a key
   */
  reserve(
    staged: readonly StagedObject[],
    sizes: readonly number[],
  ): (() => void) | Promise<() => void> {
    if (staged.length === 0) return NOTHING
    const demands = this.#demandsOf(staged, sizes)
    return demands.length === 0 ? NOTHING : this.#take(demands)
  }

  async #take(demands: readonly Demand[]): Promise<() => void> {
    const used = await Promise.all(demands.map(async ({ holder }) => this.#usage.of(holder)))
    // Counted anew by each that waited: from here on nothing comes between.
    const held = demands.map(({ holder }, at) => this.#usage.known(holder) ?? used[at] ?? NONE)
    for (const [at, demand] of demands.entries()) this.#check(demand, held[at] ?? NONE)
    for (const demand of demands) this.#hold(demand, 1)
    return () => {
      for (const demand of demands) this.#hold(demand, -1)
    }
  }

  #check({ holder, quota, objects, bytes, asksForRoom }: Demand, used: Usage): void {
    if (!asksForRoom) return
    const reserved = this.#reserved.get(keyOf(holder)) ?? NONE
    const isFull =
      (objects > 0 && used.objects + reserved.objects + objects > (quota.objects ?? Infinity)) ||
      used.bytes + reserved.bytes + bytes > (quota.bytes ?? Infinity)
    if (!isFull) return
    const whose = holder.owner === undefined ? 'The namespace is full' : 'The client has all it may'
    throw new KmipFault('SERVER_LIMIT', whose)
  }

  #hold({ holder, objects, bytes }: Demand, sign: 1 | -1): void {
    const key = keyOf(holder)
    const before = this.#reserved.get(key) ?? NONE
    const after = {
      objects: before.objects + sign * Math.max(0, objects),
      bytes: before.bytes + sign * Math.max(0, bytes),
    }
    if (after.objects === 0 && after.bytes === 0) this.#reserved.delete(key)
    else this.#reserved.set(key, after)
  }

  #demandsOf(staged: readonly StagedObject[], sizes: readonly number[]): readonly Demand[] {
    const demands = new Map<string, Demand>()
    for (const [at, each] of staged.entries()) {
      const tenant = tenantOf(each.object)
      for (const holder of [{ tenant }, { tenant, owner: each.object.owner }]) {
        const key = keyOf(holder)
        const known = demands.get(key)
        const quota = known?.quota ?? this.#quotaOf(holder)
        if (quota?.objects === undefined && quota?.bytes === undefined) continue
        const demand = known ?? { holder, quota, objects: 0, bytes: 0, asksForRoom: false }
        demands.set(key, demand)
        addTo(demand, each, sizes[at] ?? 0)
      }
    }
    return [...demands.values()].filter(({ asksForRoom }) => asksForRoom)
  }
}

/** Destroyed objects are not counted; what an owner was given by another is new to it and asks for nothing. */
function addTo(demand: Demand, { object, before, isErased }: StagedObject, size: number): void {
  const was = before?.object.content !== undefined
  const is = object.content !== undefined && isErased !== true
  demand.objects += Number(is) - Number(was)
  demand.bytes += (is ? size : 0) - (was ? before.bytes : 0)
  if (!is) return
  if (!was || clientWeight(object) > clientWeight(before.object)) demand.asksForRoom = true
}

function keyOf({ tenant, owner = '' }: Holder): string {
  return `${tenant}\u0000${owner}`
}

const NONE: Usage = { objects: 0, bytes: 0 }
