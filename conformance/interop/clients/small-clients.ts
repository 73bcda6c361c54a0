import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { libkmip } from './readers/libkmip.ts'
import type { Reader } from './readers/reader.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn } from './wire/answer.ts'
import { enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameStructure,
  template,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import { Algorithm, Mask, ObjectType, Operation, QueryFunction, State } from './wire/numbers.ts'

/** 2.0 with Get, Locate, Create and Destroy. */
export const intersystems: Card = {
  product: 'InterSystems IRIS',
  scripts: {
    'makes, finds, reads and destroys a key': async (stage) => {
      const ask = asker(await stage.connect(tolerant), '2.0')
      const name = `iris ${randomBytes(6).toString('hex')}`
      const created = await ask(
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
      const find = async (): Promise<readonly string[]> => {
        const filters = structure('Attributes', nameStructure('Name', name))
        const located = await ask(Operation.locate, filters)
        return located.all('UniqueIdentifier').map((each) => each.text())
      }
      expect(await find()).toEqual([key])
      expect(materialIn(await ask(Operation.get, identifier(key)))).toHaveLength(32)
      expect(identifierIn(await ask(Operation.destroy, identifier(key)))).toBe(key)
      expect(await find()).toEqual([])
    },
  },
}

/** 1.2, and 1.0 or 1.1 where it is told so; looks at the state of its master key again and again. */
export const mongod: Card = {
  product: 'MongoDB Enterprise',
  scripts: {
    'makes its master key and watches its state': async (stage) => {
      for (const stated of ['1.2', '1.1', '1.0'] as const) {
        const ask = asker(await stage.connect(tolerant), stated)
        const key = identifierIn(await ask(Operation.create, ...aes()))
        const stateOf = async (): Promise<number | undefined> => {
          const wanted = text('AttributeName', 'State')
          const got = await ask(Operation.getAttributes, identifier(key), wanted)
          return attributesIn(got).get('State')?.number()
        }
        expect(await stateOf()).toBe(State.preActive)
        await ask(Operation.activate, identifier(key))
        for (let poll = 0; poll < 3; poll += 1) expect(await stateOf()).toBe(State.active)
        expect(materialIn(await ask(Operation.get, identifier(key)))).toHaveLength(32)
      }
    },
  },
}

/** The demonstrations of libkmip: 1.0, each on a connection of its own. */
export const openkmip: Card = {
  product: 'OpenKMIP libkmip',
  scripts: {
    'makes, reads and destroys a key, and asks what the server is': async (stage) => {
      const demonstrate = once(stage, libkmip)
      const key = identifierIn(await demonstrate(Operation.create, ...aes()))
      const got = await demonstrate(Operation.get, identifier(key))
      expect(materialIn(got)).toHaveLength(32)
      await demonstrate(Operation.destroy, identifier(key))
      const functions = [
        QueryFunction.operations,
        QueryFunction.objects,
        QueryFunction.serverInformation,
      ]
      const told = await demonstrate(
        Operation.query,
        ...functions.map((each) => enumeration('QueryFunction', each)),
      )
      // What came later than 1.0 would be unknown to its enumerations.
      for (const operation of told.all('Operation')) expect(operation.number()).toBeLessThan(0x1d)
      for (const type of told.all('ObjectType')) expect(type.number()).toBeLessThan(9)
    },
  },
}

type Ask = (
  operation: number,
  ...payload: readonly Uint8Array[]
) => Promise<ReturnType<Awaited<ReturnType<Peer['ask']>>['payload']>>

function asker(peer: Peer, stated: KmipVersion): Ask {
  return async (operation, ...payload) =>
    (await peer.ask(bare(stated, batchItem(operation, payload)))).payload(operation)
}

/** Asks in 1.0 as libkmip does, on a new connection each time. */
function once(stage: Stage, reader: Reader): Ask {
  return async (operation, ...payload) => {
    const peer = await stage.connect(reader)
    const header = [
      version('1.0'),
      integer('MaximumResponseSize', 8_192),
      timeStamp(),
      integer('BatchCount', 1),
    ]
    const answer = await peer.ask(message(header, batchItem(operation, payload)))
    peer.close()
    return answer.payload(operation)
  }
}

function aes(): readonly Uint8Array[] {
  return [
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
    ),
  ]
}
