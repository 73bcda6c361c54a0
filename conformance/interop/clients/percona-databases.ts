import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { libkmip } from './readers/libkmip.ts'
import { attributesIn, identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { bytes, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  symmetricKey,
  template,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import { Algorithm, KeyFormat, Mask, ObjectType, Operation, Reason, State } from './wire/numbers.ts'

/** 1.0 by libkmip; sends the server's name and verifies it; asks for the State alone. */
export const perconaMongodb: Card = {
  product: 'Percona Server for MongoDB',
  scripts: {
    'registers its master key, activates it and looks at its state': async (stage) => {
      const peer = await stage.connect(libkmip, { servername: 'localhost', minVersion: 'TLSv1.2' })
      const material = randomBytes(32)
      const key = await register(peer, '1.0', material)
      expect(await stateOf(peer, key)).toBe(State.preActive)
      const activated = await ask(peer, '1.0', Operation.activate, identifier(key))
      expect(identifierIn(activated.payload(Operation.activate))).toBe(key)
      expect(await stateOf(peer, key)).toBe(State.active)
      await expectKey(peer, key, material)
    },

    'uses a key that was never activated': async (stage) => {
      const peer = await stage.connect(libkmip)
      const material = randomBytes(32)
      await expectKey(peer, await register(peer, '1.0', material), material)
    },

    'tells a key that is not there from other failures': async (stage) => {
      const peer = await stage.connect(libkmip)
      for (const operation of [Operation.get, Operation.getAttributes, Operation.activate]) {
        const answer = await ask(peer, '1.0', operation, identifier('none'))
        expect(answer.reason(operation)).toBe(Reason.itemNotFound)
      }
    },
  },
}

/** Registers in 1.4 and reads in 1.0, a new connection for each; never activates. */
export const pgTde: Card = {
  product: 'Percona pg_tde',
  scripts: {
    'registers its principal key and finds it again': async (stage) => {
      const name = `pg_tde-${randomBytes(6).toString('hex')}`
      const material = randomBytes(16)
      expect(await locate(stage, name)).toEqual([])
      const key = await register(await stage.connect(libkmip), '1.4', material, nameAttribute(name))
      expect(await locate(stage, name)).toEqual([key])
      await expectKey(await stage.connect(libkmip), key, material)
    },

    'tells a compression of its key, as its older releases do': async (stage) => {
      const material = randomBytes(32)
      const object = structure(
        'SymmetricKey',
        structure(
          'KeyBlock',
          enumeration('KeyFormatType', KeyFormat.raw),
          enumeration('KeyCompressionType', 1),
          structure('KeyValue', bytes('KeyMaterial', material)),
          enumeration('CryptographicAlgorithm', Algorithm.aes),
          integer('CryptographicLength', 256),
        ),
      )
      const peer = await stage.connect(libkmip)
      const registered = await ask(
        peer,
        '1.4',
        Operation.register,
        enumeration('ObjectType', ObjectType.symmetricKey),
        aes(32, nameAttribute(`pg_tde-${randomBytes(6).toString('hex')}`)),
        object,
      )
      const key = identifierIn(registered.payload(Operation.register))
      await expectKey(await stage.connect(libkmip), key, material)
    },
  },
}

async function ask(
  peer: Peer,
  stated: KmipVersion,
  operation: number,
  ...payload: readonly Uint8Array[]
): Promise<Answer> {
  const header = [
    version(stated),
    integer('MaximumResponseSize', 8_192),
    timeStamp(),
    integer('BatchCount', 1),
  ]
  return peer.ask(message(header, batchItem(operation, payload)))
}

function aes(length: number, ...more: readonly Uint8Array[]): Buffer {
  return template(
    enumAttribute('Cryptographic Algorithm', Algorithm.aes),
    integerAttribute('Cryptographic Length', length * 8),
    integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
    ...more,
  )
}

async function register(
  peer: Peer,
  stated: KmipVersion,
  material: Buffer,
  ...more: readonly Uint8Array[]
): Promise<string> {
  const registered = await ask(
    peer,
    stated,
    Operation.register,
    enumeration('ObjectType', ObjectType.symmetricKey),
    aes(material.length, ...more),
    symmetricKey(material, Algorithm.aes),
  )
  return identifierIn(registered.payload(Operation.register))
}

/** Exactly the State must come back. */
async function stateOf(peer: Peer, key: string): Promise<number | undefined> {
  const answer = await ask(
    peer,
    '1.0',
    Operation.getAttributes,
    identifier(key),
    text('AttributeName', 'State'),
  )
  const attributes = attributesIn(answer.payload(Operation.getAttributes))
  expect([...attributes.keys()]).toEqual(['State'])
  return attributes.get('State')?.number()
}

async function expectKey(peer: Peer, key: string, material: Buffer): Promise<void> {
  const got = (await ask(peer, '1.0', Operation.get, identifier(key))).payload(Operation.get)
  expect(identifierIn(got)).toBe(key)
  expect(got.at('SymmetricKey', 'KeyBlock', 'KeyFormatType').number()).toBe(KeyFormat.raw)
  expect(materialIn(got)).toEqual(material)
}

async function locate(stage: Stage, name: string): Promise<readonly string[]> {
  const located = await ask(
    await stage.connect(libkmip),
    '1.0',
    Operation.locate,
    integer('MaximumItems', 16),
    integer('OffsetItems', 0),
    enumAttribute('Object Type', ObjectType.symmetricKey),
    nameAttribute(name),
  )
  return located.payload(Operation.locate).children.map((each) => each.text())
}
