import {
  ASKER,
  BESIDE,
  HERE,
  POLICY,
  RELATIONS,
  ROLES,
  STATES,
  type Relation,
  type StateName,
} from './cases.ts'
import { Oracle, type Fate, type PlainIdentity, type PlainObject } from './oracle.ts'
import { titleOf, type Row, type Scene, type Touched } from './row.ts'
import { FREE, Stage, type Found, type Made, type Told } from './stage.ts'

/** Permission Denied, as it is said of operations and of objects; an operation's own refusals say something else. */
export const DENIED = '12 The client may not ask for this operation'
export const DENIED_OBJECT = '12 The client may not do this with the object'
/** As long as a Correlation Value, and none. */
const MISSING_REQUEST = Buffer.from('00000000-0000-4000-8000-999999999999').toString('hex')
const ABSENT: Relation = { what: 'absent', owner: 'nobody', isAbsent: true }

export const oracle = new Oracle(POLICY)
export const who = (role: string): PlainIdentity => ({ name: ASKER, role, namespace: HERE })

/** A row with a relation and a state, which every role is asked for. */
export interface Group {
  readonly row: Row
  readonly relation: Relation
  readonly state: StateName
}

export interface Cell {
  /** What is asked, for messages. */
  readonly title: string
  /** What the rules make of it; of several objects the worst. */
  readonly fate: Fate
  readonly expected: string
  readonly outcome: string
}

/** Every group of a row. */
export function groupsOf(row: Row): readonly Group[] {
  return relationsOf(row).flatMap((relation) =>
    statesOf(row, relation).map((state) => ({ row, relation, state })),
  )
}

function relationsOf({ about }: Row): readonly Relation[] {
  if (about === 'nothing') return RELATIONS.slice(0, 1)
  // A new object is its maker's, in his namespace.
  const isPossible = ({ isAbsent, namespace = HERE }: Relation): boolean =>
    about !== 'new' || (isAbsent !== true && namespace === HERE)
  return RELATIONS.filter(isPossible)
}

function statesOf({ about, states }: Row, { isAbsent }: Relation): readonly StateName[] {
  if (about === 'new' || about === 'job' || about === 'nothing' || isAbsent === true) {
    return STATES.slice(0, 1)
  }
  return states ?? STATES
}

/** What becomes of a request where nothing is forbidden. */
interface Course {
  readonly outcome: string
  /** The answer, with the identifiers of new objects taken out. */
  readonly bytes: string
  /** The objects that are made or changed, as they are afterwards. */
  readonly effects: readonly PlainObject[]
}

/** Plays groups, and knows what the rows do for what is not there. */
export class Theatre {
  readonly #absent = new Map<Row, Course>()

  /** One cell for each role. */
  async play(group: Group): Promise<readonly Cell[]> {
    const stage = await Stage.open()
    const free = await courseOf(stage, group)
    const absent = await this.#courseOfAbsent(group.row)
    const cells: Cell[] = []
    for (const role of ROLES) cells.push(await played(stage, group, { role, free, absent }))
    return cells
  }

  /** What an owner is told who may do everything. */
  async outcomeForOwner(group: Group): Promise<string> {
    return (await courseOf(await Stage.open(), group)).outcome
  }

  async #courseOfAbsent(row: Row): Promise<Course> {
    const known = this.#absent.get(row)
    if (known !== undefined) return known
    const relation = row.about === 'new' || row.about === 'nothing' ? BESIDE : ABSENT
    const course = await courseOf(await Stage.open(), { row, relation, state: 'PreActive' })
    this.#absent.set(row, course)
    return course
  }
}

/** What happens when one asks who may do everything. */
async function courseOf(stage: Stage, group: Group): Promise<Course> {
  const scene = await setUp(stage, group)
  const before = await stage.objects()
  const { outcome, bytes } = await asked(stage, group.row, { scene, role: FREE })
  const after = await stage.objects()
  return { outcome, bytes, effects: changed(before, after) }
}

function changed(before: readonly Found[], after: readonly Found[]): readonly PlainObject[] {
  const known = new Map(before.map(({ id, object }) => [id, JSON.stringify(object)]))
  return after.flatMap(({ id, object }) =>
    known.get(id) === JSON.stringify(object) ? [] : [object],
  )
}

interface Playing {
  readonly role: string
  readonly free: Course
  readonly absent: Course
}

async function played(stage: Stage, group: Group, playing: Playing): Promise<Cell> {
  const { row, relation, state } = group
  const scene = await setUp(stage, group)
  const { outcome, bytes } = await asked(stage, row, { scene, role: playing.role })
  const { fate, expected, isAsAbsent } = judged(row, scene, playing)
  const title = `${titleOf(row)} as ${playing.role} of one ${relation.what} in ${state}`
  const isTold = isAsAbsent === true && outcome === expected && bytes !== playing.absent.bytes
  return { title, fate, expected, outcome: isTold ? 'other bytes than of what is absent' : outcome }
}

interface Judgement {
  readonly fate: Fate
  readonly expected: string
  /** Not to be told from what is not there. */
  readonly isAsAbsent?: boolean
}

