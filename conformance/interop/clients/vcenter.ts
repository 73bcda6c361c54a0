import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { enumeration, integer, text } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  template,
  textAttribute,
  version,
} from './wire/message.ts'
import { Algorithm, Mask, ObjectType, Operation, QueryFunction, State } from './wire/numbers.ts'
import type { Manner } from './wire/wire.ts'

/** 1.1 over TLS 1.2; Unique Batch Item IDs of eight bytes even for one item; never locates, gets before it activates. */
export const vcenter: Card = {
  product: 'VMware vCenter and vSAN',
  scripts: {
    'establishes trust': async (stage) => {
      const session = await open(stage)
      const answer = await session.ask(Operation.query, [
        enumeration('QueryFunction', QueryFunction.serverInformation),
      ])
      const told = answer.payload(Operation.query)
      expect(told.at('VendorIdentification').text()).not.toBe('')
      expect(told.all('Operation')).toEqual([])
    },

    'makes a key, marks it, reads it and then activates it': async (stage) => {
      const session = await open(stage)
      const key = await session.create()
      for (const name of MARKS) expect(await session.attributes(key, name)).toEqual([])
      await session.mark(key, MARKS)
      for (const name of OTHER_MARKS) expect(await session.attributes(key, name)).toEqual([])
      await session.mark(key, OTHER_MARKS)
      expect(await session.attributes(key, 'x-Vendor')).toEqual(['x-Vendor'])
      const got = (await session.ask(Operation.get, [identifier(key)])).payload(Operation.get)
      expect(materialIn(got)).toHaveLength(32)
      expect(await session.state(key)).toBe(State.preActive)
      const activated = await session.ask(Operation.activate, [identifier(key)])
      expect(identifierIn(activated.payload(Operation.activate))).toBe(key)
      expect(await session.state(key)).toBe(State.active)
    },

    'asks several connections at once': async (stage) => {
      const sessions = await Promise.all([1, 2, 3, 4].map(async () => open(stage)))
      const keys = await Promise.all(sessions.map(async (session) => session.create()))
      expect(new Set(keys).size).toBe(4)
      const [first] = keys
      const [, other] = sessions
      const got = await other?.ask(Operation.get, [identifier(first ?? '')])
      expect(got?.payload(Operation.get).at('ObjectType').number()).toBe(ObjectType.symmetricKey)
    },

    'looks in every five minutes: a handshake that it drops, then Discover Versions twice': async (
      stage,
    ) => {
      const dropped = await stage.connect(tolerant, TLS)
      dropped.close()
      await open(stage)
      await open(stage)
    },
  },
}

/** The same where it offers nothing but suites with CBC. */
export const olderVcenter: Card = {
  product: 'VMware vCenter and vSAN (suites with CBC)',
  config: { tls: { legacySuites: true } },
  scripts: {
    'makes and reads a key': async (stage) => {
      const ciphers = 'ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:AES128-SHA256'
      const session = await open(stage, { ...TLS, ciphers })
      const got = await session.ask(Operation.get, [identifier(await session.create())])
      expect(materialIn(got.payload(Operation.get))).toHaveLength(32)
    },
  },
}

const TLS = { maxVersion: 'TLSv1.2' } as const
const MARKS = ['x-Product_Version', 'x-Vendor', 'x-Product']
const OTHER_MARKS = ['x-Identifier', 'x-Component', 'x-Name']

/** Every connection begins with Discover Versions, of which all versions may come back. */
async function open(stage: Stage, manner: Manner = TLS): Promise<Session> {
  const peer = await stage.connect(tolerant, manner)
  const found = await peer.ask(bare('1.1', batchItem(Operation.discoverVersions, [])))
  const minors = found
    .payload(Operation.discoverVersions)
    .all('ProtocolVersion')
    .filter((each) => each.at('ProtocolVersionMajor').number() === 1)
    .map((each) => each.at('ProtocolVersionMinor').number())
  expect(minors).toEqual([4, 3, 2, 1, 0])
  return new Session(peer)
}

class Session {
  readonly #peer: Peer
  #counter = 0

  constructor(peer: Peer) {
    this.#peer = peer
  }

  async ask(operation: number, ...payloads: readonly (readonly Uint8Array[])[]): Promise<Answer> {
    const ids = payloads.map(() => this.#nextId())
    const items = payloads.map((payload, index) => batchItem(operation, payload, ids[index]))
    const header = [version('1.1'), integer('BatchCount', items.length)]
    const answer = await this.#peer.ask(message(header, ...items))
    expect(ids.map((_, index) => answer.idOf(index))).toEqual(ids.map((id) => id.toString('hex')))
    return answer
  }

  async create(): Promise<string> {
    const answer = await this.ask(Operation.create, [
      enumeration('ObjectType', ObjectType.symmetricKey),
      template(
        enumAttribute('Cryptographic Algorithm', Algorithm.aes),
        integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
        integerAttribute('Cryptographic Length', 256),
      ),
    ])
    return identifierIn(answer.payload(Operation.create))
  }

  /** The names that come back when it asks for one attribute. */
  async attributes(key: string, name: string): Promise<readonly string[]> {
    const answer = await this.ask(Operation.getAttributes, [
      identifier(key),
      text('AttributeName', name),
    ])
    const payload = answer.payload(Operation.getAttributes)
    expect(identifierIn(payload)).toBe(key)
    return [...attributesIn(payload).keys()]
  }

  async mark(key: string, names: readonly string[]): Promise<void> {
    const payloads = names.map((name) => [identifier(key), textAttribute(name, `${name} of it`)])
    const answer = await this.ask(Operation.addAttribute, ...payloads)
    for (const index of names.keys()) answer.payload(Operation.addAttribute, index)
  }

  async state(key: string): Promise<number | undefined> {
    const answer = await this.ask(Operation.getAttributes, [
      identifier(key),
      text('AttributeName', 'State'),
    ])
    return attributesIn(answer.payload(Operation.getAttributes)).get('State')?.number()
  }

  /** `QLKC` and a counter, the least significant byte first. */
  #nextId(): Buffer {
    this.#counter += 1
    const id = Buffer.from('QLKC\0\0\0\0', 'latin1')
    id.writeUInt32LE(this.#counter, 4)
    return id
  }
}
