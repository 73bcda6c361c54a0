import { describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../src/operation/index.ts'
import { Dice } from '../system/dice.ts'
import {
  ASKER,
  HERE,
  POLICY,
  RELATIONS,
  ROLES,
  STATES,
  type Relation,
  type StateName,
} from './cases.ts'
import { CLASSES, Oracle, type Fate, type PlainIdentity } from './oracle.ts'
import { ON_OBJECTS, WITHOUT_OBJECTS } from './requests.ts'
import { Stage } from './stage.ts'

/** How many cells; `npm run matrix` asks for all of them. */
const CELLS = Number(process.env['KMIPD_MATRIX'] ?? 1_200)
const SEED = Number(process.env['KMIPD_MATRIX_SEED'] ?? 20_261_122)
/** Objects on one server: a store in memory is copied at every commit. */
const PER_STAGE = 15
/** Permission Denied, as it is said of operations and of objects; an operation's own refusals say something else. */
const DENIED = '12 The client may not ask for this operation'
const DENIED_OBJECT = '12 The client may not do this with the object'
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

interface Cell {
  readonly operation: string
  readonly role: string
  readonly relation: Relation
  readonly state: StateName
}

const oracle = new Oracle(POLICY)
const who = (role: string): PlainIdentity => ({ id: ASKER, role, namespace: HERE })

function allCells(): readonly Cell[] {
  return Object.keys(ON_OBJECTS).flatMap((operation) =>
    ROLES.flatMap((role) =>
      RELATIONS.flatMap((relation) =>
        (relation.isAbsent === true ? STATES.slice(0, 1) : STATES).map((state) => ({
          ...{ operation, role, relation, state },
        })),
      ),
    ),
  )
}

function sampled(cells: readonly Cell[]): readonly Cell[] {
  if (cells.length <= CELLS) return cells
  const dice = new Dice(SEED)
  return Array.from({ length: CELLS }, () => dice.pick(cells))
}

test('every operation is in one class', () => {
  const classed = Object.values(CLASSES).flat()
  expect([...classed].sort()).toEqual(Object.keys(OPERATIONS).sort())
})

test(
  'what the server answers is what the second reading of the rules expects',
  async () => {
    const cells = sampled(allCells())
    const usual = new Usual()
    const fates: Record<Fate, number> = { allowed: 0, refused: 0, hidden: 0 }
    const differences: string[] = []
    let stage = await Stage.open()
    for (const [at, cell] of cells.entries()) {
      if (at % PER_STAGE === PER_STAGE - 1) stage = await Stage.open()
      const { expected, fate, outcome } = await play(stage, cell, usual)
      fates[fate] += 1
      if (outcome !== expected) differences.push(`${shown(cell)}: ${fate}, ${expected}, ${outcome}`)
    }
    console.info(
      `matrix: ${String(cells.length)} cells of ${String(allCells().length)}, seed ${String(SEED)}, ` +
        `${JSON.stringify(fates)}, ${String(differences.length)} differences`,
    )
    expect(differences).toEqual([])
    expect(Math.min(...Object.values(fates))).toBeGreaterThan(cells.length / 20)
  },
  120_000 + 100 * CELLS,
)

const shown = ({ operation, role, relation, state }: Cell): string =>
  `${operation} as ${role} of one ${relation.what} in ${state}`

interface Played {
  readonly fate: Fate
  readonly expected: string
  readonly outcome: string
}

async function play(stage: Stage, cell: Cell, usual: Usual): Promise<Played> {
  const { operation, role, relation, state } = cell
  const request = ON_OBJECTS[operation]
  if (request === undefined) throw new TypeError(operation)
  const asker = who(role)
  const namespace = relation.namespace ?? HERE
  const made =
    relation.isAbsent === true
      ? undefined
      : await stage.make(request.kind, { relation, namespace, state })
  const payload = request.payload(made?.id ?? MISSING, made?.name ?? 'nobody has this')
  const { outcome } = await stage.ask(asker, operation, { payload })
  const fate = made === undefined ? 'hidden' : oracle.decide(asker, operation, made.object)
  if (oracle.ask(asker, operation) === 'refused')
    return { fate: 'refused', expected: DENIED, outcome }
  return { fate, expected: await usual.outcome(fate, operation, state), outcome }
}

/** What an owner is told who may do everything, and what is told of what is not there. */
class Usual {
  readonly #known = new Map<string, string>()

  async outcome(fate: Fate, operation: string, state: StateName): Promise<string> {
    if (fate === 'refused') return operation === 'Locate' ? 'done 0' : DENIED_OBJECT
    const key = fate === 'hidden' ? operation : `${operation} ${state}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const outcome = await (fate === 'hidden' ? absent(operation) : owned(operation, state))
    this.#known.set(key, outcome)
    return outcome
  }
}

async function owned(operation: string, state: StateName): Promise<string> {
  const stage = await Stage.open()
  const relation = { what: 'own', owner: ASKER }
  const request = ON_OBJECTS[operation]
  if (request === undefined) throw new TypeError(operation)
  const made = await stage.make(request.kind, { relation, namespace: HERE, state })
  const payload = request.payload(made.id, made.name)
  return (await stage.ask(who('user'), operation, { payload })).outcome
}

async function absent(operation: string): Promise<string> {
  const stage = await Stage.open()
  const payload = ON_OBJECTS[operation]?.payload(MISSING, 'nobody has this')
  return (await stage.ask(who('user'), operation, { payload: payload ?? '' })).outcome
}

test('an owner who may do everything can do everything in some state, and is never told that it may not', async () => {
  for (const operation of Object.keys(ON_OBJECTS)) {
    const told = await Promise.all(STATES.map(async (state) => owned(operation, state)))
    expect([operation, told.some((each) => each.startsWith('done'))]).toEqual([operation, true])
    expect(told.filter((each) => [DENIED, DENIED_OBJECT].includes(each))).toEqual([])
  }
})

describe('what is hidden', () => {
  const hidden = RELATIONS.filter(({ what }) =>
    ["another's", 'granted and denied', 'not to be seen', 'of another namespace'].includes(what),
  )

  test.each(hidden)('is answered as what is absent, byte for byte: one $what', async (relation) => {
    for (const [operation, request] of Object.entries(ON_OBJECTS)) {
      // What may be done without being seen is not hidden.
      if (relation.what === 'not to be seen' && operation !== 'Locate') continue
      const stage = await Stage.open()
      const namespace = relation.namespace ?? HERE
      for (const state of STATES) {
        const made = await stage.make(request.kind, { relation, namespace, state })
        const [there, absentOne] = [
          request.payload(made.id, made.name),
          request.payload(MISSING, 'nobody has this'),
        ]
        const left = await stage.ask(who('user'), operation, { payload: there })
        const right = await stage.ask(who('user'), operation, { payload: absentOne })
        expect([operation, state, hexOf(left.bytes)]).toEqual([
          operation,
          state,
          hexOf(right.bytes),
        ])
      }
    }
  })
})

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test.each(ROLES)(
  'operations without an object are decided as the rules say for %s',
  async (role) => {
    const stage = await Stage.open()
    for (const [operation, payload] of Object.entries(WITHOUT_OBJECTS)) {
      const { outcome } = await stage.ask(who(role), operation, { payload })
      const isAllowed = oracle.ask(who(role), operation) === 'allowed'
      expect([operation, outcome]).toEqual([operation, isAllowed ? 'done' : DENIED])
    }
  },
)

test('for those who may not ask for them, all others are refused whatever is in them', async () => {
  const stage = await Stage.open()
  for (const role of ROLES) {
    for (const operation of Object.keys(OPERATIONS)) {
      if (oracle.ask(who(role), operation) === 'allowed') continue
      const { outcome } = await stage.ask(who(role), operation)
      expect([role, operation, outcome]).toEqual([role, operation, DENIED])
    }
  }
})
