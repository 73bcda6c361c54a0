import { memoryStore } from '../../../src/adapter/store-memory.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType, type Item } from '../../../src/ttlv/item.ts'
import { Bench, find, findAll, textOf, uid, type AnswerItem } from '../../operation/harness.ts'
import { Dice } from '../dice.ts'
import type { Event } from './checker.ts'
import { unhurriedStore, type Flaw } from './faulty-store.ts'
import { told, UNITS, type Input, type Output, type RacedObject } from './object-model.ts'

export const CLIENTS = 8

/** Sends a request and gives the only batch item of its answer; rejects where none comes. */
export type Ask = (request: RequestText) => Promise<AnswerItem>

export interface RequestText {
  readonly operation: string
  readonly payload: string
}

export interface RaceOptions {
  readonly dice: Dice
  /** One for each client. */
  readonly clients: readonly Ask[]
  /** Unique Identifier of the object that everybody races for. */
  readonly object: string
}

/** Questions of each client. */
const LENGTH = 8

/** Clients at once, each of which asks one question after another. */
export async function race({ dice, clients, object }: RaceOptions): Promise<History> {
  const events: Event<Input, Output>[] = []
  let moment = 0
  const run = async (ask: Ask, client: number): Promise<void> => {
    for (const input of questions(dice, client)) {
      const called = (moment += 1)
      const answer = await ask(requestOf(input, object)).catch(() => undefined)
      const output = answer && outputOf(input, answer)
      const returned = (moment += 1)
      events.push({ input, output, called, returned: output === undefined ? Infinity : returned })
    }
  }
  await Promise.all(clients.map(run))
  return events
}

export type History = readonly Event<Input, Output>[]

/** What is wrong with a server; with `stale reads` it gives what it once read again. */
export type ServerFlaw = Flaw | 'stale reads'

/** A race at the message handler. */
export async function raceInProcess(seed: number, flaw: ServerFlaw = 'none'): Promise<History> {
  const dice = new Dice(seed)
  const isStale = flaw === 'stale reads'
  const bench = await Bench.open({
    store: unhurriedStore(memoryStore(), dice, isStale ? 'none' : flaw),
  })
  const ask: Ask = async ({ operation, payload }) => bench.ask('2.1', operation, payload)
  const clients = Array.from({ length: CLIENTS }, () => (isStale ? forgetful(ask, dice) : ask))
  return race({ dice, clients, object: '7ace7ace-0000-4000-8000-000000000000' })
}

function forgetful(ask: Ask, dice: Dice): Ask {
  const answers = new Map<string, AnswerItem>()
  return async (request) => {
    const before = answers.get(request.operation)
    if (before !== undefined && dice.oneIn(2)) return before
    const answer = await ask(request)
    if (request.operation.startsWith('Get')) answers.set(request.operation, answer)
    return answer
  }
}

/** What one client asks; values and notes are told apart by who brought them. */
function questions(dice: Dice, client: number): readonly Input[] {
  return Array.from({ length: LENGTH }, (_, at) => question(dice, `${String(client)}${String(at)}`))
}

const SIMPLE = [
  ...(['activate', 'deactivate', 'compromise', 'destroy', 'delete', 'count'] as const),
  ...(['get', 'look', 'get', 'look', 'count', 'activate'] as const),
]

function question(dice: Dice, mark: string): Input {
  switch (dice.below(6)) {
    case 0:
      return { kind: 'bring', value: `aa${mark}`.padEnd(32, '0'), replaces: dice.oneIn(2) }
    case 1:
      return { kind: dice.pick(['add', 'modify', 'set'] as const), note: mark }
    case 2:
      return { kind: 'allocate', units: 1 + dice.below(7) }
    default:
      return { kind: dice.pick(SIMPLE) }
  }
}

function requestOf(input: Input, object: string): RequestText {
  if (input.kind === 'bring') return { operation: 'Import', payload: importOf(input, object) }
  if (input.kind === 'deactivate' || input.kind === 'compromise') {
    return { operation: 'Revoke', payload: revocation(object, input.kind) }
  }
  if (input.kind === 'allocate') {
    const units = `<UsageLimitsCount type="LongInteger" value="${String(input.units)}"/>`
    return { operation: 'GetUsageAllocation', payload: uid(object) + units }
  }
  return isPlain(input)
    ? { operation: PLAIN[input.kind], payload: uid(object) }
    : attributeChange(input, object)
}

