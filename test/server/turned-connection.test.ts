import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createAnnouncer } from '../../src/client/announcer.ts'
import { droppedTeller, sentTeller } from '../../src/client/sent-in-audit.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import type { SendUnasked } from '../../src/server/turned-connection.ts'
import { EndpointRole } from '../../src/spec/enum/endpoint-role.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml } from '../../src/ttlv/xml.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { Bench, createAes, find, findAll, messageOf, textOf, uid } from '../operation/harness.ts'
import { rights, ticketCredential, ticketOf } from '../operation/ticket.fixture.ts'
import {
  alice,
  authority,
  closeReasons,
  message,
  receive,
  startBench,
  until,
  type Bench as Wire,
} from './listener.fixture.ts'

/** The name that the listener knows its client by. */
const ALICE = 'id-alice'
const ROLE = (role: string) => `<EndpointRole type="Enumeration" value="${role}"/>`

let core: Bench
let wire: Wire
let client: TestClient

/** A client that takes what comes on its connection, whoever asks. */
class TestClient {
  readonly socket: TLSSocket
  readonly #framer = new Framer(DEFAULT_LIMITS)
  readonly #waiting: Item[] = []

  constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#framer.push(chunk)
      for (let next = this.#framer.next(); next !== undefined; next = this.#framer.next()) {
        this.#waiting.push(decode(next))
      }
    })
  }

  get received(): number {
    return this.#waiting.length
  }

  async next(): Promise<Item> {
    await until(() => this.#waiting.length > 0)
    const item = this.#waiting.shift()
    if (item === undefined) throw new TypeError('nothing came')
    return item
  }

  send(operation: string, payload = '', header = ''): void {
    this.socket.write(encode(messageOf('2.1', [{ operation, payload }], { header })))
  }

  async ask(operation: string, payload = '', header = ''): Promise<Item> {
    this.send(operation, payload, header)
    return this.next()
  }

  /** Answers a request of the server's. */
  answer(operation: string, result = 'Success', payload = ''): void {
    const reason =
      result === 'Success' ? '' : '<ResultReason type="Enumeration" value="GeneralFailure"/>'
    this.socket.write(
      encode(
        decodeXml(
          `<ResponseMessage><ResponseHeader><ProtocolVersion>
          <ProtocolVersionMajor type="Integer" value="2"/><ProtocolVersionMinor type="Integer" value="1"/>
          </ProtocolVersion><TimeStamp type="DateTime" value="2023-11-14T22:13:20+00:00"/>
          <BatchCount type="Integer" value="1"/></ResponseHeader><BatchItem>
          <Operation type="Enumeration" value="${operation}"/>
          <ResultStatus type="Enumeration" value="${result}"/>${reason}
          <ResponsePayload>${payload}</ResponsePayload></BatchItem></ResponseMessage>`,
          vocabulary,
        ),
      ),
    )
  }
}

const value = (message: Item, tag: { readonly number: number }) => {
  const found = find(message, tag)
  return found !== undefined && 'value' in found ? found.value : undefined
}
const succeeded = (message: Item) => value(message, Tag.ResultStatus) === 0
const reasonOf = (message: Item) => value(message, Tag.ResultReason)
const operationIn = (message: Item) => value(message, Tag.Operation)

/** Operations that the client may not ask for. */
const unpermitted = new Set<string>()

beforeEach(async () => {
  unpermitted.clear()
  core = await Bench.open()
  const { handler } = core
  wire = await startBench({
    handler: {
      handle: async (bytes, peer, encoding) =>
        handler.handle(
          bytes,
          { ...peer, identity: { ...peer.identity, role: 'client' } },
          encoding,
        ),
    },
    announcer: createAnnouncer(
      {
        objects: core.repository,
        permits: () => (operation) => !unpermitted.has(operation),
        dropped: droppedTeller(core.audit.trail),
      },
      sentTeller(core.audit.trail),
      silentLog,
    ),
  })
  client = new TestClient(await wire.connect())
})

afterEach(async () => {
  await wire[Symbol.asyncDispose]()
})

const turn = async () => {
  const answer = await client.ask('SetEndpointRole', ROLE('Client'))
  expect(succeeded(answer)).toBe(true)
  expect(value(answer, Tag.EndpointRole)).toBe(1)
}

