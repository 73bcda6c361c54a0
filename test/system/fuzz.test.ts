import { expect, test } from 'vitest'
import { readRequest } from '../../src/message/request.ts'
import { VERSIONS, type Version } from '../../src/schema/version.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import type { MessageHandler } from '../../src/server/handler.ts'
import {
  readAnswer,
  readItem,
  TAGS,
  textsOf,
  versionOfRequest,
  type Answer,
  type AnswerItem,
} from './answer.ts'
import { Dice } from './dice.ts'
import { mutate } from './mutation.ts'
import { item as batchItem, on, request } from './request.ts'
import { createSubject, PEER, readSeeds, type Seed, type Subject } from './subject.ts'

const CASES = Number(process.env['KMIPD_FUZZ_CASES'] ?? 20_000)
const SEED = Number(process.env['KMIPD_FUZZ_SEED'] ?? 1)
/** Messages to one store; then it is looked through, and the next begins. */
const CASES_A_STORE = 2_000
/** No message takes so long, in milliseconds; one that does has hung. */
const HANG = 10_000
const SUCCESS = 0
const UNDONE = 3
const MOST_ITEMS = 100
const GENERAL_FAILURE = 0x100
const OBJECT_ARCHIVED = 0x0d
/** Faults for which clients are told General Failure although nothing went wrong within. */
const HONEST_FAILURES = new Set<unknown>(['SERVER_LIMIT', 'NOT_QUANTUM_SAFE', 'INVALID_TAG_LENGTH'])

test(
  `${CASES} mutated messages are each answered, or cannot be, and leave the store whole`,
  async () => {
    console.info(`fuzz: ${CASES} messages, seed ${SEED} (KMIPD_FUZZ_CASES, KMIPD_FUZZ_SEED)`)
    const tally = { answered: 0, refused: 0, succeeded: 0, objects: 0, slowest: 0 }
    for (let first = 0; first < CASES; first += CASES_A_STORE) {
      const subject = await createSubject()
      const seeds = await prime(subject)
      const others = seeds.map(({ bytes }) => bytes)
      for (let at = first; at < Math.min(first + CASES_A_STORE, CASES); at += 1) {
        // Each case has its own dice, so that one that fails can be repeated alone.
        const dice = new Dice(SEED * 0x9e37 + at)
        const seed = dice.pick(seeds)
        const bytes = mutate(seed.bytes, others, dice)
        const copy = Buffer.from(bytes).toString('hex')
        try {
          await throwAt(subject, bytes, tally)
          if (at % 4 === 0) await stream(subject, Buffer.from(copy, 'hex'), dice)
        } catch (error) {
          throw new Error(`case ${at} of seed ${SEED}, from ${seed.name}: ${copy}`, {
            cause: error,
          })
        }
        if (at % 10 === 0) subject.now += 1
      }
      tally.objects += await expectWhole(subject)
    }
    console.info('fuzz:', JSON.stringify(tally))
    // A store of mutations that nothing gets through would have shown nothing.
    expect(tally.succeeded).toBeGreaterThan(CASES / 20)
    expect(tally.refused).toBeGreaterThan(CASES / 10)
  },
  120_000 + CASES * 10,
)

/** Plays all seeds once, so that there are objects; gives the seeds again, which then name them. */
async function prime(subject: Subject): Promise<readonly Seed[]> {
  for (const { bytes } of readSeeds((_, index) => `none-${index}`)) {
    await subject.handler.handle(Uint8Array.from(bytes), PEER)
  }
  subject.lines.length = 0
  const identifiers = await locateAll(subject.handler)
  expect(identifiers.length).toBeGreaterThan(50)
  return readSeeds((vector, index) => {
    const at = Buffer.from(vector).reduce((sum, byte) => sum * 31 + byte, index) >>> 0
    return identifiers[at % identifiers.length] ?? ''
  })
}

async function throwAt(
  subject: Subject,
  bytes: Uint8Array,
  tally: { answered: number; refused: number; succeeded: number; slowest: number },
): Promise<void> {
  const { handler, lines } = subject
  lines.length = 0
  const sent = Buffer.from(bytes)
  const began = performance.now()
  const reply = await handler.handle(bytes, PEER)
  const took = performance.now() - began
  // As the connection does: whatever was kept of the message without a copy is destroyed by it.
  bytes.fill(0)
  tally.slowest = Math.max(tally.slowest, Math.round(took))
  insist(took < HANG, 'the message took too long')
  expectNoBug(subject)
  if (reply === undefined) {
    tally.refused += 1
    insist(!hasHeader(sent), 'a message with a header was not answered')
    return
  }
  tally.answered += 1
  const answer = readAnswer(reply.bytes)
  if (answer.items.some(({ status }) => status === SUCCESS)) tally.succeeded += 1
  expectSound(answer, sent, subject)
}

/** Whether a message begins as every message does whose version can be read. */
function hasHeader(bytes: Uint8Array): boolean {
  const tags = [0x420078, 0x420077, 0x420069, 0x42006a]
  if (bytes.length < 56) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return (
    tags.every((tag, at) => view.getUint32(at * 8) >>> 8 === tag) &&
    view.getUint32(40) >>> 8 === TAGS.minor &&
    // Otherwise these are not integers of four bytes, and what they say is anyone's guess.
    [24, 40].every((at) => view.getUint8(at + 3) === 2 && view.getUint32(at + 4) === 4) &&
    [0, 8, 16].every((at) => view.getUint8(at + 3) === 1) &&
    view.getUint32(12) >= 40 &&
    view.getUint32(20) === 32
  )
}