const PLAIN = {
  ...({ activate: 'Activate', destroy: 'Destroy' } as const),
  ...({ get: 'Get', look: 'GetAttributes' } as const),
}
const REASONS = { deactivate: 'CessationOfOperation', compromise: 'KeyCompromise' } as const

function isPlain(input: Input): input is Extract<Input, { kind: keyof typeof PLAIN }> {
  return input.kind in PLAIN
}

const revocation = (
  object: string,
  kind: keyof typeof REASONS,
): string => `${uid(object)}<RevocationReason>
  <RevocationReasonCode type="Enumeration" value="${REASONS[kind]}"/></RevocationReason>`

const COUNTER = `<VendorIdentification type="TextString" value="x"/>
  <AttributeName type="TextString" value="Counted"/>`

function attributeChange(
  input: Extract<Input, { kind: 'add' | 'modify' | 'set' | 'delete' | 'count' }>,
  object: string,
): RequestText {
  if (input.kind === 'count') {
    return {
      operation: 'AdjustAttribute',
      payload: `${uid(object)}<AttributeReference>${COUNTER}</AttributeReference>
        <AdjustmentType type="Enumeration" value="Increment"/>`,
    }
  }
  if (input.kind === 'delete') {
    return {
      operation: 'DeleteAttribute',
      payload: `${uid(object)}
        <AttributeReference type="Enumeration" value="ContactInformation"/>`,
    }
  }
  const operation = { add: 'AddAttribute', modify: 'ModifyAttribute', set: 'SetAttribute' }
  return {
    operation: operation[input.kind],
    payload: `${uid(object)}<NewAttribute>
      <ContactInformation type="TextString" value="${input.note}"/></NewAttribute>`,
  }
}

function importOf({ value, replaces }: Extract<Input, { kind: 'bring' }>, object: string): string {
  return `${uid(object)}<ObjectType type="Enumeration" value="SymmetricKey"/>
    <ReplaceExisting type="Boolean" value="${String(replaces)}"/>
    <Attributes>
      <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>
      <UsageLimits><UsageLimitsTotal type="LongInteger" value="${String(UNITS)}"/>
        <UsageLimitsCount type="LongInteger" value="${String(UNITS)}"/>
        <UsageLimitsUnit type="Enumeration" value="Byte"/></UsageLimits>
      <Attribute>${COUNTER}<AttributeValue type="Integer" value="0"/></Attribute>
    </Attributes>
    <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
      <KeyValue><KeyMaterial type="ByteString" value="${value}"/></KeyValue>
      <CryptographicAlgorithm type="Enumeration" value="AES"/>
      <CryptographicLength type="Integer" value="128"/></KeyBlock></SymmetricKey>`
}

const UNCERTAIN = ['GeneralFailure', 'Undefined']
/** The table of errors of Adjust Attribute has the second (KMIP 2.1 section 6.1.3). */
const NOT_THERE = ['ObjectNotFound', 'ItemNotFound']

function outputOf({ kind }: Input, answer: AnswerItem): Output | undefined {
  const { status, reason = '', payload } = answer
  if (UNCERTAIN.includes(reason)) return undefined
  if (NOT_THERE.includes(reason)) return 'absent'
  if (status !== 'Success') return 'refused'
  if (kind === 'get') return hexOf(find(payload, Tag.KeyMaterial))
  return kind === 'look' ? told(objectIn(payload)) : 'done'
}

function hexOf(item: Item | undefined): string {
  return item?.type === ItemType.ByteString ? Buffer.from(item.value).toString('hex') : 'nothing'
}

const LIVES = [
  ...(['PreActive', 'Active', 'Deactivated'] as const),
  ...(['Compromised', 'Destroyed', 'DestroyedCompromised'] as const),
]

function objectIn(payload: Item | undefined): RacedObject {
  const state = find(payload, Tag.State)
  const life = LIVES[Number(state?.value) - 1]
  if (life === undefined) throw new TypeError('an answer without a State')
  const counter = findAll(payload, Tag.Attribute).map((item) => find(item, Tag.AttributeValue))
  return {
    life,
    value: '',
    note: textOf(find(payload, Tag.ContactInformation)),
    counted: Number(counter[0]?.value),
    left: Number(find(payload, Tag.UsageLimitsCount)?.value),
  }
}
