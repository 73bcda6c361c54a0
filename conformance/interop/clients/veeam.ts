import { createPrivateKey, createPublicKey } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { tolerant } from './readers/tolerant.ts'
import { identifierIn, materialIn } from './wire/answer.ts'
import { enumeration, integer, structure } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  timeStamp,
  version,
} from './wire/message.ts'
import { Algorithm, KeyFormat, Mask, ObjectType, Operation } from './wire/numbers.ts'

/** 1.4; takes its TLS session up again; aborts on any attribute inside a Key Value. */
export const veeam: Card = {
  product: 'Veeam Backup & Replication',
  scripts: {
    'makes a pair of keys, fetches both and destroys them': async (stage) => {
      const [privateKey, publicKey] = await createPair(stage)
      for (const format of [undefined, KeyFormat.pkcs1]) {
        const open = await fetch(stage, publicKey, format)
        const secret = await fetch(stage, privateKey, format)
        expect(open.at('ObjectType').number()).toBe(ObjectType.publicKey)
        expect(secret.at('ObjectType').number()).toBe(ObjectType.privateKey)
        const key = createPrivateKey({ key: materialIn(secret), format: 'der', type: 'pkcs1' })
        const other = createPublicKey({ key: materialIn(open), format: 'der', type: 'pkcs1' })
        expect(createPublicKey(key).equals(other)).toBe(true)
      }
      for (const key of [privateKey, publicKey]) {
        const destroyed = await call(stage, Operation.destroy, identifier(key))
        expect(identifierIn(destroyed)).toBe(key)
      }
    },

    'takes up its TLS session again': async (stage) => {
      const first = await stage.connect(tolerant, TLS)
      await first.ask(request(Operation.discoverVersions))
      const session = first.wire.socket.getSession()
      first.close()
      const second = await stage.connect(
        tolerant,
        session === undefined ? TLS : { ...TLS, session },
      )
      await second.ask(request(Operation.discoverVersions))
      expect(second.wire.socket.isSessionReused()).toBe(true)
    },
  },
}

const TLS = { maxVersion: 'TLSv1.2' } as const

function request(operation: number, ...payload: readonly Uint8Array[]): Buffer {
  const header = [version('1.4'), timeStamp(), integer('BatchCount', 1)]
  return message(header, batchItem(operation, payload))
}

async function call(stage: Stage, operation: number, ...payload: readonly Uint8Array[]) {
  const peer = await stage.connect(tolerant, TLS)
  const answer = await peer.ask(request(operation, ...payload))
  peer.close()
  return answer.payload(operation)
}

async function createPair(stage: Stage): Promise<readonly [string, string]> {
  const created = await call(
    stage,
    Operation.createKeyPair,
    structure(
      'CommonTemplateAttribute',
      enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
      integerAttribute('Cryptographic Length', 2_048),
    ),
    structure(
      'PrivateKeyTemplateAttribute',
      integerAttribute('Cryptographic Usage Mask', Mask.sign),
    ),
    structure(
      'PublicKeyTemplateAttribute',
      integerAttribute('Cryptographic Usage Mask', Mask.verify),
    ),
  )
  return [
    created.at('PrivateKeyUniqueIdentifier').text(),
    created.at('PublicKeyUniqueIdentifier').text(),
  ]
}

async function fetch(stage: Stage, key: string, format: number | undefined) {
  const wanted = format === undefined ? [] : [enumeration('KeyFormatType', format)]
  const got = await call(stage, Operation.get, identifier(key), ...wanted)
  const value = got.children[2]?.at('KeyBlock', 'KeyValue')
  expect(value?.children.map(({ name }) => name)).toEqual(['KeyMaterial'])
  return got
}
