import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Script, Stage } from './card.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { bytes, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  keyBlock,
  message,
  nameAttribute,
  secretData,
  symmetricKey,
  template,
  textAttribute,
  timeStamp,
  version,
  type KmipVersion,
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
  State,
} from './wire/numbers.ts'

/** kmip-go: a connection for each command; in 1.4 with a Client Correlation Value. Its own test suite has these steps. */
export const okms: Card = {
  product: 'okms-cli and kmip-explorer',
  scripts: Object.fromEntries([
    ...(['1.0', '1.1', '1.2', '1.3', '1.4'] as const).map((stated): [string, Script] => [
      `takes a key through its life in ${stated}`,
      async (stage) => {
        await live(new Cli(stage, stated))
      },
    ]),
    [
      'registers what it is given',
      async (stage) => {
        for (const stated of ['1.0', '1.4'] as const) await registerAll(new Cli(stage, stated))
      },
    ],
    [
      'changes attributes',
      async (stage) => {
        await changeAttributes(new Cli(stage, '1.4'))
      },
    ],
    [
      'destroys a public key that was never activated',
      async (stage) => {
        await destroyPublicKey(new Cli(stage, '1.4'))
      },
    ],
  ] satisfies [string, Script][]),
}

class Cli {
  readonly stage: Stage
  readonly #version: KmipVersion

  constructor(stage: Stage, stated: KmipVersion) {
    this.stage = stage
    this.#version = stated
  }

