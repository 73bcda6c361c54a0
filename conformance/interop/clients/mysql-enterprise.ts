import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { tolerant } from './readers/tolerant.ts'
import { identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { enumeration, integer, structure } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  secretData,
  template,
  timeStamp,
  version,
} from './wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  Reason,
  Revocation,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.1; an Attribute Index of 0 between the name and the value of each attribute; 280,000 bytes of answer at most. */
export const mysqlEnterprise: Card = {
  product: 'MySQL Enterprise and Oracle Key Vault (keyring_okv)',
  scripts: {
    'takes a key through its life': async (stage) => {
      for (const mask of [Mask.encryptAndDecrypt, 2_108]) {
        const peer = await stage.connect(tolerant)
        const name = `okv-${randomBytes(6).toString('hex')}`
        const created = await ask(peer, Operation.create, [
          enumeration('ObjectType', ObjectType.symmetricKey),
          template(
            enumAttribute('Cryptographic Algorithm', Algorithm.aes, 0),
            integerAttribute('Cryptographic Length', 256, 0),
            integerAttribute('Cryptographic Usage Mask', mask, 0),
            nameAttribute(name, 0),
          ),
        ])
        await live(peer, identifierIn(created.payload(Operation.create)), name, 32)
      }
    },

    'keeps a secret': async (stage) => {
      const peer = await stage.connect(tolerant)
      const name = `okv-${randomBytes(6).toString('hex')}`
      const registered = await ask(peer, Operation.register, [
        enumeration('ObjectType', ObjectType.secretData),
        template(
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt, 0),
          nameAttribute(name, 0),
        ),
        secretData(SecretDataType.password, KeyFormat.opaque, randomBytes(20)),
      ])
      await live(peer, identifierIn(registered.payload(Operation.register)), name, 20)
    },
  },
}

async function ask(peer: Peer, operation: number, payload: readonly Uint8Array[]): Promise<Answer> {
  const header = [
    version('1.1'),
    integer('MaximumResponseSize', 280_000),
    timeStamp(),
    integer('BatchCount', 1),
  ]
  return peer.ask(message(header, batchItem(operation, payload)))
}

/** What comes after the object was made, to its end. */
async function live(peer: Peer, key: string, name: string, length: number): Promise<void> {
  await succeed(peer, Operation.activate, [identifier(key)])
  expect(await locate(peer, name)).toEqual([key])
  const got = await succeed(peer, Operation.get, [identifier(key)])
  expect(materialIn(got)).toHaveLength(length)
  await succeed(peer, Operation.revoke, [
    identifier(key),
    structure('RevocationReason', enumeration('RevocationReasonCode', Revocation.cessation)),
  ])
  await succeed(peer, Operation.destroy, [identifier(key)])
  expect(await locate(peer, name)).toEqual([])
  const again = await ask(peer, Operation.destroy, [identifier('none')])
  expect(again.reason(Operation.destroy)).toBe(Reason.itemNotFound)
}

async function succeed(peer: Peer, operation: number, payload: readonly Uint8Array[]) {
  return (await ask(peer, operation, payload)).payload(operation)
}

/** The Storage Status Mask comes among the attributes, as an Integer. */
async function locate(peer: Peer, name: string): Promise<readonly string[]> {
  const located = await ask(peer, Operation.locate, [
    integerAttribute('Storage Status Mask', 1, 0),
    nameAttribute(name, 0),
  ])
  return located.payload(Operation.locate).children.map((each) => each.text())
}
