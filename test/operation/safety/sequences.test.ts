import { describe, expect, test, vi } from 'vitest'
import { createObjectCatalogue } from '../../../src/admin/object-catalogue.ts'
import { Dice } from '../../system/dice.ts'
import { Bench, START } from '../harness.ts'
import { Attacker, SHOWING, STEP_NAMES } from './attacker.ts'

/** Random sequences of six steps; KMIPD_SEQUENCES=1000000 for the whole lane. */
const RANDOM = Number(process.env['KMIPD_SEQUENCES'] ?? 2_000)
/** Sequences on one server, so that memory stays bounded. */
const PER_SERVER = 2_000

vi.setConfig({ testTimeout: 240_000 + RANDOM * 60 })

const STRICT = { wrapping: 'trusted', conflictingUsage: 'refuse', usageMask: 'shrink' } as const

async function attack(policy: object, dice: Dice): Promise<Attacker> {
  const bench = await Bench.open({ policy })
  const catalogue = createObjectCatalogue({
    objects: bench.repository,
    clock: { now: () => START },
    ownerName: () => undefined,
    namespaceName: () => undefined,
  })
  return Attacker.begin(bench, dice, async (identifier) => catalogue.trust(identifier, true))
}

/** The beginning of sequences, and the steps that each of them may end with. */
type Sequences = readonly [beginning: readonly string[], ends: readonly string[]]

/** Tries sequences; fails for the first that shows the key, and gives how many answers there were. */
async function tryAll(sequences: Iterable<Sequences>, dice: Dice) {
  const attackers = [await attack(STRICT, dice)]
  let tried = 0
  for (const [beginning, ends] of sequences) {
    tried += 1
    if (tried % PER_SERVER === 0) attackers.push(await attack(STRICT, dice))
    const shown = await attackers.at(-1)?.try(beginning, ends)
    if (shown !== undefined) expect.fail(`shown by ${shown.join('; ')}`)
  }
  const sum = (of: 'answers' | 'successes') =>
    attackers.reduce((all, attacker) => all + attacker[of], 0)
  return { tried, answers: sum('answers'), successes: sum('successes') }
}

/** Every three steps of which the last may show something: others would have to be longer to show anything. */
function* triples(): Generator<Sequences> {
  for (const first of STEP_NAMES) {
    for (const second of STEP_NAMES) yield [[first, second], SHOWING]
  }
}

function* sixes(dice: Dice): Generator<Sequences> {
  for (let made = 0; made < RANDOM; made += 1) {
    yield [Array.from({ length: 6 }, () => dice.pick(STEP_NAMES)), []]
  }
}

describe('sequences of calls over a sensitive key, under the strictest policy', () => {
  test('no three of them show 16 bytes of it', async () => {
    const { tried, answers, successes } = await tryAll(triples(), new Dice(102))
    expect(tried).toBe(STEP_NAMES.length ** 2)
    // Sequences of which every step is refused would show nothing, whatever the server did.
    expect(successes).toBeGreaterThan(answers / 8)
  })

  test(`no six of them show 16 bytes of it, in ${RANDOM} sequences`, async () => {
    const dice = new Dice(Number(process.env['KMIPD_SEED'] ?? 103))
    const { tried, answers, successes } = await tryAll(sixes(dice), dice)
    expect(tried).toBe(RANDOM)
    expect(successes).toBeGreaterThan(answers / 8)
  })
})

describe('ways that one setting alone would leave', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'a wrapper that decrypts, where wrapping is free',
      {},
      ['create a wrapper that decrypts', 'wrap by the wrapper, in CBC', 'decrypt what was wrapped'],
    ],
    [
      'what comes back unwrapped, where wrapping is free',
      {},
      ['create a wrapper', 'wrap by the wrapper', 'register what was wrapped', 'get what was made'],
    ],
  ])('%s', async (_, policy, sequence) => {
    const attacker = await attack(policy, new Dice(104))
    expect(await attacker.try(sequence)).toEqual(sequence)
    const strict = await attack(STRICT, new Dice(104))
    expect(await strict.try(sequence)).toBeUndefined()
  })
})
