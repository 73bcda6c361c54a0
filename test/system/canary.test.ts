import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Serving } from '../cli/serving.ts'
import { TAGS, childOf, textOf, type Answer } from './answer.ts'
import { connectClient, type Client } from './client.ts'
import {
  attribute,
  authentication,
  batchErrorContinuation,
  bytes,
  clientCorrelation,
  create,
  enumeration,
  integer,
  item,
  locateByName,
  name,
  on,
  register,
  registerPassword,
  request,
  revoke,
  structure,
  text,
} from './request.ts'
import { createSite, type Site } from './server.ts'

const CLIENT = 'canary-client'
/** What is planted, each different from everything that is sent otherwise. */
const KEYS = Array.from({ length: 6 }, (_, at) => plant(`key ${at}`))
const PASSWORDS = ['pw-7d1f0c6b9a3e', 'pw-5e2b8d4f1c7a', 'pw-0a9c3e6f2b8d'] as const
const NAMES = ['name-63b1f4a8d2', 'name-2f8c5e1b7a', 'name-d94a0b6c3e'] as const
const SUCCESS = 0

function plant(text: string): Buffer {
  return createHash('sha256').update(`canary ${text}`).digest()
}

/** Every form in which bytes could have got somewhere. */
function formsOf(planted: Buffer): readonly Buffer[] {
  const hex = planted.toString('hex')
  const base64 = [0, 1, 2].map((skipped) => planted.subarray(skipped).toString('base64'))
  const texts = [
    hex,
    hex.toUpperCase(),
    // The last characters of base64 depend on what follows.
    ...base64.map((each) => each.replace(/=+$/, '').slice(0, -1)),
    [...planted].join(','),
  ]
  return [planted, ...texts.map((each) => Buffer.from(each))]
}

function findings(where: string, content: Buffer, planted: readonly Buffer[]): string[] {
  return planted.flatMap((each, at) =>
    formsOf(each)
      .filter((form) => content.includes(form))
      .map(() => `${where}: plant ${at}`),
  )
}