function expectNoBug({ lines }: Subject): void {
  const bug = lines.find(({ level }) => level === 'error')
  insist(bug === undefined, JSON.stringify(bug))
}

/** As `expect`, which is too slow to be asked a dozen times for each message. */
function insist(holds: boolean, otherwise: string): void {
  if (!holds) expect.fail(otherwise)
}

function expectSound(answer: Answer, sent: Uint8Array, { lines }: Subject): void {
  const { items, version, batchCount } = answer
  insist(
    batchCount === items.length && batchCount > 0,
    `Batch Count ${batchCount} of ${items.length}`,
  )
  insist(
    VERSIONS.some((each) => each === version),
    `answered in ${version}`,
  )
  const isHonest = lines.some(({ fields }) => HONEST_FAILURES.has(fields['code']))
  for (const { status, reason, message } of items) {
    const isFailure = status !== SUCCESS && status !== UNDONE
    insist(
      status !== undefined && isFailure === (reason !== undefined),
      'status and reason disagree',
    )
    insist(reason !== GENERAL_FAILURE || isHonest, `General Failure: ${message ?? ''}`)
  }
  const asked = understood(sent)
  if (asked === undefined) return
  insist(version === asked.version, `answered in ${version} what came in ${asked.version}`)
  if (asked.items.length === 0 || asked.items.length > MOST_ITEMS) return
  const [echoed, wanted] = [items, asked.items].map((each) => JSON.stringify(each.map(echoOf)))
  insist(echoed === wanted, `answered ${echoed ?? ''} to ${wanted ?? ''}`)
}

/** What an answer repeats of each batch item. */
function echoOf({ operation, batchItemId }: AnswerItem) {
  return [operation, batchItemId]
}

/** The version and batch items of a message whose envelope is sound; `items` is empty when only the version is. */
function understood(bytes: Uint8Array) {
  let message: Item
  try {
    message = decode(bytes)
  } catch {
    return undefined
  }
  const version = versionToAnswer(versionOfRequest(message))
  if (version === undefined) return undefined
  try {
    const { batchItems } = readRequest(message, version)
    return { version, items: batchItems.map(readItem) }
  } catch {
    return { version, items: [] }
  }
}

/** A minor version that is newer than any there is counts as the newest (KMIP 1.4 section 6.1). */
function versionToAnswer(asked: string): Version | undefined {
  const [major = NaN, minor = NaN] = asked.split('.').map(Number)
  const newest = major === 1 ? 4 : 1
  return VERSIONS.find((version) => version === `${major}.${Math.min(minor, newest)}`)
}

/** The same bytes as a stream in pieces: the framer gives messages or refuses, and never waits for what was claimed. */
async function stream(subject: Subject, bytes: Buffer, dice: Dice): Promise<void> {
  const framer = new Framer(DEFAULT_LIMITS)
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + 1 + dice.below(100))
    at += piece.length
    try {
      framer.push(piece)
      for (let message = framer.next(); message !== undefined; message = framer.next()) {
        await subject.handler.handle(message, PEER)
      }
    } catch (error) {
      expect(error).toMatchObject({ name: 'KmipFault' })
      return
    }
  }
  expectNoBug(subject)
}

/** Every object can be found, and reads the same from the store as from the memory of the server. */
async function expectWhole(subject: Subject): Promise<number> {
  const { handler, lines } = subject
  lines.length = 0
  const fresh = await subject.reopen()
  const identifiers = await locateAll(handler)
  expect(await locateAll(fresh)).toEqual(identifiers)
  for (const identifier of identifiers) {
    const message = request(
      [on(identifier, 'GetAttributes'), on(identifier, 'GetAttributeList'), on(identifier, 'Get')],
      { header: [{ tag: 0x42000e, type: 5, value: 1 }] },
    )
    const [here, there] = await Promise.all(
      [handler, fresh].map(async (each) => each.handle(Uint8Array.from(message), PEER)),
    )
    const [mine, stored] = [here, there].map((reply) => Buffer.from(reply?.bytes ?? []))
    insist(mine?.toString('hex') === stored?.toString('hex'), `${identifier} differs in the store`)
    const [attributes] = readAnswer(mine ?? Buffer.alloc(0)).items
    insist(
      attributes?.status === SUCCESS || attributes?.reason === OBJECT_ARCHIVED,
      `${identifier} cannot be read: ${attributes?.message ?? ''}`,
    )
  }
  expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  return identifiers.length
}

async function locateAll(handler: MessageHandler): Promise<readonly string[]> {
  const found: string[] = []
  for (;;) {
    const offset = { tag: 0x4200d4, type: 2, value: found.length } as const
    const everywhere = { tag: 0x42008e, type: 2, value: 7 } as const
    const reply = await handler.handle(request([batchItem('Locate', offset, everywhere)]), PEER)
    const [located] = readAnswer(reply?.bytes ?? Buffer.alloc(0)).items
    expect(located).toMatchObject({ status: SUCCESS, message: undefined })
    const page = textsOf(located?.payload, TAGS.uniqueIdentifier)
    found.push(...page)
    if (page.length < 1_000) return found
  }
}