/** docs/authorisation.md, "The decision": the operation, the objects it has to do with, and what comes of it. */
function judged(row: Row, scene: Scene, { role, free, absent }: Playing): Judgement {
  const asker = who(role)
  if (oracle.ask(asker, row.operation) === 'refused') return { fate: 'refused', expected: DENIED }
  let course = free
  for (const touched of touchesOf(row, scene.relation)) {
    if (touched.isOperation === true && oracle.ask(asker, touched.as) === 'refused') {
      return { fate: 'refused', expected: DENIED }
    }
    const fate = fateOf(row, touched, { scene, asker })
    if (fate === 'allowed') continue
    if (fate === 'refused') return { fate, expected: DENIED_OBJECT }
    if (touched.isOptional !== true) return hidden(row, scene, absent)
    course = absent
  }
  const isMade = course.effects.every(
    (each) => oracle.decide(asker, row.operation, each) === 'allowed',
  )
  if (!isMade) return { fate: 'refused', expected: DENIED_OBJECT }
  const fate = course === absent && course !== free ? 'hidden' : 'allowed'
  return { fate, expected: course.outcome, isAsAbsent: fate === 'hidden' }
}

function hidden({ hiddenHere }: Row, { it }: Scene, absent: Course): Judgement {
  if (hiddenHere === undefined || it?.object.namespace !== HERE) {
    return { fate: 'hidden', expected: absent.outcome, isAsAbsent: true }
  }
  return { fate: 'hidden', expected: hiddenHere }
}

function touchesOf({ about, operation, touches }: Row, relation: Relation): readonly Touched[] {
  if (touches !== undefined) return typeof touches === 'function' ? touches(relation) : touches
  return about === 'new' || about === 'nothing' ? [] : [{ which: 'it', as: operation }]
}

function fateOf(
  row: Row,
  { which, as }: Touched,
  { scene, asker }: { readonly scene: Scene; readonly asker: PlainIdentity },
): Fate {
  if (which === 'it' && row.fateOf !== undefined) return row.fateOf(scene.relation)
  const made = which === 'it' ? scene.it : scene.beside[which]
  return made === undefined ? 'hidden' : oracle.decide(asker, as, made.object)
}

async function asked(
  stage: Stage,
  row: Row,
  { scene, role }: { readonly scene: Scene; readonly role: string },
): Promise<{ readonly outcome: string; readonly bytes: string }> {
  const payload = row.payload(scene)
  const { version = '2.1', operation } = row
  const told = await stage.ask(who(role), operation, { payload, version })
  return { outcome: await outcomeOf(stage, row, told), bytes: comparable(told.bytes, scene.id) }
}

async function outcomeOf(stage: Stage, { told }: Row, answer: Told): Promise<string> {
  if (told === undefined || answer.outcome !== 'done') return answer.outcome
  return `done, ${await told(stage, answer)}`
}

/** An answer without the numbers of new objects, which go up, and without what was named where it says that again. */
function comparable(bytes: Uint8Array, named: string): string {
  const value = Buffer.from(named, 'hex').toString('latin1')
  const text = Buffer.from(bytes).toString('latin1')
  const unnamed = value.length < MISSING_REQUEST.length / 2 ? text : text.replaceAll(value, '#')
  return unnamed.replace(/(?<=0000-4000-8000-)\d{12}/g, '#')
}

async function setUp(stage: Stage, { row, relation, state }: Group): Promise<Scene> {
  const beside: Made[] = []
  for (const kind of row.beside ?? []) beside.push(await stage.make({ kind, ...USUAL }))
  const half = await halfOf(stage, { row, relation, state })
  if (half !== undefined) beside.push(half)
  const it = await putUp(stage, { row, relation, state }, half)
  const scene = {
    ...(it ?? (await missing(stage, row, relation))),
    ...{ it, relation, beside },
    chosen: stage.unused(),
    learnt: '',
  }
  if (ISSUING.includes(row.operation)) await stage.issueUsually()
  const around = (await row.around?.(stage, scene)) ?? []
  const learnt = (await row.learn?.(stage, scene)) ?? ''
  return { ...scene, learnt, beside: [...beside, ...around] }
}

const USUAL = { relation: BESIDE, state: 'Active', isUnlimited: true } as const

/** Another object in the same relation, which the row's own is linked to. */
async function halfOf(
  stage: Stage,
  { row: { half: kind }, relation, state }: Group,
): Promise<Made | undefined> {
  if (kind === undefined || relation.isAbsent === true) return undefined
  return stage.make({ kind, relation, state })
}

async function putUp(
  stage: Stage,
  { row: { about, put = () => ({}) }, relation, state }: Group,
  half: Made | undefined,
): Promise<Made | undefined> {
  if (about === 'new' || about === 'nothing' || about === 'job') return undefined
  if (relation.isAbsent === true) return undefined
  return stage.make({ kind: about, ...put(relation, half), relation, state })
}

/** What a request names that names no object. */
async function missing(
  stage: Stage,
  { about }: Row,
  relation: Relation,
): Promise<Pick<Scene, 'id' | 'name'>> {
  const name = stage.nameFor(relation)
  if (about !== 'job') return { id: stage.unused(), name }
  return { id: relation.isAbsent === true ? MISSING_REQUEST : await stage.request(relation), name }
}

const ISSUING: readonly string[] = ['Certify', 'ReCertify']