describe('Set Endpoint Role (2.1 section 6.1.54)', () => {
  test('has the server tell of new objects and of changes, one at a time', async () => {
    await turn()
    const key = await core.createKey('', ALICE)
    await core.ask('2.1', 'Activate', uid(key), ALICE)
    const put = await client.next()
    expect([operationIn(put), put.tag]).toEqual([Operation.Put, Tag.RequestMessage.number])
    expect(textOf(find(put, Tag.UniqueIdentifier))).toBe(key)
    expect(find(put, Tag.KeyMaterial)).toBeDefined()
    expect(client.received, 'before the answer').toBe(0)
    client.answer('Put')
    const notify = await client.next()
    expect(operationIn(notify)).toBe(Operation.Notify)
    expect(find(notify, Tag.State)).toMatchObject({ value: 2 })
  })

  test('has it told in the audit before it is sent, or sends nothing', async () => {
    await turn()
    const tell = vi.spyOn(core.audit.trail, 'tell').mockImplementation(() => {
      throw new KmipFault('UNAVAILABLE', 'The audit log cannot be written')
    })
    const untold = await core.createKey('', ALICE)
    expect(tell).toHaveBeenCalledOnce()
    tell.mockRestore()
    const key = await core.createKey('', ALICE)
    expect(textOf(find(await client.next(), Tag.UniqueIdentifier))).toBe(key)
    const puts = core.audit.entries.filter(({ operation }) => operation === 'Put')
    expect(puts).toMatchObject([{ kind: 'event', client: ALICE, object: key }])
    expect(untold).not.toBe(key)
  })

  test('tells of nothing that the client may not ask for', async () => {
    await turn()
    unpermitted.add('Get')
    const key = await core.createKey('', ALICE)
    await core.ask('2.1', 'Activate', uid(key), ALICE)
    expect(operationIn(await client.next()), 'no Put').toBe(Operation.Notify)
    client.answer('Notify')
    unpermitted.clear()
    unpermitted.add('GetAttributes')
    const told = await core.createKey('', ALICE)
    expect(operationIn(await client.next())).toBe(Operation.Put)
    client.answer('Put')
    await core.ask('2.1', 'Destroy', uid(told), ALICE)
    unpermitted.clear()
    await core.createKey('', ALICE)
    expect(operationIn(await client.next()), 'no Notify').toBe(Operation.Put)
  })

  const modify = (id: string, attribute: string) =>
    `${uid(id)}<NewAttribute>${attribute}</NewAttribute>`

  test.each<[string, string, (key: string) => Promise<unknown>]>([
    [
      'the right to it is gone',
      'PermissionDenied',
      async () => Promise.resolve(unpermitted.add('Get')),
    ],
    [
      'it is sensitive',
      'PermissionDenied',
      async (key) =>
        core.ask(
          '2.1',
          'ModifyAttribute',
          modify(key, '<Sensitive type="Boolean" value="true"/>'),
          ALICE,
        ),
    ],
    ['it is destroyed', 'ItemNotFound', async (key) => core.ask('2.1', 'Destroy', uid(key), ALICE)],
    [
      'it is archived',
      'ObjectArchived',
      async (key) => core.ask('2.1', 'Archive', uid(key), ALICE),
    ],
  ])('sends no key that waits once %s', async (_, reason, change) => {
    await turn()
    await core.createKey('', ALICE)
    const second = await core.createKey('', ALICE)
    expect(operationIn(await client.next())).toBe(Operation.Put)
    await change(second)
    unpermitted.add('GetAttributes')
    client.answer('Put')
    await until(() => core.audit.entries.some(({ result }) => result === 'failed'))
    const dropped = core.audit.entries.filter(({ result }) => result === 'failed')
    expect(dropped[0]).toMatchObject({ operation: 'Put', object: second, client: ALICE, reason })
    unpermitted.clear()
    const third = await core.createKey('', ALICE)
    expect(textOf(find(await client.next(), Tag.UniqueIdentifier)), 'the next to come').toBe(third)
  })

  test('sends no notification that waits once the right to it is gone', async () => {
    await turn()
    const key = await core.createKey('', ALICE)
    await core.ask('2.1', 'Activate', uid(key), ALICE)
    await client.next()
    unpermitted.add('GetAttributes')
    client.answer('Put')
    await core.createKey('', ALICE)
    expect(operationIn(await client.next())).toBe(Operation.Put)
    expect(core.audit.entries.filter(({ result }) => result === 'failed')).toMatchObject([
      { operation: 'Notify', object: key, reason: 'PermissionDenied' },
    ])
  })

  test('tells of the client’s own objects alone, and goes on when the client refuses', async () => {
    await turn()
    await core.createKey('', 'bob')
    const first = await core.createKey('', ALICE)
    const second = await core.createKey('', ALICE)
    expect(textOf(find(await client.next(), Tag.UniqueIdentifier))).toBe(first)
    client.answer('Put', 'OperationFailed')
    expect(textOf(find(await client.next(), Tag.UniqueIdentifier))).toBe(second)
  })

  test('leaves the roles as they are where the server has the one it is to take', async () => {
    const answer = await client.ask('SetEndpointRole', ROLE('Server'))
    expect(value(answer, Tag.EndpointRole)).toBe(2)
    expect(succeeded(await client.ask('Ping'))).toBe(true)
  })

  test.each([
    ['', 4],
    [ROLE('Client') + ROLE('Client'), 4],
    [ROLE('0x80000001'), 7],
  ])('is refused with %s', async (payload, reason) => {
    expect(reasonOf(await client.ask('SetEndpointRole', payload))).toBe(reason)
    expect(succeeded(await client.ask('Ping'))).toBe(true)
  })

  test('is refused with a ticket, which is for requests alone', async () => {
    for (const [operation, payload] of [
      ['Login', ''],
      ['DelegatedLogin', rights('<Right/>')],
    ] as const) {
      const ticket = ticketOf(await core.ask('2.1', operation, payload, ALICE))
      const refused = await client.ask('SetEndpointRole', ROLE('Client'), ticketCredential(ticket))
      expect(reasonOf(refused)).toBe(0x0c)
    }
  })

  test('is refused where the roles cannot be turned', async () => {
    expect((await core.ask('2.1', 'SetEndpointRole', ROLE('Client'))).reason).toBe(
      'FeatureNotSupported',
    )
    expect((await core.ask('2.1', 'SetEndpointRole', ROLE('Server'))).status).toBe('Success')
    expect((await core.ask('1.4', 'SetEndpointRole')).reason).toBe('OperationNotSupported')
  })

  test('has the requests refused that a client sent too early, and not those after another turn', async () => {
    for (const [operation, payload] of [
      ['SetEndpointRole', ROLE('Client')],
      ['Ping', ''],
      ['SetEndpointRole', ROLE('Server')],
      ['Ping', ''],
    ] as const) {
      client.send(operation, payload)
    }
    const answers = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ]
    expect(answers.map(reasonOf)).toEqual([undefined, 0x0c, undefined, undefined])
  })

  test('has no effect in a batch that is undone', async () => {
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const items = [
      { operation: 'SetEndpointRole', payload: ROLE('Client'), id: '01' },
      { operation: 'Get', payload: uid('no such object'), id: '02' },
    ]
    client.socket.write(encode(messageOf('2.1', items, { header: undo })))
    await client.next()
    expect(succeeded(await client.ask('Ping'))).toBe(true)
  })
})

