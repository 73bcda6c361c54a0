import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { libmongocrypt as reader } from './readers/tolerant.ts'
import { identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { boolean, bytes, enumeration, structure } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  secretData,
  template,
  type KmipVersion,
} from './wire/message.ts'
import {
  Algorithm,
  BlockMode,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  Padding,
  Reason,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.0, delegated 1.2; a header of version and Batch Count alone, and a new connection for each request. */
export const libmongocrypt: Card = {
  product: 'MongoDB drivers (libmongocrypt)',
  scripts: {
    'keeps a data key, registered without a usage mask before 1.8': async (stage) => {
      await keep(stage, template())
    },

    'keeps a data key, registered with an empty usage mask since 1.8': async (stage) => {
      await keep(stage, template(integerAttribute('Cryptographic Usage Mask', 0)))
    },

    'has the server encrypt': async (stage) => {
      const created = await ask(stage, '1.2', Operation.create, [
        enumeration('ObjectType', ObjectType.symmetricKey),
        template(
          enumAttribute('Cryptographic Algorithm', Algorithm.aes),
          integerAttribute('Cryptographic Length', 256),
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
        ),
      ])
      const key = identifierIn(created.payload(Operation.create))
      await ask(stage, '1.2', Operation.activate, [identifier(key)])
      const plain = randomBytes(96)
      const encrypted = (
        await ask(stage, '1.2', Operation.encrypt, [
          identifier(key),
          PARAMETERS,
          bytes('Data', plain),
        ])
      ).payload(Operation.encrypt)
      const data = encrypted.at('Data').bytes()
      const iv = encrypted.at('IVCounterNonce').bytes()
      expect(data).toHaveLength(112)
      expect(iv).toHaveLength(16)
      const decrypted = await ask(stage, '1.2', Operation.decrypt, [
        identifier(key),
        PARAMETERS,
        bytes('Data', data),
        bytes('IVCounterNonce', iv),
      ])
      expect(decrypted.payload(Operation.decrypt).at('Data').bytes()).toEqual(plain)
    },

    'is told of a key that is not there': async (stage) => {
      const answer = await ask(stage, '1.0', Operation.get, [identifier('none')])
      expect(answer.reason(Operation.get)).toBe(Reason.itemNotFound)
    },
  },
}

const PARAMETERS = structure(
  'CryptographicParameters',
  enumeration('BlockCipherMode', BlockMode.cbc),
  enumeration('PaddingMethod', Padding.pkcs5),
  enumeration('CryptographicAlgorithm', Algorithm.aes),
  boolean('RandomIV', true),
)

async function keep(stage: Stage, attributes: Buffer): Promise<void> {
  const material = randomBytes(96)
  const registered = await ask(stage, '1.0', Operation.register, [
    enumeration('ObjectType', ObjectType.secretData),
    attributes,
    secretData(SecretDataType.seed, KeyFormat.opaque, material),
  ])
  const key = identifierIn(registered.payload(Operation.register))
  const activated = await ask(stage, '1.0', Operation.activate, [identifier(key)])
  expect(identifierIn(activated.payload(Operation.activate))).toBe(key)
  const got = (await ask(stage, '1.0', Operation.get, [identifier(key)])).payload(Operation.get)
  const block = got.at('SecretData', 'KeyBlock')
  expect(block.at('KeyFormatType').number()).toBe(KeyFormat.opaque)
  expect(block.maybe('CryptographicLength')).toBeUndefined()
  expect(materialIn(got)).toEqual(material)
}

async function ask(
  stage: Stage,
  version: KmipVersion,
  operation: number,
  payload: readonly Uint8Array[],
): Promise<Answer> {
  const peer = await stage.connect(reader)
  try {
    return await peer.ask(bare(version, batchItem(operation, payload)))
  } finally {
    peer.close()
  }
}
