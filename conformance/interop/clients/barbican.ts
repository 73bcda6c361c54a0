import { generateKeyPairSync, randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { pykmip } from './readers/pykmip.ts'
import { identifierIn, materialIn } from './wire/answer.ts'
import { bytes, enumeration, structure } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  keyBlock,
  nameAttribute,
  secretData,
  symmetricKey,
  template,
} from './wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  Mask,
  ObjectType,
  OPAQUE_DATA,
  Operation,
  Reason,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.2 by PyKMIP over TLS 1.2, a new connection for each operation; never activates. */
export const barbican: Card = {
  product: 'OpenStack Barbican',
  scripts: {
    'makes keys of its algorithms': async (stage) => {
      for (const [algorithm, length] of [
        [Algorithm.aes, 256],
        [Algorithm.des3, 192],
        [Algorithm.hmacSha256, 256],
      ] as const) {
        const created = await ask(
          stage,
          Operation.create,
          enumeration('ObjectType', ObjectType.symmetricKey),
          template(
            enumAttribute('Cryptographic Algorithm', algorithm),
            integerAttribute('Cryptographic Length', length),
            integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          ),
        )
        expect(await fetchAndDestroy(stage, identifierIn(created))).toHaveLength(length / 8)
      }
    },

    'makes pairs of keys with nothing but algorithm and length': async (stage) => {
      const created = await ask(
        stage,
        Operation.createKeyPair,
        structure(
          'CommonTemplateAttribute',
          enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
          integerAttribute('Cryptographic Length', 2_048),
        ),
      )
      for (const half of ['PrivateKeyUniqueIdentifier', 'PublicKeyUniqueIdentifier'] as const) {
        expect((await fetchAndDestroy(stage, created.at(half).text())).length).toBeGreaterThan(200)
      }
    },

    'stores secrets of every kind': async (stage) => {
      const rsa = { algorithm: Algorithm.rsa, length: 2_048 }
      const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 })
      const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'der' })
      const pkcs1 = pair.privateKey.export({ type: 'pkcs1', format: 'der' })
      const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
      const [aes, passphrase] = [randomBytes(32), randomBytes(12)]
      const kept = [
        [ObjectType.symmetricKey, symmetricKey(aes, Algorithm.aes), aes, AES],
        [
          ObjectType.privateKey,
          structure('PrivateKey', keyBlock(KeyFormat.pkcs8, pkcs8, rsa)),
          pkcs8,
          RSA,
        ],
        [
          ObjectType.privateKey,
          structure('PrivateKey', keyBlock(KeyFormat.pkcs1, pkcs1, rsa)),
          pkcs1,
          RSA,
        ],
        [
          ObjectType.publicKey,
          structure('PublicKey', keyBlock(KeyFormat.x509, spki, rsa)),
          spki,
          RSA,
        ],
        [
          ObjectType.secretData,
          secretData(SecretDataType.password, KeyFormat.opaque, passphrase),
          passphrase,
          [],
        ],
      ] as const
      for (const [type, object, material, attributes] of kept) {
        const key = await register(stage, type, object, ...attributes)
        expect(await fetchAndDestroy(stage, key)).toEqual(material)
      }
    },

    'stores certificates and opaque objects': async (stage) => {
      const { raw } = new X509Certificate(String(stage.target.credentials.cert))
      const certificate = await register(
        stage,
        ObjectType.certificate,
        structure('Certificate', enumeration('CertificateType', 1), bytes('CertificateValue', raw)),
      )
      const got = await ask(stage, Operation.get, identifier(certificate))
      expect(got.at('Certificate', 'CertificateValue').bytes()).toEqual(raw)
      const blob = randomBytes(100)
      const opaque = await register(
        stage,
        ObjectType.opaqueObject,
        structure(
          'OpaqueObject',
          enumeration('OpaqueDataType', OPAQUE_DATA),
          bytes('OpaqueDataValue', blob),
        ),
      )
      const back = await ask(stage, Operation.get, identifier(opaque))
      expect(back.at('OpaqueObject', 'OpaqueDataValue').bytes()).toEqual(blob)
    },
  },
}

const AES = [
  enumAttribute('Cryptographic Algorithm', Algorithm.aes),
  integerAttribute('Cryptographic Length', 256),
]
const RSA = [
  enumAttribute('Cryptographic Algorithm', Algorithm.rsa),
  integerAttribute('Cryptographic Length', 2_048),
]
const TLS = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const

async function ask(stage: Stage, operation: number, ...payload: readonly Uint8Array[]) {
  const peer = await stage.connect(pykmip, TLS)
  const answer = await peer.ask(bare('1.2', batchItem(operation, payload)))
  peer.close()
  return answer.payload(operation)
}

async function register(
  stage: Stage,
  type: number,
  object: Buffer,
  ...attributes: readonly Uint8Array[]
): Promise<string> {
  const registered = await ask(
    stage,
    Operation.register,
    enumeration('ObjectType', type),
    template(
      ...attributes,
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
      nameAttribute(randomUUID(), 0),
    ),
    object,
  )
  return identifierIn(registered)
}

/** The material of a key, which is gone afterwards. */
async function fetchAndDestroy(stage: Stage, key: string): Promise<Buffer> {
  const got = await ask(stage, Operation.get, identifier(key))
  const destroyed = await ask(stage, Operation.destroy, identifier(key))
  expect(identifierIn(destroyed)).toBe(key)
  const peer = await stage.connect(pykmip, TLS)
  const none = await peer.ask(bare('1.2', batchItem(Operation.get, [identifier('none')])))
  expect(none.reason(Operation.get)).toBe(Reason.itemNotFound)
  return materialIn(got)
}