describe('while the server is the client', () => {
  beforeEach(turn)

  test('it does nothing that it is asked for', async () => {
    const refused = await client.ask('Create', createAes())
    expect(reasonOf(refused)).toBe(0x0c)
    expect(
      findAll((await core.ask('2.1', 'Locate', '', ALICE)).payload, Tag.UniqueIdentifier),
    ).toEqual([])
  })

  test('the client may take its role back, and is told of nothing any more', async () => {
    const answer = await client.ask('SetEndpointRole', ROLE('Server'))
    expect(value(answer, Tag.EndpointRole)).toBe(2)
    await core.createKey('', ALICE)
    expect(succeeded(await client.ask('Ping'))).toBe(true)
    await turn()
    await core.createKey('', ALICE)
    expect(operationIn(await client.next()), 'and turn the roles again').toBe(Operation.Put)
  })

  test('the client is given its role back when there was nothing to tell (6.2.5)', async () => {
    wire.ticker.advance(DEFAULT_TRANSPORT_LIMITS.deadlines.idle + 1_000)
    const asked = await client.next()
    expect(operationIn(asked)).toBe(Operation.SetEndpointRole)
    expect(value(asked, Tag.EndpointRole)).toBe(1)
    client.answer('SetEndpointRole', 'Success', ROLE('Client'))
    expect(succeeded(await client.ask('Ping'))).toBe(true)
  })

  test('the connection ends when the client does not take its role back', async () => {
    wire.ticker.advance(DEFAULT_TRANSPORT_LIMITS.deadlines.idle + 1_000)
    await client.next()
    client.answer('SetEndpointRole', 'OperationFailed')
    expect(await closeReasons(wire)).toEqual(['client does not take its role back'])
  })

  test.each([
    [
      'an answer to nothing',
      () => {
        client.answer('Put')
      },
      'bad message',
    ],
    ['what is no message', () => client.socket.write(Buffer.alloc(16, 0xff)), 'bad message'],
    ['the end', () => client.socket.end(), 'closed by the client'],
  ])('the connection ends with %s', async (_, act, reason) => {
    act()
    expect(await closeReasons(wire)).toEqual([reason])
  })

  test('the connection ends when the client does not answer', async () => {
    await core.createKey('', ALICE)
    await client.next()
    wire.ticker.advance(DEFAULT_TRANSPORT_LIMITS.deadlines.unsent + 1_000)
    expect(await closeReasons(wire)).toEqual(['client does not answer'])
  })

  test('the server stops without waiting for it', async () => {
    await wire.listener.close({ graceMs: 1_000 })
    expect(await closeReasons(wire)).toEqual(['server stops'])
  })
})

