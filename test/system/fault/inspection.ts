import type { Core } from '../../../src/cli/core.ts'
import type { ObjectQuery } from '../../../src/repository/locate.ts'
import type { UnitOfWork } from '../../../src/repository/unit-of-work.ts'
import { NOW, OWNER, materialOf, named } from '../../repository/sample.ts'
import { expectedOf, materialFor, STEPS, type Expected, type Writer } from './workload.ts'

/** What a writer was told. */
export interface Progress {
  readonly writer: Writer
  /** Steps that were acknowledged. One more may have been under way. */
  readonly acknowledged: number
}

/**
 * Looks at everything that writers have written, by everything that it can be found by.
 *
 * @returns what is not as it was acknowledged, a sentence each: none where all is well
 */
export async function problemsOf(core: Core, progress: readonly Progress[]): Promise<string[]> {
  const found = await Promise.all(progress.map(async (each) => problemsOfWriter(core, each)))
  return found.flat()
}

async function problemsOfWriter(
  core: Core,
  { writer, acknowledged }: Progress,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (let round = 0; round * STEPS <= acknowledged; round += 1) {
    const told = await differences(core, expectedOf(writer, round, acknowledged))
    if (told.length === 0) continue
    const onward = await differences(core, expectedOf(writer, round, acknowledged + 1))
    if (onward.length > 0) problems.push(...told)
  }
  return problems
}

async function differences(core: Core, expected: readonly Expected[]): Promise<readonly string[]> {
  const found = await Promise.all(expected.map(async (each) => differenceOf(core, each)))
  return found.flatMap((difference) => (difference === undefined ? [] : [difference]))
}

async function differenceOf(core: Core, expected: Expected): Promise<string | undefined> {
  const { id, name, hasMaterial } = expected
  const unit = core.objects.begin({ owner: OWNER, now: NOW })
  const object = await unit.find(id)
  if ((name === undefined) !== (object === undefined))
    return `${id} is ${object ? 'there' : 'missing'}`
  const found = object?.attributes.get('Name')?.nameValue
  if (found !== name) return `${id} has the name ${found}, not ${name}`
  const material = object && materialOf(object)
  if (hasMaterial !== (material !== undefined)) return `${id} has ${hasMaterial ? 'no' : 'a'} key`
  if (material !== undefined && !Buffer.from(material).equals(materialFor(id))) {
    return `${id} has another key`
  }
  return differenceOfNames(unit, expected)
}

/** The Name that an object has finds it, and the one that it had does not. */
async function differenceOfNames(
  unit: UnitOfWork,
  { id, name, formerName }: Expected,
): Promise<string | undefined> {
  for (const [text, ids] of [[name, id] as const, [formerName, ''] as const]) {
    if (text === undefined) continue
    const query: ObjectQuery = { ...named(text), statuses: ['online', 'destroyed'] }
    const { uniqueIdentifiers } = await unit.locate(query)
    if (uniqueIdentifiers.join() !== ids) return `the name ${text} finds the wrong objects`
  }
  return undefined
}
