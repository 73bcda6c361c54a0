import { expect, test } from 'vitest'
import { OPERATIONS } from '../../src/operation/index.ts'
import { Dice } from '../system/dice.ts'
import { ASKER, ROLES } from './cases.ts'
import { CLASSES, type Fate } from './oracle.ts'
import { DENIED, groupsOf, oracle, Theatre, who, type Group } from './play.ts'
import { titleOf } from './row.ts'
import { ROWS } from './rows.ts'
import { Stage } from './stage.ts'

/** How many groups of each row, each of which is a cell for every role; `npm run matrix` asks for all of them. */
const EACH = Number(process.env['KMIPD_MATRIX'] ?? 3)
const SEED = Number(process.env['KMIPD_MATRIX_SEED'] ?? 20_261_122)

const ALL = ROWS.map(groupsOf)
const CELLS = ALL.flat().length * ROLES.length
const dice = new Dice(SEED)
const GROUPS = ALL.flatMap((groups) =>
  groups.length <= EACH ? groups : Array.from({ length: EACH }, () => dice.pick(groups)),
)

test('every operation is in one class', () => {
  const classed = Object.values(CLASSES).flat()
  expect([...classed].sort()).toEqual(Object.keys(OPERATIONS).sort())
})

test('every operation has a row', () => {
  const asked = new Set(ROWS.map(({ operation }) => operation))
  expect([...asked].sort()).toEqual(Object.keys(OPERATIONS).sort())
})

async function isDone(theatre: Theatre, groups: readonly Group[]): Promise<boolean> {
  for (const group of groups) {
    if ((await theatre.outcomeForOwner(group)).startsWith('done')) return true
  }
  return false
}

/** What is there is in the way, or is gone. */
const NEVER_DONE = ['ReKeyKeyPair (that is gone)', 'Import (of its identifier)']

test('an owner who may do everything can do everything in some state', async () => {
  const theatre = new Theatre()
  const never: string[] = []
  for (const [at, row] of ROWS.entries()) {
    const own = (ALL[at] ?? []).filter(({ relation }) => relation.owner === ASKER)
    if (!(await isDone(theatre, own))) never.push(titleOf(row))
  }
  expect(never).toEqual(NEVER_DONE)
}, 120_000)

test(
  'what the server answers is what the second reading of the rules expects',
  async () => {
    const theatre = new Theatre()
    const fates: Record<Fate, number> = { allowed: 0, refused: 0, hidden: 0 }
    const differences: string[] = []
    for (const group of GROUPS) {
      for (const { title, fate, expected, outcome } of await theatre.play(group)) {
        fates[fate] += 1
        if (outcome !== expected) differences.push(`${title}: ${fate}, ${expected}, ${outcome}`)
      }
    }
    const cells = GROUPS.length * ROLES.length
    console.info(
      `matrix: ${String(cells)} cells of ${String(CELLS)} in ${String(ROWS.length)} rows, seed ` +
        `${String(SEED)}, ${JSON.stringify(fates)}, ${String(differences.length)} differences`,
    )
    expect(differences.slice(0, 50)).toEqual([])
    expect(Math.min(...Object.values(fates))).toBeGreaterThan(cells / 20)
  },
  120_000 + 1_000 * GROUPS.length,
)

test('for those who may not ask for them, operations are refused whatever is in them', async () => {
  const stage = await Stage.open()
  for (const role of ROLES) {
    for (const operation of Object.keys(OPERATIONS)) {
      if (oracle.ask(who(role), operation) === 'allowed') continue
      const { outcome } = await stage.ask(who(role), operation)
      expect([role, operation, outcome]).toEqual([role, operation, DENIED])
    }
  }
})
