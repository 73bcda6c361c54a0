import { createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { krill as reader } from './readers/krill.ts'
import { materialIn, type Answer } from './wire/answer.ts'
import { bytes, enumeration, integer, structure } from './wire/bytes.ts'
import {
  authentication,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  version,
  type KmipVersion,
} from './wire/message.ts'
import {
  Algorithm,
  Hash,
  KeyFormat,
  Mask,
  Operation,
  Padding,
  QueryFunction,
  Reason,
  Revocation,
} from './wire/numbers.ts'

/** kmip-protocol: each operation in the version that brought it, on connections that two threads share. */
export const krill: Card = {
  product: 'NLnet Labs Krill and Cascade',
  scripts: {
    'looks at the server, signs and removes its keys': async (stage) => {
      const peer = await stage.connect(reader)
      await checkServer(peer)
      const [privateKey, publicKey] = await createPair(peer)
      await succeed(peer, '1.0', Operation.activate, identifier(privateKey))
      const key = await publicHalf(peer, publicKey)
      for (let index = 0; index < 3; index += 1) await signAndVerify(peer, privateKey, key)
      await succeed(peer, '1.0', Operation.destroy, identifier(publicKey))
      await succeed(
        peer,
        '1.0',
        Operation.revoke,
        identifier(privateKey),
        structure('RevocationReason', enumeration('RevocationReasonCode', Revocation.cessation)),
      )
      await succeed(peer, '1.0', Operation.destroy, identifier(privateKey))
    },

    'signs on two connections at once': async (stage) => {
      const peers = [await stage.connect(reader), await stage.connect(reader)] as const
      const [privateKey, publicKey] = await createPair(peers[0])
      await succeed(peers[1], '1.0', Operation.activate, identifier(privateKey))
      const key = await publicHalf(peers[1], publicKey)
      await Promise.all(
        peers.map(async (peer) => {
          for (let index = 0; index < 5; index += 1) await signAndVerify(peer, privateKey, key)
        }),
      )
    },

    'takes randomness from the server': async (stage) => {
      const peer = await stage.connect(reader)
      const drawn = await succeed(peer, '1.2', Operation.rngRetrieve, integer('DataLength', 32))
      expect(drawn.at('Data').bytes()).toHaveLength(32)
    },

    'tells a key that is not there from other failures': async (stage) => {
      const peer = await stage.connect(reader)
      for (const operation of [Operation.activate, Operation.destroy]) {
        const answer = await ask(peer, '1.0', operation, identifier('none'))
        expect(answer.reason(operation)).toBe(Reason.itemNotFound)
      }
    },
  },
}

async function ask(
  peer: Peer,
  stated: KmipVersion,
  operation: number,
  ...payload: readonly Uint8Array[]
): Promise<Answer> {
  const header = [version(stated), authentication('krill', 'password'), integer('BatchCount', 1)]
  return peer.ask(message(header, batchItem(operation, payload)))
}

async function succeed(
  peer: Peer,
  stated: KmipVersion,
  operation: number,
  ...payload: readonly Uint8Array[]
) {
  return (await ask(peer, stated, operation, ...payload)).payload(operation)
}

async function checkServer(peer: Peer): Promise<void> {
  const functions = [
    QueryFunction.operations,
    QueryFunction.objects,
    QueryFunction.serverInformation,
  ].map((each) => enumeration('QueryFunction', each))
  // Operations are as the version has them: Sign came with 1.2.
  for (const stated of ['1.0', '1.2'] as const) {
    const told = await succeed(peer, stated, Operation.query, ...functions)
    const operations = told.all('Operation').map((each) => each.number())
    expect(operations.includes(Operation.sign)).toBe(stated === '1.2')
    expect(operations).toContain(Operation.createKeyPair)
  }
}

async function createPair(peer: Peer): Promise<readonly [string, string]> {
  const name = randomBytes(6).toString('hex')
  const created = await succeed(
    peer,
    '1.0',
    Operation.createKeyPair,
    structure(
      'CommonTemplateAttribute',
      enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
      integerAttribute('Cryptographic Length', 2_048),
    ),
    structure(
      'PrivateKeyTemplateAttribute',
      nameAttribute(`krill ${name} private`),
      integerAttribute('Cryptographic Usage Mask', Mask.sign),
    ),
    structure(
      'PublicKeyTemplateAttribute',
      nameAttribute(`krill ${name} public`),
      integerAttribute('Cryptographic Usage Mask', Mask.verify),
    ),
  )
  return [
    created.at('PrivateKeyUniqueIdentifier').text(),
    created.at('PublicKeyUniqueIdentifier').text(),
  ]
}

async function publicHalf(peer: Peer, key: string): Promise<KeyObject> {
  const got = await succeed(
    peer,
    '1.0',
    Operation.get,
    identifier(key),
    enumeration('KeyFormatType', KeyFormat.pkcs1),
  )
  return createPublicKey({ key: materialIn(got), format: 'der', type: 'pkcs1' })
}

async function signAndVerify(peer: Peer, privateKey: string, key: KeyObject): Promise<void> {
  const data = randomBytes(100)
  const signed = await succeed(
    peer,
    '1.2',
    Operation.sign,
    identifier(privateKey),
    structure(
      'CryptographicParameters',
      enumeration('PaddingMethod', Padding.pkcs1),
      enumeration('HashingAlgorithm', Hash.sha256),
      enumeration('CryptographicAlgorithm', Algorithm.rsa),
    ),
    bytes('Data', data),
  )
  expect(verify('sha256', data, key, signed.at('SignatureData').bytes())).toBe(true)
}