describe('what waits to be told', () => {
  const sends: SendUnasked[] = []
  let bench: Wire
  const isWanted = async () => Promise.resolve(true)

  beforeEach(async () => {
    sends.length = 0
    bench = await startBench({
      handler: {
        handle: async (request) =>
          Promise.resolve({
            bytes: Uint8Array.from(request),
            close: false,
            turn: { role: EndpointRole.Client, version: '2.1' },
          }),
      },
      announcer: {
        begin(_, __, send) {
          sends.push(send)
          return () => undefined
        },
      },
    })
  })

  afterEach(async () => {
    await bench[Symbol.asyncDispose]()
  })

  const turned = async () => {
    const before = sends.length
    const socket = await bench.connect()
    socket.write(message(16))
    await receive(socket, 16)
    await until(() => sends.length > before)
    return socket
  }
  const dropped = () =>
    bench.log.lines.filter(({ event }) => event === 'message to a client dropped').length

  test('takes room of its client, over however many connections', async () => {
    const [first, second] = [await turned(), await turned()]
    for (const send of sends) send(message(16, 1), isWanted)
    const large = message(10 << 20, 2)
    sends[0]?.(message(10 << 20, 2), isWanted)
    expect(dropped()).toBe(0)
    sends[1]?.(large, isWanted)
    expect(dropped()).toBe(1)
    expect(large.every((byte) => byte === 0)).toBe(true)
    // The room is there again for others when a connection ends.
    first.destroy()
    await until(() => bench.listener.status().connections === 1)
    sends[1]?.(message(10 << 20, 3), isWanted)
    expect(dropped()).toBe(1)
    second.destroy()
  })

  test('is not told to another client who has the key by now', async () => {
    const socket = await turned()
    bench.clients.remove(alice, authority)
    bench.clients.add(alice, authority, 'bob')
    sends[0]?.(message(16, 1), isWanted)
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    expect(await closeReasons(bench)).toEqual(['client no longer known'])
  })

  test('is dropped where it cannot be found out whether it is wanted still', async () => {
    const socket = await turned()
    sends[0]?.(message(16, 1), async () => Promise.reject(new Error('not to be read')))
    sends[0]?.(message(16, 2), isWanted)
    expect(await receive(socket, 16)).toEqual(message(16, 2))
  })

  test('ends the connection where that is not found out at all, and nothing piles up meanwhile', async () => {
    const { unsent, idle } = DEFAULT_TRANSPORT_LIMITS.deadlines
    const socket = await turned()
    sends[0]?.(message(16, 1), async () => new Promise(() => undefined))
    bench.ticker.advance(Math.max(unsent, idle) + 1_000)
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    expect(await closeReasons(bench)).toEqual(['what is to be told cannot be read'])
  })

  test('is not told to a client that is known no more', async () => {
    const socket = await turned()
    bench.clients.remove(alice, authority)
    sends[0]?.(message(16, 1), isWanted)
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    expect(await closeReasons(bench)).toEqual(['client no longer known'])
  })
})