describe('what must not be seen', () => {
  let site: Site
  let server: Serving
  let client: Client
  const answers: Answer[] = []
  /** Keys come back where they are asked for and nowhere else. */
  let shown: Answer
  const planted = [...KEYS, ...[...PASSWORDS, ...NAMES].map((each) => Buffer.from(each))]

  beforeAll(async () => {
    site = await createSite()
    server = await site.start({ debug: true })
    client = await connectClient(server.port, await site.addClient(CLIENT))
    for (const message of conversation()) answers.push(await client.ask(message))
    await provoke(answers)
    const identifier = textOf(childOf(answers[0]?.items[0]?.payload, TAGS.uniqueIdentifier)) ?? ''
    shown = await client.ask(request([on(identifier, 'Get')]))
    for (const message of life(identifier)) answers.push(await client.ask(message))
    await breakOff(site, server)
    expect(await server.stop()).toBe(0)
  }, 120_000)

  afterAll(() => {
    site[Symbol.dispose]()
  })

  /** Every kind of error on every object there is. */
  async function provoke(made: readonly Answer[]): Promise<void> {
    const identifiers = made.flatMap(
      ({ items }) => textOf(childOf(items[0]?.payload, TAGS.uniqueIdentifier)) ?? [],
    )
    for (const identifier of identifiers) {
      const items = [
        on(identifier, 'GetAttributes'),
        on(identifier, 'GetAttributeList'),
        on(identifier, 'Get', enumeration(0x420042, 5)),
        on(identifier, 'Check', integer(0x42002c, 1)),
        on(identifier, 'AddAttribute', name(NAMES[1])),
        on(identifier, 'AddAttribute', name(NAMES[1])),
        on(identifier, 'ModifyAttribute', attribute('State', enumeration(0, 2))),
        on(identifier, 'DeleteAttribute', text(0x42000a, 'Unique Identifier')),
        on(identifier, 'SetAttribute', name(NAMES[2])),
      ]
      const header = [authentication('operator', PASSWORDS[0]), batchErrorContinuation(1)]
      answers.push(await client.ask(request(items, { header })))
    }
  }

  test('it was there: the key that was asked for came, and the log names the client', () => {
    expect(answers.filter(({ items }) => items[0]?.status === SUCCESS).length).toBeGreaterThan(8)
    expect(answers.some(({ items }) => items.some(({ status }) => status !== SUCCESS))).toBe(true)
    const key = KEYS[0] ?? Buffer.alloc(0)
    expect(findings('answer', serialised([shown]), [key])).not.toEqual([])
    expect(findings('log', Buffer.from(server.stderr()), [Buffer.from(CLIENT)])).not.toEqual([])
  })

  test('no key, password or name is in the log at its most talkative', () => {
    expect(server.stderr()).toContain('operation refused')
    const said = Buffer.from(server.stdout() + server.stderr())
    expect(findings('output', said, planted)).toEqual([])
  })

  test('no key, password or name is in the words of an error', () => {
    const messages = answers.flatMap(({ items }) => items.map(({ message }) => message ?? ''))
    expect(messages.join('')).not.toBe('')
    expect(findings('message', Buffer.from(messages.join('\n')), planted)).toEqual([])
  })

  test('no key is in an answer to what did not ask for it', () => {
    expect(findings('answer', serialised(answers), KEYS)).toEqual([])
  })

  test('no key, password or name is in any file of the data directory', () => {
    const files = readdirSync(site.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    expect(files.length).toBeGreaterThan(5)
    const found = files.flatMap((file) => findings(file, readFileSync(file), planted))
    expect(found).toEqual([])
  })
})

/** Makes objects of all kinds of secrets, well and badly. */
function conversation(): Uint8Array[] {
  const [one, two, three, four, five, six] = KEYS.map((key) => Buffer.from(key))
  if (!one || !two || !three || !four || !five || !six) throw new RangeError('too few keys')
  const header = [authentication('operator', PASSWORDS[0])]
  const opaque = structure(0x42005b, enumeration(0x420059, (1 << 31) >>> 0), bytes(0x42005a, five))
  const tooShort = structure(0x420040, enumeration(0x420042, 1), bytes(0x420043, six))
  return [
    request([register(one, name(NAMES[0]))], { header }),
    request([register(two)], { header: [clientCorrelation('c-1')] }),
    request([registerPassword(Buffer.from(PASSWORDS[1]), name(NAMES[2]))]),
    request([registerPassword(three)]),
    request([item('Register', enumeration(0x420057, 8), structure(0x420091), opaque)]),
    // Refused: a Name that is taken, a key of the wrong form, a secret where none belongs.
    request([register(four, name(NAMES[0]))]),
    request([item('Register', enumeration(0x420057, 2), structure(0x420091), tooShort)]),
    request([create(attribute('Digest', structure(0, bytes(0x420035, six))))]),
    request([create(attribute(PASSWORDS[2], text(0, PASSWORDS[2])))]),
    request([create(name(`${NAMES[1]}-created`))]),
    request([locateByName(NAMES[0]), locateByName(PASSWORDS[2])]),
    request([on(PASSWORDS[2], 'Get')]),
    request([on(NAMES[1], 'Destroy')]),
    request([item('Query', enumeration(0x420074, 1)), item('DiscoverVersions')], { header }),
  ]
}

/** The rest of an object's life. */
function life(identifier: string): Uint8Array[] {
  return [
    request([on(identifier, 'Activate')]),
    request([on(identifier, 'Destroy')]),
    request([revoke(identifier, 'compromised')]),
    request([on(identifier, 'Destroy')]),
    request([on(identifier, 'Get')]),
  ]
}

/** Messages that cannot be read, each with secrets in it, on connections of their own. */
async function breakOff(site: Site, { port }: Serving): Promise<void> {
  const credentials = await site.addClient('another')
  const whole = conversation()[0] ?? new Uint8Array()
  const broken = [
    Buffer.from(whole).fill(0xff, 60, 64),
    Buffer.concat([Buffer.from('42007802', 'hex'), whole.subarray(4)]),
    Buffer.from(whole).fill(0xfe, whole.length - 60, whole.length - 52),
    whole.subarray(0, -16),
  ]
  for (const message of broken) {
    const other = await connectClient(port, credentials)
    const answered = other.ask(message).catch(() => undefined)
    // What waits for the rest of a message is ended by the client.
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 300))])
    other.close()
  }
}

function serialised(answers: readonly Answer[]): Buffer {
  const parts: Buffer[] = []
  JSON.stringify(answers, (_, value: unknown) => {
    if (value instanceof Uint8Array) parts.push(Buffer.from(value))
    return typeof value === 'bigint' ? value.toString() : value
  })
  return Buffer.concat(parts)
}
