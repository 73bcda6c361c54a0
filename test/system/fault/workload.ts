import type { Core } from '../../../src/cli/core.ts'
import { auditLine } from '../../../src/model/audit-entry.ts'
import type { ManagedObject } from '../../../src/model/managed-object.ts'
import type { UnitOfWork } from '../../../src/repository/unit-of-work.ts'
import {
  NOW,
  OWNER,
  aesKey,
  destroyed,
  inUnit,
  name,
  sha256,
  vendorText,
} from '../../repository/sample.ts'

/** One of several that write at the same time, each step after the one before it was acknowledged. */
export interface Writer {
  /** No two writers of a store have the same. */
  readonly name: string
  /** Bytes that every object has more than it needs. */
  readonly padding?: number
}

/** What is known of one object of a writer. */
export interface Expected {
  readonly id: string
  /** Its Name now; undefined for an object that is not there. */
  readonly name: string | undefined
  /** A Name that it had. */
  readonly formerName?: string
  readonly hasMaterial: boolean
}

/** Steps of a round: an object is made, renamed, saved with a second one made, and destroyed; then it begins anew. */
export const STEPS = 4

/** Does one step, which is one commit. */
export async function doStep({ objects }: Core, writer: Writer, step: number): Promise<void> {
  await inUnit(objects, async (unit) => change(unit, writer, step))
}

/** The same, told in the audit as what clients ask for is: an intent before it, and an outcome stored with it. */
export async function doToldStep(core: Core, writer: Writer, step: number): Promise<void> {
  const { objects, audit } = core
  if (audit === undefined) throw new TypeError('there is no audit')
  const unit = objects.begin({ owner: OWNER, now: NOW })
  await change(unit, writer, step)
  const about = { time: TOLD_AT, operation: TOLD_STEP, name: writer.name, op: step } as const
  const intent = auditLine({ ...about, kind: 'intent' })
  audit.trail.write(intent)
  await audit.trail.written()
  const outcome = auditLine({ ...about, kind: 'outcome', result: 'success' })
  const lines = { intents: [Buffer.from(intent)], outcomes: [Buffer.from(outcome)] }
  const stored = await unit.commit(lines)
  if (stored !== 'done') throw new Error(stored)
}

/** What entries of {@link doToldStep} are called. */
export const TOLD_STEP = 'Step'
const TOLD_AT = '2023-11-14T22:13:20.000Z'

async function change(unit: UnitOfWork, writer: Writer, step: number): Promise<void> {
  const round = Math.floor(step / STEPS)
  const [first, second] = idsOf(writer, round)
  switch (step % STEPS) {
    case 0:
      return unit.add(made(first, writer))
    case 1:
      return unit.save(renamed(await unit.load(first), `${first} renamed`))
    case 2:
      await unit.save(renamed(await unit.load(first), `${first} again`))
      return unit.add(made(second, writer))
    default:
      await unit.save(destroyed(await unit.load(first)))
      if (isErased(round)) await unit.erase(await unit.load(second))
  }
}

/** What the objects of one round are after so many steps of their writer. */
export function expectedOf(writer: Writer, round: number, steps: number): readonly Expected[] {
  const done = Math.min(steps - round * STEPS, STEPS)
  const [first, second] = idsOf(writer, round)
  return [firstAfter(first, done), secondAfter(second, done, isErased(round))]
}

export function materialFor(id: string): Uint8Array {
  return sha256(`material of ${id}`)
}

function firstAfter(id: string, done: number): Expected {
  if (done <= 0) return { id, name: undefined, hasMaterial: false }
  if (done === 1) return { id, name: id, hasMaterial: true }
  if (done === 2) return { id, name: `${id} renamed`, formerName: id, hasMaterial: true }
  const formerName = `${id} renamed`
  return { id, name: `${id} again`, formerName, hasMaterial: done < STEPS }
}

function secondAfter(id: string, done: number, erased: boolean): Expected {
  if (done <= 2) return { id, name: undefined, hasMaterial: false }
  if (done === STEPS && erased) return { id, name: undefined, formerName: id, hasMaterial: false }
  return { id, name: id, hasMaterial: true }
}

function idsOf(writer: Writer, round: number): readonly [string, string] {
  return [`${writer.name}-${round}a`, `${writer.name}-${round}b`]
}

function isErased(round: number): boolean {
  return round % 2 === 1
}

function made(id: string, { padding = 0 }: Writer): ManagedObject {
  const entries = padding === 0 ? [] : [vendorText('padding', '-'.repeat(padding))]
  return aesKey({ id, owner: OWNER, names: [id], material: materialFor(id), entries, now: NOW })
}

function renamed(object: ManagedObject, text: string): ManagedObject {
  return { ...object, attributes: object.attributes.with('Name', name(text)) }
}
