import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { boolean, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  nameStructure,
  symmetricKey,
  template,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import { Algorithm, Mask, ObjectType, Operation, Reason, State } from './wire/numbers.ts'

/** 1.4, or 2.0 where it is configured; identifiers always, a header order of its own, Get and Get Attributes in one batch. */
export const kmipcore: Card = {
  product: "Percona's kmipcore (2026)",
  scripts: {
    'reads a key with its attributes in one batch': async (stage) => {
      const client = new Client(await stage.connect(tolerant), '1.4')
      const material = randomBytes(32)
      const name = `core-${randomBytes(6).toString('hex')}`
      const registered = await client.ask([
        Operation.register,
        [
          enumeration('ObjectType', ObjectType.symmetricKey),
          template(
            enumAttribute('Cryptographic Algorithm', Algorithm.aes),
            integerAttribute('Cryptographic Length', 256),
            integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
            nameAttribute(name),
          ),
          symmetricKey(material, Algorithm.aes),
        ],
      ])
      const key = identifierIn(registered.payload(Operation.register))
      const answer = await client.ask(
        [Operation.get, [identifier(key)]],
        [
          Operation.getAttributes,
          [identifier(key), ...NAMES.map((each) => text('AttributeName', each))],
        ],
      )
      expect(materialIn(answer.payload(Operation.get))).toEqual(material)
      const found = attributesIn(answer.payload(Operation.getAttributes, 1))
      expect(found.get('State')?.number()).toBe(State.preActive)
      expect(found.get('Name')?.at('NameValue').text()).toBe(name)
      expect(found.get('Cryptographic Algorithm')?.number()).toBe(Algorithm.aes)
      expect(found.get('Cryptographic Length')?.number()).toBe(256)
      expect(found.get('Cryptographic Usage Mask')?.number()).toBe(Mask.encryptAndDecrypt)
    },

    'gets two answers for two questions of which one fails': async (stage) => {
      const client = new Client(await stage.connect(tolerant), '1.4')
      const answer = await client.ask(
        [Operation.get, [identifier('none')]],
        [Operation.getAttributes, [identifier('none'), text('AttributeName', 'State')]],
      )
      expect(answer.items).toHaveLength(2)
      expect(answer.reason(Operation.get)).toBe(Reason.itemNotFound)
    },

    'asks for attributes in 2.0 by its own form of references': async (stage) => {
      const client = new Client(await stage.connect(tolerant), '2.0')
      const created = await client.ask([
        Operation.create,
        [
          enumeration('ObjectType', ObjectType.symmetricKey),
          structure(
            'Attributes',
            enumeration('CryptographicAlgorithm', Algorithm.aes),
            integer('CryptographicLength', 256),
            integer('CryptographicUsageMask', Mask.encryptAndDecrypt),
            nameStructure('Name', `core-${randomBytes(6).toString('hex')}`),
          ),
        ],
      ])
      const key = identifierIn(created.payload(Operation.create))
      const answer = await client.ask(
        [Operation.get, [identifier(key)]],
        [
          Operation.getAttributes,
          [identifier(key), reference('State'), reference('CryptographicLength')],
        ],
      )
      expect(materialIn(answer.payload(Operation.get))).toHaveLength(32)
      const attributes = answer.payload(Operation.getAttributes, 1).at('Attributes')
      expect(attributes.at('State').number()).toBe(State.preActive)
      expect(attributes.at('CryptographicLength').number()).toBe(256)
    },
  },
}

const NAMES = [
  'State',
  'Name',
  'Operation Policy Name',
  'Cryptographic Algorithm',
  'Cryptographic Length',
  'Cryptographic Usage Mask',
]

const TAGS = { State: 0x42008d, CryptographicLength: 0x42002a } as const

/** An Attribute Reference as a structure around the tag, which the standard has for vendors' attributes only. */
function reference(name: keyof typeof TAGS): Buffer {
  return structure('AttributeReference', enumeration('AttributeReference', TAGS[name]))
}

class Client {
  readonly #peer: Peer
  readonly #version: KmipVersion
  #counter = 0

  constructor(peer: Peer, stated: KmipVersion) {
    this.#peer = peer
    this.#version = stated
  }

  async ask(...items: readonly (readonly [number, readonly Uint8Array[]])[]): Promise<Answer> {
    const header = [
      version(this.#version),
      integer('MaximumResponseSize', 1_048_576),
      timeStamp(),
      boolean('BatchOrderOption', true),
      integer('BatchCount', items.length),
    ]
    const ids = items.map(() => this.#nextId())
    const asked = items.map(([operation, payload], at) => batchItem(operation, payload, ids[at]))
    const answer = await this.#peer.ask(message(header, ...asked))
    expect(ids.map((_, index) => answer.idOf(index))).toEqual(ids.map((id) => id.toString('hex')))
    return answer
  }

  /** Four bytes, the most significant first. */
  #nextId(): Buffer {
    this.#counter += 1
    const id = Buffer.alloc(4)
    id.writeUInt32BE(this.#counter)
    return id
  }
}
