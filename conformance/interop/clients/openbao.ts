import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn } from './wire/answer.ts'
import { bytes, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  template,
  timeStamp,
  version,
  type KmipVersion,
} from './wire/message.ts'
import {
  Algorithm,
  BlockMode,
  Mask,
  MGF1,
  ObjectType,
  Operation,
  Padding,
  PUBLIC_KEY_LINK,
} from './wire/numbers.ts'

/** kmip-go: discovers versions in 1.1, then 1.2 to 1.4 as configured; a new connection for each call. */
export const openbao: Card = {
  product: 'OpenBao and go-kms-wrapping',
  scripts: {
    'seals by AES-GCM': async (stage) => {
      const key = await prepareKey(stage)
      for (const stated of ['1.2', '1.3', '1.4'] as const) await sealByGcm(stage, stated, key)
    },

    'opens what it sealed in another version': async (stage) => {
      const key = await prepareKey(stage)
      const [iv, plain] = [randomBytes(12), randomBytes(32)]
      const old = (await encrypt(stage, '1.3', key, iv, plain)).at('Data').bytes()
      const opened = await call(
        stage,
        '1.4',
        Operation.decrypt,
        identifier(key),
        GCM,
        bytes('Data', old.subarray(0, -16)),
        bytes('IVCounterNonce', iv),
        bytes('AuthenticatedEncryptionTag', old.subarray(-16)),
      )
      expect(opened.at('Data').bytes()).toEqual(plain)
    },

    'seals by RSA-OAEP, with the public key that the private one links to': async (stage) => {
      const key = await preparePair(stage)
      for (const stated of ['1.2', '1.3', '1.4'] as const) {
        for (const hash of [6, 7, 8]) await sealByOaep(stage, { stated, key, hash })
      }
    },
  },
}

const GCM = structure(
  'CryptographicParameters',
  enumeration('BlockCipherMode', BlockMode.gcm),
  enumeration('CryptographicAlgorithm', Algorithm.aes),
  integer('TagLength', 16),
)

async function call(
  stage: Stage,
  stated: KmipVersion,
  operation: number,
  ...payload: readonly Uint8Array[]
) {
  const peer = await stage.connect(tolerant, { minVersion: 'TLSv1.2' })
  const listed = (['1.4', '1.3', '1.2', '1.1', '1.0'] as const).filter((each) => each <= stated)
  const found = await peer.ask(
    message(
      [version('1.1'), timeStamp(), integer('BatchCount', 1)],
      batchItem(Operation.discoverVersions, listed.map(version)),
    ),
  )
  const versions = found.payload(Operation.discoverVersions).all('ProtocolVersion')
  const minors = versions.map((each) => each.at('ProtocolVersionMinor').number())
  expect(minors).toEqual(listed.map((each) => Number(each.at(-1))))
  const answer = await peer.ask(
    message(
      [version(stated), timeStamp(), integer('BatchCount', 1)],
      batchItem(operation, payload),
    ),
  )
  peer.close()
  return answer.payload(operation)
}

/** What it asks a key before it uses it; links come with asymmetric ones alone. */
async function lookAt(stage: Stage, stated: KmipVersion, key: string) {
  const names = ['Object Type', 'Cryptographic Algorithm', 'Cryptographic Usage Mask', 'Link']
  const wanted = names.map((name) => text('AttributeName', name))
  return attributesIn(
    await call(stage, stated, Operation.getAttributes, identifier(key), ...wanted),
  )
}

async function encrypt(
  stage: Stage,
  stated: KmipVersion,
  key: string,
  ...[iv, plain]: readonly [Buffer, Buffer]
) {
  return call(
    stage,
    stated,
    Operation.encrypt,
    identifier(key),
    GCM,
    bytes('Data', plain),
    bytes('IVCounterNonce', iv),
  )
}

/** Up to 1.3 the tag is the end of the data; from 1.4 it has a field of its own. */
async function sealByGcm(stage: Stage, stated: KmipVersion, key: string): Promise<void> {
  const attributes = await lookAt(stage, stated, key)
  expect(attributes.get('Object Type')?.number()).toBe(ObjectType.symmetricKey)
  expect(attributes.get('Cryptographic Usage Mask')?.number()).toBe(Mask.encryptAndDecrypt)
  const [iv, plain] = [randomBytes(12), randomBytes(32)]
  const sealed = await encrypt(stage, stated, key, iv, plain)
  const data = sealed.at('Data').bytes()
  const tag = sealed.maybe('AuthenticatedEncryptionTag')?.bytes()
  expect(data).toHaveLength(stated === '1.4' ? 32 : 48)
  expect(tag?.length).toBe(stated === '1.4' ? 16 : undefined)
  const opened = await call(
    stage,
    stated,
    Operation.decrypt,
    identifier(key),
    GCM,
    bytes('Data', data),
    bytes('IVCounterNonce', iv),
    ...(tag === undefined ? [] : [bytes('AuthenticatedEncryptionTag', tag)]),
  )
  expect(opened.at('Data').bytes()).toEqual(plain)
}

interface Oaep {
  readonly stated: KmipVersion
  readonly key: string
  readonly hash: number
}

async function sealByOaep(stage: Stage, { stated, key, hash }: Oaep): Promise<void> {
  const link = (await lookAt(stage, stated, key)).get('Link')
  expect(link?.at('LinkType').number()).toBe(PUBLIC_KEY_LINK)
  const publicKey = link?.at('LinkedObjectIdentifier').text() ?? ''
  const parameters = structure(
    'CryptographicParameters',
    enumeration('PaddingMethod', Padding.oaep),
    enumeration('HashingAlgorithm', hash),
    enumeration('CryptographicAlgorithm', Algorithm.rsa),
    ...(stated === '1.4'
      ? [enumeration('MaskGenerator', MGF1), enumeration('MaskGeneratorHashingAlgorithm', hash)]
      : []),
  )
  const plain = randomBytes(32)
  const sealed = await call(
    stage,
    stated,
    Operation.encrypt,
    identifier(publicKey),
    parameters,
    bytes('Data', plain),
  )
  const opened = await call(
    stage,
    stated,
    Operation.decrypt,
    identifier(key),
    parameters,
    bytes('Data', sealed.at('Data').bytes()),
  )
  expect(opened.at('Data').bytes()).toEqual(plain)
}

/** Keys are made and activated beforehand. */
async function prepareKey(stage: Stage): Promise<string> {
  const created = await call(
    stage,
    '1.4',
    Operation.create,
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
    ),
  )
  const key = identifierIn(created)
  await call(stage, '1.4', Operation.activate, identifier(key))
  return key
}

async function preparePair(stage: Stage): Promise<string> {
  const created = await call(
    stage,
    '1.4',
    Operation.createKeyPair,
    structure(
      'CommonTemplateAttribute',
      enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
      integerAttribute('Cryptographic Length', 2_048),
    ),
    structure(
      'PrivateKeyTemplateAttribute',
      integerAttribute('Cryptographic Usage Mask', Mask.decrypt),
    ),
    structure(
      'PublicKeyTemplateAttribute',
      integerAttribute('Cryptographic Usage Mask', Mask.encrypt),
    ),
  )
  const privateKey = created.at('PrivateKeyUniqueIdentifier').text()
  const publicKey = created.at('PublicKeyUniqueIdentifier').text()
  for (const key of [privateKey, publicKey]) {
    await call(stage, '1.4', Operation.activate, identifier(key))
  }
  return privateKey
}
