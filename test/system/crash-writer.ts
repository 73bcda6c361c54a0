import { createHash } from 'node:crypto'
import type { Item } from '../../src/ttlv/item.ts'
import { TAGS, at, childOf, childrenOf, numberOf, textOf, textsOf, type Answer } from './answer.ts'
import type { Client } from './client.ts'
import type { Dice } from './dice.ts'
import {
  attribute,
  batchErrorContinuation,
  create,
  integer,
  item,
  locateByName,
  name,
  on,
  register,
  request,
  revoke,
  text,
} from './request.ts'

/** States of KMIP 1.4 section 3.22. */
const STATE = { preActive: 1, active: 2, deactivated: 3, compromised: 4, destroyed: 5 } as const
const DESTROYED_COMPROMISED = 6
const SUCCESS = 0
const STEP = 'x-step'
const EVERYWHERE = integer(0x42008e, 7)
const KEY_MATERIAL = [0x42008f, 0x420040, 0x420045, 0x420043]

/** What can be told apart of an object from outside. */
interface Condition {
  readonly state: number
  /** A custom attribute that is changed again and again. */
  readonly step: number
}

/** An object as its writer knows it. */
interface Known {
  readonly name: string
  /** Absent while nobody has answered to its creation. */
  identifier?: string
  /** Key material in hex, once it is known. */
  key?: string
  condition: Condition
  /** What it is to become by a request that is not answered yet. */
  next?: Condition
}

/** Writes objects, one request after another, and knows afterwards what must be there. */
export class CrashWriter {
  readonly #name: string
  readonly #dice: Dice
  readonly #objects: Known[] = []
  #touched = new Set<Known>()
  /** Requests that were answered with success. */
  acknowledged = 0

  constructor(writer: string, dice: Dice) {
    this.#name = writer
    this.#dice = dice
  }

  /** Writes until the connection breaks. */
  async write(client: Client): Promise<void> {
    this.#touched = new Set()
    for (;;) {
      try {
        await this.#step(client)
      } catch (error) {
        if (client.socket.destroyed) return
        throw error
      }
    }
  }

  /** Looks at every object that was touched since the last time, and at some of the others. */
  async verify(client: Client): Promise<void> {
    const others = Array.from(
      { length: 10 },
      () => this.#objects[this.#below(this.#objects.length)],
    )
    const looked = [...this.#touched, ...others].filter((known) => known !== undefined)
    await Promise.all(looked.map(async (known) => this.#verify(client, known)))
  }

  async #step(client: Client): Promise<void> {
    const known = this.#objects.at(-1 - this.#below(5))
    const roll = this.#below(10)
    const isOver = known?.identifier === undefined || known.condition.state >= STATE.destroyed
    if (isOver || roll < 4) await this.#make(client)
    else await this.#change(client, known, roll)
  }

  async #make(client: Client): Promise<void> {
    const made: Known = {
      name: `${this.#name}-${this.#objects.length}`,
      condition: { state: STATE.preActive, step: 0 },
    }
    this.#objects.push(made)
    this.#touched.add(made)
    const attributes = [name(made.name), attribute(STEP, integer(0, 0))]
    const isRegistered = this.#dice.oneIn(2)
    const key = createHash('sha256').update(made.name).digest()
    if (isRegistered) made.key = key.toString('hex')
    const items = [isRegistered ? register(key, ...attributes) : create(...attributes), item('Get')]
    const answer = await client.ask(request(items))
    const [creation, get] = answer.items
    made.identifier = textOf(childOf(creation?.payload, TAGS.uniqueIdentifier)) ?? ''
    if (creation?.status !== SUCCESS) throw new Error(`not created: ${creation?.message ?? ''}`)
    made.key = keyOf(get?.payload)
    this.acknowledged += 1
  }

  async #change(client: Client, known: Known, roll: number): Promise<void> {
    const { identifier = '', condition } = known
    const [asked, next] = changeOf(identifier, condition, roll)
    this.#touched.add(known)
    known.next = next
    const { items } = await client.ask(request([asked]))
    const isDone = items[0]?.status === SUCCESS
    if (!isDone) throw new Error(`${known.name}: ${items[0]?.message ?? 'no answer'}`)
    known.condition = next
    delete known.next
    this.acknowledged += 1
  }

  async #verify(client: Client, known: Known): Promise<void> {
    const located = await client.ask(
      request([item('Locate', EVERYWHERE, name(known.name)), locateByName(known.name)]),
    )
    const [anywhere = [], online = []] = located.items.map(({ payload }) =>
      textsOf(payload, TAGS.uniqueIdentifier),
    )
    if (known.identifier === undefined) {
      if (anywhere.length === 0) return
      known.identifier = anywhere[0] ?? ''
    }
    expectSame(`${known.name}: found by name`, anywhere, [known.identifier])
    const seen = await this.#look(client, known.identifier)
    const allowed = [known.condition, known.next].map((each) => JSON.stringify(each))
    if (!allowed.includes(JSON.stringify(seen.condition))) {
      throw new Error(`${known.name}: is ${JSON.stringify(seen)}, not ${allowed.join(' or ')}`)
    }
    known.condition = seen.condition
    delete known.next
    const isGone = known.condition.state >= STATE.destroyed
    known.key ??= seen.key
    expectSame(`${known.name}: key`, seen.key, isGone ? '' : known.key)
    expectSame(`${known.name}: found online`, online, isGone ? [] : [known.identifier])
  }

  async #look(client: Client, identifier: string) {
    const wanted = ['State', STEP, 'Name'].map((each) => text(0x42000a, each))
    const items = [on(identifier, 'GetAttributes', ...wanted), on(identifier, 'Get')]
    const answer = await client.ask(request(items, { header: [batchErrorContinuation(1)] }))
    const [attributes, get] = answer.items
    return {
      condition: {
        state: numberAttribute(attributes?.payload, 'State'),
        step: numberAttribute(attributes?.payload, STEP),
      },
      key: keyOf(get?.payload),
    }
  }

  #below(bound: number): number {
    return bound === 0 ? 0 : this.#dice.below(bound)
  }
}

/** The request that changes an object in its condition, and what comes of it. */
function changeOf(identifier: string, condition: Condition, roll: number): [Item, Condition] {
  const { state, step } = condition
  if (roll < 7) {
    const changed = attribute(STEP, integer(0, step + 1))
    return [on(identifier, 'ModifyAttribute', changed), { state, step: step + 1 }]
  }
  if (state === STATE.preActive && roll < 9) {
    return [on(identifier, 'Activate'), { state: STATE.active, step }]
  }
  if (state === STATE.active) {
    return roll === 7
      ? [revoke(identifier, 'compromised'), { state: STATE.compromised, step }]
      : [revoke(identifier, 'unspecified'), { state: STATE.deactivated, step }]
  }
  const end = state === STATE.compromised ? DESTROYED_COMPROMISED : STATE.destroyed
  return [on(identifier, 'Destroy'), { state: end, step }]
}

function keyOf(payload: Answer['items'][number]['payload']): string {
  const material = at(payload, KEY_MATERIAL)
  return material?.value instanceof Uint8Array ? Buffer.from(material.value).toString('hex') : ''
}

function numberAttribute(payload: Item | undefined, wanted: string): number {
  const found = childrenOf(payload).find((each) => textOf(childOf(each, 0x42000a)) === wanted)
  return numberOf(childOf(found, 0x42000b)) ?? NaN
}

function expectSame(what: string, seen: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${what}: ${one}, not ${other}`)
}