  async ask(operation: number, ...payload: readonly Uint8Array[]): Promise<Answer> {
    const peer = await this.stage.connect(tolerant)
    const header = [
      version(this.#version),
      ...(this.#version === '1.4' ? [text('ClientCorrelationValue', 'okms-cli')] : []),
      timeStamp(),
      integer('BatchCount', 1),
    ]
    const answer = await peer.ask(message(header, batchItem(operation, payload)))
    peer.close()
    return answer
  }

  async run(operation: number, ...payload: readonly Uint8Array[]) {
    return (await this.ask(operation, ...payload)).payload(operation)
  }

  /** The state and other attributes of an object. */
  async attributes(key: string, ...names: readonly string[]) {
    const wanted = names.map((name) => text('AttributeName', name))
    return attributesIn(await this.run(Operation.getAttributes, identifier(key), ...wanted))
  }

  async stateOf(key: string): Promise<number | undefined> {
    return (await this.attributes(key, 'State')).get('State')?.number()
  }

  async locate(...filters: readonly Uint8Array[]): Promise<readonly string[]> {
    const located = await this.run(Operation.locate, ...filters)
    return located.all('UniqueIdentifier').map((each) => each.text())
  }
}

const REVOKED = structure(
  'RevocationReason',
  enumeration('RevocationReasonCode', Revocation.cessation),
)

/** A second Activate and a second Revoke fail; a deactivated key can be replaced; a destroyed one is not located. */
async function live(cli: Cli): Promise<void> {
  const name = `okms ${randomBytes(6).toString('hex')}`
  const created = await cli.run(
    Operation.create,
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
      nameAttribute(name),
    ),
  )
  const key = identifierIn(created)
  expect(await cli.locate(nameAttribute(name))).toEqual([key])
  expect(await cli.stateOf(key)).toBe(State.preActive)
  await cli.run(Operation.activate, identifier(key))
  const again = await cli.ask(Operation.activate, identifier(key))
  expect(again.reason(Operation.activate)).toBe(Reason.permissionDenied)
  const early = await cli.ask(Operation.destroy, identifier(key))
  expect(early.reason(Operation.destroy)).toBe(Reason.permissionDenied)
  await cli.run(Operation.revoke, identifier(key), REVOKED)
  const twice = await cli.ask(Operation.revoke, identifier(key), REVOKED)
  twice.reason(Operation.revoke)
  expect(await cli.stateOf(key)).toBe(State.deactivated)
  const next = identifierIn(await cli.run(Operation.reKey, identifier(key)))
  expect(next).not.toBe(key)
  await cli.run(Operation.destroy, identifier(key))
  expect(await cli.locate(nameAttribute(name))).toEqual([next])
  await cli.run(Operation.destroy, identifier(next))
  expect(await cli.locate(nameAttribute(name))).toEqual([])
}

async function registerAll(cli: Cli): Promise<void> {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsaKind = { algorithm: Algorithm.rsa, length: 2_048 }
  const ecKind = { algorithm: Algorithm.ecdsa, length: 256 }
  const der = { format: 'der' } as const
  const keys = [
    [KeyFormat.pkcs1, rsa.privateKey.export({ ...der, type: 'pkcs1' }), rsaKind],
    [KeyFormat.pkcs8, rsa.privateKey.export({ ...der, type: 'pkcs8' }), rsaKind],
    [EC_PRIVATE_KEY, ec.privateKey.export({ ...der, type: 'sec1' }), ecKind],
    [KeyFormat.pkcs8, ec.privateKey.export({ ...der, type: 'pkcs8' }), ecKind],
  ] as const
  for (const [format, material, kind] of keys) {
    const object = structure('PrivateKey', keyBlock(format, material, kind))
    await keep(cli, ObjectType.privateKey, object, material)
  }
  const spki = rsa.publicKey.export({ ...der, type: 'spki' })
  const open = structure('PublicKey', keyBlock(KeyFormat.x509, spki, rsaKind))
  await keep(cli, ObjectType.publicKey, open, spki)
  const [secret, aes] = [randomBytes(20), randomBytes(16)]
  const password = secretData(SecretDataType.password, KeyFormat.raw, secret)
  await keep(cli, ObjectType.secretData, password, secret)
  await keep(cli, ObjectType.symmetricKey, symmetricKey(aes, Algorithm.aes), aes)
  const { raw } = new X509Certificate(String(cli.stage.target.credentials.cert))
  const certificate = structure(
    'Certificate',
    enumeration('CertificateType', 1),
    bytes('CertificateValue', raw),
  )
  await keep(cli, ObjectType.certificate, certificate)
}

/** Registers an object, and gets it back as it was, when that is a key. */
async function keep(cli: Cli, type: number, object: Buffer, material?: Buffer): Promise<void> {
  const registered = await cli.run(
    Operation.register,
    enumeration('ObjectType', type),
    template(
      integerAttribute('Cryptographic Usage Mask', Mask.sign),
      nameAttribute(`okms ${randomBytes(6).toString('hex')}`),
    ),
    object,
  )
  const got = await cli.run(Operation.get, identifier(identifierIn(registered)))
  if (material !== undefined) expect(materialIn(got)).toEqual(material)
}

async function changeAttributes(cli: Cli): Promise<void> {
  const created = await cli.run(
    Operation.create,
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 128),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
    ),
  )
  const key = identifierIn(created)
  const added = textAttribute('Comment', 'first')
  const commentOf = async (): Promise<string | undefined> =>
    (await cli.attributes(key, 'Comment')).get('Comment')?.text()
  await cli.run(Operation.addAttribute, identifier(key), added)
  expect(await commentOf()).toBe('first')
  await cli.run(Operation.modifyAttribute, identifier(key), textAttribute('Comment', 'second'))
  expect(await commentOf()).toBe('second')
  await cli.run(Operation.deleteAttribute, identifier(key), text('AttributeName', 'Comment'))
  expect(await commentOf()).toBeUndefined()
  const all = await cli.attributes(key)
  expect(all.get('Cryptographic Length')?.number()).toBe(128)
}

async function destroyPublicKey(cli: Cli): Promise<void> {
  const created = await cli.run(
    Operation.createKeyPair,
    structure(
      'CommonTemplateAttribute',
      enumAttribute('Cryptographic Algorithm', Algorithm.ecdsa),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.sign | Mask.verify),
    ),
  )
  const publicKey = created.at('PublicKeyUniqueIdentifier').text()
  const destroyed = await cli.run(Operation.destroy, identifier(publicKey))
  expect(identifierIn(destroyed)).toBe(publicKey)
}

const EC_PRIVATE_KEY = 6
