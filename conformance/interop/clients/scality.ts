import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { scality as reader } from './readers/tolerant.ts'
import { identifierIn, type Answer } from './wire/answer.ts'
import { bytes, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  template,
  textAttribute,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import {
  Algorithm,
  BlockMode,
  Mask,
  ObjectType,
  Operation,
  Padding,
  QueryFunction,
  Revocation,
} from './wire/numbers.ts'

/** 1.2, then what Discover Versions gives first; one long connection with eight requests under way; one event, one answer. */
export const scality: Card = {
  product: 'Scality cloudserver, Zenko and Arsenal',
  scripts: {
    'shakes hands': async (stage) => {
      await open(stage)
    },

    'makes a key for a bucket and destroys it, which is its health check too': async (stage) => {
      const client = await open(stage)
      await client.destroy(await client.createKey())
    },

    'has the keys of its objects sealed and opened, eight requests at a time': async (stage) => {
      const client = await open(stage)
      const key = await client.createKey()
      const plains = Array.from({ length: 24 }, () => randomBytes(32))
      const sealed = await client.crypt(Operation.encrypt, key, plains)
      expect(new Set(sealed.map((each) => each.toString('hex'))).size).toBe(24)
      expect(await client.crypt(Operation.decrypt, key, sealed)).toEqual(plains)
    },

    'gets answers in the order of its questions, slow ones first': async (stage) => {
      const client = await open(stage)
      const key = await client.createKey()
      const pair = client.request(Operation.createKeyPair, [
        structure(
          'CommonTemplateAttribute',
          enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
          integerAttribute('Cryptographic Length', 2_048),
          integerAttribute('Cryptographic Usage Mask', Mask.sign | Mask.verify),
        ),
      ])
      const quick = client.request(Operation.getAttributes, [
        identifier(key),
        text('AttributeName', 'State'),
      ])
      const answers = await client.send([pair, quick, quick, pair, quick])
      expect(answers.map((answer) => answer.items[0]?.at('Operation').number())).toEqual([
        Operation.createKeyPair,
        Operation.getAttributes,
        Operation.getAttributes,
        Operation.createKeyPair,
        Operation.getAttributes,
      ])
    },
  },
}

/** Requests that it has under way at most. */
const UNDER_WAY = 8

/** It discovers versions, takes the first, and asks three times what the server is. */
async function open(stage: Stage): Promise<Client> {
  const client = new Client(await stage.connect(reader), '1.2')
  const found = await client.ask(Operation.discoverVersions, [
    version('1.4'),
    version('1.3'),
    version('1.2'),
  ])
  const [first] = found.all('ProtocolVersion')
  expect(first?.at('ProtocolVersionMinor').number()).toBe(4)
  const adopted = client.in('1.4')
  const query = async (...functions: readonly number[]) =>
    adopted.ask(
      Operation.query,
      functions.map((each) => enumeration('QueryFunction', each)),
    )
  const extensions = (await query(QueryFunction.extensionMap)).all('ExtensionInformation')
  for (const each of extensions) {
    each.at('ExtensionName').text()
    each.at('ExtensionTag').number()
  }
  expect((await query(QueryFunction.serverInformation)).at('VendorIdentification').text()).not.toBe(
    '',
  )
  const told = await query(QueryFunction.operations, QueryFunction.objects)
  const operations = told.all('Operation').map((each) => each.number())
  expect(operations).toEqual(expect.arrayContaining([Operation.encrypt, Operation.decrypt]))
  return adopted
}

class Client {
  readonly #peer: Peer
  readonly #version: KmipVersion

  constructor(peer: Peer, stated: KmipVersion) {
    this.#peer = peer
    this.#version = stated
  }

  /** The same connection, in another version from now on. */
  in(stated: KmipVersion): Client {
    return new Client(this.#peer, stated)
  }

  request(operation: number, payload: readonly Uint8Array[]): Buffer {
    const header = [
      version(this.#version),
      integer('MaximumResponseSize', 8_000),
      timeStamp(),
      integer('BatchCount', 1),
    ]
    return message(header, batchItem(operation, payload, randomBytes(16)))
  }

  async send(requests: readonly Uint8Array[]): Promise<readonly Answer[]> {
    return this.#peer.askAll(requests)
  }

  async ask(operation: number, payload: readonly Uint8Array[]) {
    const [answer] = await this.send([this.request(operation, payload)])
    if (answer === undefined) throw new Error('no answer')
    return answer.payload(operation)
  }

  async createKey(): Promise<string> {
    const created = await this.ask(Operation.create, [
      enumeration('ObjectType', ObjectType.symmetricKey),
      template(
        textAttribute('x-bucket-name', `bucket-${randomBytes(4).toString('hex')}`),
        enumAttribute('Cryptographic Algorithm', Algorithm.aes),
        integerAttribute('Cryptographic Length', 256),
        integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
      ),
    ])
    expect(created.at('ObjectType').number()).toBe(ObjectType.symmetricKey)
    const key = identifierIn(created)
    expect(identifierIn(await this.ask(Operation.activate, [identifier(key)]))).toBe(key)
    return key
  }

  /** Encrypts or decrypts by CBC with an IV of zeros. */
  async crypt(operation: number, key: string, inputs: readonly Buffer[]): Promise<Buffer[]> {
    const requests = inputs.map((input) =>
      this.request(operation, [
        identifier(key),
        structure(
          'CryptographicParameters',
          enumeration('BlockCipherMode', BlockMode.cbc),
          enumeration('PaddingMethod', Padding.pkcs5),
          enumeration('CryptographicAlgorithm', Algorithm.aes),
        ),
        bytes('Data', input),
        bytes('IVCounterNonce', Buffer.alloc(16)),
      ]),
    )
    const outputs: Buffer[] = []
    for (let start = 0; start < requests.length; start += UNDER_WAY) {
      for (const answer of await this.send(requests.slice(start, start + UNDER_WAY))) {
        const payload = answer.payload(operation)
        expect(identifierIn(payload)).toBe(key)
        outputs.push(payload.at('Data').bytes())
      }
    }
    return outputs
  }

  async destroy(key: string): Promise<void> {
    const revoked = await this.ask(Operation.revoke, [
      identifier(key),
      structure(
        'RevocationReason',
        enumeration('RevocationReasonCode', Revocation.cessation),
        text('RevocationMessage', 'About to be deleted'),
      ),
    ])
    expect(identifierIn(revoked)).toBe(key)
    expect(identifierIn(await this.ask(Operation.destroy, [identifier(key)]))).toBe(key)
  }
}
