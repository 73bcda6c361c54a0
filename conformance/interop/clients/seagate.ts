import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { seagate as reader } from './readers/tolerant.ts'
import { identifierIn, materialIn } from './wire/answer.ts'
import { boolean, enumeration, integer, structure, tagNumber, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  nameStructure,
  secretData,
  template,
  textAttribute,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  QueryFunction,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.4 and 2.0; one read into 4096 bytes; Batch Order always, identifiers of sixteen bytes. */
export const seagate: Card = {
  product: 'Seagate KMIP tool',
  scripts: {
    'goes through its menu in 1.4': async (stage) => {
      const tool = new Tool(await stage.connect(reader), '1.4')
      await tool.look()
      const name = `drive ${randomBytes(6).toString('hex')}`
      const created = await tool.run(
        Operation.create,
        enumeration('ObjectType', ObjectType.symmetricKey),
        template(
          enumAttribute('Cryptographic Algorithm', Algorithm.aes),
          integerAttribute('Cryptographic Length', 256),
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          nameAttribute(name),
        ),
      )
      const key = identifierIn(created)
      // It must get what has the name, and nothing else that the server keeps.
      expect(await tool.locate(nameAttribute(name))).toEqual([key])
      expect(await tool.locate(nameAttribute(`${name} not`))).toEqual([])
      await tool.activate(key)
      const next = identifierIn(await tool.run(Operation.reKey, identifier(key)))
      expect(materialIn(await tool.run(Operation.get, identifier(next)))).toHaveLength(32)
    },

    'keeps a password with attributes of its own': async (stage) => {
      const tool = new Tool(await stage.connect(reader), '1.4')
      const pin = randomBytes(32)
      const registered = await tool.run(
        Operation.register,
        enumeration('ObjectType', ObjectType.secretData),
        template(
          integerAttribute('Cryptographic Usage Mask', Mask.verify),
          nameAttribute(`drive ${randomBytes(6).toString('hex')}`),
          ...[1, 2, 3].map((each) => textAttribute(`x-CustomAttribute${each}`, `value ${each}`)),
        ),
        secretData(SecretDataType.password, KeyFormat.raw, pin),
      )
      const got = await tool.run(Operation.get, identifier(identifierIn(registered)))
      expect(materialIn(got)).toEqual(pin)
    },

    'sets attributes in 2.0': async (stage) => {
      const tool = new Tool(await stage.connect(reader), '2.0')
      await tool.look()
      const name = `drive ${randomBytes(6).toString('hex')}`
      const created = await tool.run(
        Operation.create,
        enumeration('ObjectType', ObjectType.symmetricKey),
        structure(
          'Attributes',
          enumeration('CryptographicAlgorithm', Algorithm.aes),
          integer('CryptographicLength', 256),
          integer('CryptographicUsageMask', Mask.encryptAndDecrypt),
          nameStructure('Name', name),
        ),
      )
      const key = identifierIn(created)
      expect(await tool.locate(structure('Attributes', nameStructure('Name', name)))).toEqual([key])
      const set = await tool.run(
        Operation.setAttribute,
        identifier(key),
        structure('NewAttribute', text('Comment', 'drive 7')),
      )
      expect(identifierIn(set)).toBe(key)
      const got = await tool.run(
        Operation.getAttributes,
        identifier(key),
        enumeration('AttributeReference', tagNumber('Comment')),
      )
      expect(got.at('Attributes', 'Comment').text()).toBe('drive 7')
    },
  },
}

class Tool {
  readonly #peer: Peer
  readonly #version: KmipVersion

  constructor(peer: Peer, stated: KmipVersion) {
    this.#peer = peer
    this.#version = stated
  }

  async run(operation: number, ...payload: readonly Uint8Array[]) {
    const header = [
      version(this.#version),
      boolean('BatchOrderOption', true),
      timeStamp(),
      integer('BatchCount', 1),
    ]
    const id = randomBytes(16)
    const answer = await this.#peer.ask(message(header, batchItem(operation, payload, id)))
    expect(answer.idOf(0)).toBe(id.toString('hex'))
    return answer.payload(operation)
  }

  /** Discover Versions, and Query of all that it knows, whose answer has to go into its buffer. */
  async look(): Promise<void> {
    await this.run(Operation.discoverVersions, version(this.#version))
    const functions = Object.values(QueryFunction)
    const told = await this.run(
      Operation.query,
      ...functions.map((each) => enumeration('QueryFunction', each)),
    )
    expect(told.all('Operation').length).toBeGreaterThan(10)
  }

  async activate(key: string): Promise<void> {
    await this.run(Operation.activate, identifier(key))
  }

  async locate(...filters: readonly Uint8Array[]): Promise<readonly string[]> {
    const located = await this.run(Operation.locate, ...filters)
    return located.all('UniqueIdentifier').map((each) => each.text())
  }
}
