import { parsePolicy } from '../src/config/policy-file.ts'
import { BUILT_IN_ROLES } from '../src/config/roles.ts'
import { EMPTY_POLICY, type Policy } from '../src/model/permission/policy.ts'
import { CompiledPolicy } from '../src/model/permission/permission.ts'
import { objectOf } from '../test/model/permission/sample.ts'
import { table } from './figures.ts'

/** What a request pays for being decided about. */
export interface AuthorisationRow {
  readonly what: string
  /** Nanoseconds of asking for the operation and of deciding about its object, the best of several rounds. */
  readonly decision: number
  /** Milliseconds of reading the policy and putting it in the form in which it is asked. */
  readonly reading: number
}

/** Measures decisions of one client of payments, by policies that say more and more. */
export function measureAuthorisation(
  sizes: readonly number[] = [10, 100, 1_000],
): AuthorisationRow[] {
  const own = { owner: 'app-1', groups: ['cards-0'] }
  const rows = [rowOf('an own object, no policy', () => EMPTY_POLICY, own)]
  for (const size of sizes) {
    const policy = () => parsePolicy(textOf(size), 'bench.yaml', NAMES).policy
    const count = size.toLocaleString('en')
    const last = { owner: 'app-2', groups: [`cards-${size - 1}`] }
    const none = { owner: 'app-2', groups: ['letters'] }
    rows.push(
      rowOf(`an own object, ${count} statements`, policy, own),
      rowOf(`another's, the last of ${count} statements`, policy, last),
      rowOf(`a hidden one, ${count} statements`, policy, none),
    )
  }
  return rows
}

/** The figures as a table in Markdown. */
export function authorisationTable(rows: readonly AuthorisationRow[]): string {
  return table(
    ['Get of', 'nanoseconds', 'reading the policy'],
    rows.map(({ what, decision, reading }) => [
      what,
      Math.round(decision).toLocaleString('en'),
      `${reading.toFixed(1)} ms`,
    ]),
  )
}

function rowOf(
  what: string,
  policyOf: () => Policy,
  traits: Parameters<typeof objectOf>[0],
): AuthorisationRow {
  const begun = performance.now()
  const compiled = new CompiledPolicy(policyOf(), BUILT_IN_ROLES)
  const reading = performance.now() - begun
  const permission = compiled.permissionOf({ id: 'app-1', role: 'user', namespace: 'payments' })
  const objects = Array.from({ length: OBJECTS }, () => objectOf(traits))
  let decision = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    for (const object of objects) {
      permission.ask('Get')
      permission.decide('Get', object)
    }
    decision = Math.min(decision, (1_000_000 * (performance.now() - start)) / OBJECTS)
  }
  return { what, decision, reading }
}

function textOf(statements: number): string {
  const allowed = Array.from(
    { length: statements },
    (_, at) => `      - { operations: [Get], objects: { owner: any, group: [cards-${at}] } }`,
  )
  return `version: 1\nnamespaces:\n  payments:\n    allow:\n${allowed.join('\n')}\n`
}

const NAMES = { client: (name: string) => name, namespace: (name: string) => name }
const OBJECTS = 2_000
const ROUNDS = 40
