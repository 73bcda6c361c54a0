import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { boolean, enumeration, integer } from './wire/bytes.ts'
import {
  authentication,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  template,
  textAttribute,
  version,
} from './wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  QueryFunction,
  State,
} from './wire/numbers.ts'

/** 1.2 by the Cryptsoft SDK, pooled; takes up a key that fits in all that it names, and reads it in a batch of two. */
export const scylla: Card = {
  product: 'ScyllaDB',
  scripts: {
    'makes one key for a table and finds it again': async (stage) => {
      const space = `ks-${randomBytes(6).toString('hex')}`
      const peer = await open(stage)
      expect(await locate(peer, space, 128)).toBeUndefined()
      const key = await create(peer, space, 128)
      expect(await locate(peer, space, 128)).toBe(key)
      expect(await locate(await open(stage), space, 128)).toBe(key)
      await read(peer, key, 128)
    },

    'takes up no key that differs in anything': async (stage) => {
      const space = `ks-${randomBytes(6).toString('hex')}`
      const peer = await open(stage)
      await create(peer, space, 128)
      expect(await locate(peer, space, 256)).toBeUndefined()
      expect(await locate(peer, `${space}-other`, 128)).toBeUndefined()
      expect(await locate(peer, space, 128, Mask.sign)).toBeUndefined()
      const idle = await create(peer, `${space}-idle`, 128, false)
      expect(idle).not.toBe('')
      expect(await locate(peer, `${space}-idle`, 128)).toBeUndefined()
    },

    'misspells two names before May 2025, and must not be given a wrong key': async (stage) => {
      const space = `ks-${randomBytes(6).toString('hex')}`
      const peer = await open(stage)
      await create(peer, space, 128)
      const located = await ask(peer, [
        Operation.locate,
        [
          integer('MaximumItems', 1),
          textAttribute('x-key-namespace', space),
          enumAttribute('Object Type', ObjectType.symmetricKey),
          integerAttribute('CryptographicLength', 256),
          integerAttribute('CryptographicUsageMask', Mask.encryptAndDecrypt),
        ],
      ])
      // Refused or empty: either has it make a key of its own.
      const status = located.items[0]?.at('ResultStatus').number()
      if (status === 0) expect(located.payload(Operation.locate).children).toEqual([])
    },
  },
}

async function ask(
  peer: Peer,
  ...items: readonly (readonly [number, readonly Uint8Array[]])[]
): Promise<Answer> {
  const header = [
    version('1.2'),
    authentication('scylla', 'password'),
    ...(items.length > 1 ? [boolean('BatchOrderOption', true)] : []),
    integer('BatchCount', items.length),
  ]
  const many = items.length > 1
  return peer.ask(
    message(
      header,
      ...items.map(([operation, payload], index) =>
        batchItem(operation, payload, many ? Buffer.from([index]) : undefined),
      ),
    ),
  )
}

async function open(stage: Stage): Promise<Peer> {
  const peer = await stage.connect(tolerant)
  peer.wire.socket.setKeepAlive(true, 1_000)
  const told = await ask(peer, [
    Operation.query,
    [
      enumeration('QueryFunction', QueryFunction.operations),
      enumeration('QueryFunction', QueryFunction.objects),
    ],
  ])
  const payload = told.payload(Operation.query)
  expect(payload.all('Operation').map((each) => each.number())).toContain(Operation.locate)
  return peer
}

function kind(length: number, mask: number): readonly Uint8Array[] {
  return [
    enumAttribute('Cryptographic Algorithm', Algorithm.aes),
    integerAttribute('Cryptographic Length', length),
    integerAttribute('Cryptographic Usage Mask', mask),
  ]
}

async function locate(
  peer: Peer,
  space: string,
  length: number,
  mask: number = Mask.encryptAndDecrypt,
): Promise<string | undefined> {
  const located = await ask(peer, [
    Operation.locate,
    [
      integer('MaximumItems', 1),
      textAttribute('x-key-namespace', space),
      enumAttribute('Object Type', ObjectType.symmetricKey),
      enumAttribute('State', State.active),
      ...kind(length, mask),
    ],
  ])
  return located.payload(Operation.locate).maybe('UniqueIdentifier')?.text()
}

async function create(peer: Peer, space: string, length: number, used = true): Promise<string> {
  const created = await ask(peer, [
    Operation.create,
    [
      enumeration('ObjectType', ObjectType.symmetricKey),
      template(textAttribute('x-key-namespace', space), ...kind(length, Mask.encryptAndDecrypt)),
    ],
  ])
  const key = identifierIn(created.payload(Operation.create))
  if (used) {
    const activated = await ask(peer, [Operation.activate, [identifier(key)]])
    activated.payload(Operation.activate)
  }
  return key
}

/** Exactly two answers, in order: the key and all its attributes. */
async function read(peer: Peer, key: string, length: number): Promise<void> {
  const answer = await ask(
    peer,
    [Operation.get, [identifier(key), enumeration('KeyFormatType', KeyFormat.raw)]],
    [Operation.getAttributes, [identifier(key)]],
  )
  expect(answer.items).toHaveLength(2)
  expect(materialIn(answer.payload(Operation.get))).toHaveLength(length / 8)
  const attributes = attributesIn(answer.payload(Operation.getAttributes, 1))
  expect(attributes.get('Cryptographic Length')?.number()).toBe(length)
  expect(attributes.get('State')?.number()).toBe(State.active)
}
