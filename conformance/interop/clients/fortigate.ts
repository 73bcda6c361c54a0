import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { tolerant } from './readers/tolerant.ts'
import { identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { boolean, enumeration, integer } from './wire/bytes.ts'
import {
  authentication,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  secretData,
  symmetricKey,
  template,
  version,
} from './wire/message.ts'
import {
  Algorithm,
  Continuation,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  Reason,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.0 on one connection; header fields in an order of its own; four Locates in a batch, then the Gets in one. */
export const fortigate: Card = {
  product: 'FortiGate',
  scripts: {
    'finds the four keys of a tunnel and fetches them': async (stage) => {
      const peer = await stage.connect(tolerant)
      const tunnel = randomBytes(4).toString('hex')
      const prepared = await prepare(peer, tunnel)
      const located = await ask(
        peer,
        Operation.locate,
        ...[...prepared.keys()].map((name) => [
          integer('MaximumItems', 1),
          template(nameAttribute(name)),
        ]),
      )
      const keys = [...prepared.keys()].map((_, index) =>
        identifierIn(located.payload(Operation.locate, index)),
      )
      const got = await ask(peer, Operation.get, ...keys.map((key) => [identifier(key)]))
      const materials = keys.map((_, index) => materialIn(got.payload(Operation.get, index)))
      expect(materials).toEqual([...prepared.values()])
    },

    'finds nothing by a part of a name': async (stage) => {
      const peer = await stage.connect(tolerant)
      const tunnel = randomBytes(4).toString('hex')
      await prepare(peer, tunnel)
      const located = await ask(
        peer,
        Operation.locate,
        ...[tunnel, `${tunnel}-B-1-ENC-AES-1`, `${tunnel}-B-1-ENC-AES-160`].map((name) => [
          integer('MaximumItems', 1),
          template(nameAttribute(name)),
        ]),
      )
      for (const index of [0, 1, 2]) {
        expect(located.payload(Operation.locate, index).children).toEqual([])
      }
    },

    'goes on with the batch when one item fails': async (stage) => {
      const peer = await stage.connect(tolerant)
      const name = `${randomBytes(4).toString('hex')}-ENC-AES-16`
      const key = await registerKey(peer, name, randomBytes(16), Algorithm.aes)
      const got = await ask(peer, Operation.get, [identifier('none')], [identifier(key)])
      expect(got.reason(Operation.get)).toBe(Reason.itemNotFound)
      expect(materialIn(got.payload(Operation.get, 1))).toHaveLength(16)
    },
  },
}

/** Items of one operation under a header that has its Batch Order before its Maximum Response Size. */
async function ask(
  peer: Peer,
  operation: number,
  ...payloads: readonly (readonly Uint8Array[])[]
): Promise<Answer> {
  const header = [
    version('1.0'),
    boolean('BatchOrderOption', true),
    enumeration('BatchErrorContinuationOption', Continuation.continue),
    authentication('fortigate', 'password'),
    integer('MaximumResponseSize', 65_536),
    integer('BatchCount', payloads.length),
  ]
  const ids = payloads.map(() => randomBytes(12))
  const items = payloads.map((payload, index) => batchItem(operation, payload, ids[index]))
  const answer = await peer.ask(message(header, ...items))
  expect(ids.map((_, index) => answer.idOf(index))).toEqual(ids.map((id) => id.toString('hex')))
  return answer
}

/** Registers an AES key and a HMAC key for each direction; the HMAC key of one is Secret Data. */
async function prepare(peer: Peer, tunnel: string): Promise<ReadonlyMap<string, Buffer>> {
  const keys = new Map<string, Buffer>()
  for (const direction of ['A-B', 'B-A']) {
    const enc = randomBytes(16)
    const auth = randomBytes(20)
    await registerKey(peer, `${tunnel}-${direction}-1-ENC-AES-16`, enc, Algorithm.aes)
    keys.set(`${tunnel}-${direction}-1-ENC-AES-16`, enc)
    const name = `${tunnel}-${direction}-1-AUTH-SHA1-20`
    if (direction === 'A-B') await registerKey(peer, name, auth, Algorithm.hmacSha1)
    else await registerSeed(peer, name, auth)
    keys.set(name, auth)
  }
  return keys
}

async function registerKey(
  peer: Peer,
  name: string,
  material: Buffer,
  algorithm: number,
): Promise<string> {
  const mask = algorithm === Algorithm.aes ? Mask.encryptAndDecrypt : 0x180
  const registered = await ask(peer, Operation.register, [
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', algorithm),
      integerAttribute('Cryptographic Length', material.length * 8),
      integerAttribute('Cryptographic Usage Mask', mask),
      nameAttribute(name),
    ),
    symmetricKey(material, algorithm),
  ])
  return identifierIn(registered.payload(Operation.register))
}

async function registerSeed(peer: Peer, name: string, material: Buffer): Promise<void> {
  const registered = await ask(peer, Operation.register, [
    enumeration('ObjectType', ObjectType.secretData),
    template(integerAttribute('Cryptographic Usage Mask', 0x180), nameAttribute(name)),
    secretData(SecretDataType.seed, KeyFormat.raw, material),
  ])
  registered.payload(Operation.register)
}
