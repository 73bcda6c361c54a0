import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { pykmip } from './readers/pykmip.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn } from './wire/answer.ts'
import { boolean, bytes, dateTime, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  attribute,
  bare,
  batchItem,
  enumAttribute,
  integerAttribute,
  message,
  nameAttribute,
  secretData,
  template,
  textAttribute,
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
  UNINTERPRETED_TEXT,
} from './wire/numbers.ts'

/** 1.0: Query, Locate, Get and Get Attributes in one batch, by the ID Placeholder and custom attributes of any type. */
export const storageArray: Card = {
  product: 'Storage arrays (batches of custom attributes)',
  scripts: {
    'finds and reads its key in one batch': async (stage) => {
      const peer = await stage.connect(tolerant)
      const system = randomBytes(6).toString('hex')
      const material = randomBytes(32)
      const key = await registerOf(peer, system, 7, material)
      await registerOf(peer, system, 8, randomBytes(32))
      const answer = await fetchOf(peer, system, 7)
      expect(answer.payload(Operation.query).all('Operation').length).toBeGreaterThan(10)
      expect(answer.payload(Operation.locate, 1).children.map((each) => each.text())).toEqual([key])
      const got = answer.payload(Operation.get, 2)
      expect(identifierIn(got)).toBe(key)
      expect(materialIn(got)).toEqual(material)
      const attributes = attributesIn(answer.payload(Operation.getAttributes, 3))
      expect(attributes.get('x-SystemID')?.text()).toBe(system)
      expect(attributes.get('x-ResourceID')?.number()).toBe(7)
      expect(attributes.get('x-Enabled')?.boolean()).toBe(true)
      expect(attributes.get('x-Since')?.seconds()).toBe(1_700_000_000)
      expect(attributes.get('x-Seal')?.bytes()).toEqual(Buffer.from([1, 2, 3]))
    },

    'is told when there is no such key, and gets no other': async (stage) => {
      const peer = await stage.connect(tolerant)
      const system = randomBytes(6).toString('hex')
      await registerOf(peer, system, 7, randomBytes(32))
      const answer = await fetchOf(peer, system, 9)
      expect(answer.payload(Operation.locate, 1).children).toEqual([])
      answer.reason(Operation.get, 2)
      answer.reason(Operation.getAttributes, 3)
    },
  },
}

/** Create and Locate with Alternative Names and custom attributes, by a PyKMIP that knows them. */
export const tape: Card = {
  product: 'IBM tape',
  scripts: {
    'makes keys with alternative names and finds them by these': async (stage) => {
      for (const stated of ['1.2', '1.4'] as const) {
        const peer = await stage.connect(pykmip)
        const serial = randomBytes(6).toString('hex')
        const named = [
          nameAttribute(`tape ${serial}`),
          alternativeName(serial, 0),
          textAttribute('x-barcode', `${serial}L8`),
        ]
        const created = await peer.ask(
          bare(
            stated,
            batchItem(Operation.create, [
              enumeration('ObjectType', ObjectType.symmetricKey),
              template(
                enumAttribute('Cryptographic Algorithm', Algorithm.aes),
                integerAttribute('Cryptographic Length', 256),
                integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
                ...named,
              ),
            ]),
          ),
        )
        const key = identifierIn(created.payload(Operation.create))
        expect(await locateBy(peer, stated, alternativeName(serial))).toEqual([key])
        expect(await locateBy(peer, stated, textAttribute('x-barcode', `${serial}L8`))).toEqual([
          key,
        ])
        expect(
          await locateBy(peer, stated, alternativeName(serial), textAttribute('x-barcode', 'L8')),
        ).toEqual([])
      }
    },
  },
}

function alternativeName(value: string, index?: number): Buffer {
  return attribute(
    'Alternative Name',
    (tag) =>
      structure(
        tag,
        text('AlternativeNameValue', value),
        enumeration('AlternativeNameType', UNINTERPRETED_TEXT),
      ),
    index,
  )
}

async function locateBy(peer: Peer, stated: KmipVersion, ...filters: readonly Uint8Array[]) {
  const located = await peer.ask(bare(stated, batchItem(Operation.locate, filters)))
  return located
    .payload(Operation.locate)
    .all('UniqueIdentifier')
    .map((each) => each.text())
}

async function registerOf(
  peer: Peer,
  system: string,
  resource: number,
  material: Buffer,
): Promise<string> {
  const registered = await peer.ask(
    bare(
      '1.0',
      batchItem(Operation.register, [
        enumeration('ObjectType', ObjectType.secretData),
        template(
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          textAttribute('x-SystemID', system),
          integerAttribute('x-ResourceID', resource),
          attribute('x-Enabled', (tag) => boolean(tag, true)),
          attribute('x-Since', (tag) => dateTime(tag, 1_700_000_000)),
          attribute('x-Seal', (tag) => bytes(tag, Buffer.from([1, 2, 3]))),
        ),
        secretData(SecretDataType.password, KeyFormat.opaque, material),
      ]),
    ),
  )
  return identifierIn(registered.payload(Operation.register))
}

async function fetchOf(peer: Peer, system: string, resource: number) {
  const items = [
    [Operation.query, [enumeration('QueryFunction', QueryFunction.operations)]],
    [
      Operation.locate,
      [integerAttribute('x-ResourceID', resource), textAttribute('x-SystemID', system)],
    ],
    [Operation.get, [enumeration('KeyFormatType', KeyFormat.opaque)]],
    [Operation.getAttributes, []],
  ] as const
  return peer.ask(
    message(
      [version('1.0'), boolean('BatchOrderOption', true), integer('BatchCount', items.length)],
      ...items.map(([operation, payload], index) =>
        batchItem(operation, payload, Buffer.from([index + 1])),
      ),
    ),
  )
}
