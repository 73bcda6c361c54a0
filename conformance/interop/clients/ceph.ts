import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import type { Peer } from './peer.ts'
import { libkmip } from './readers/libkmip.ts'
import { tolerant } from './readers/tolerant.ts'
import { identifierIn, materialIn } from './wire/answer.ts'
import { bytes, enumeration, integer, structure } from './wire/bytes.ts'
import {
  authentication,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  message,
  nameAttribute,
  symmetricKey,
  template,
  timeStamp,
  version,
} from './wire/message.ts'
import {
  Algorithm,
  BlockMode,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  Padding,
} from './wire/numbers.ts'

/** 1.0 by libkmip: Locate by one name must give one key, and Get its 32 raw bytes. */
export const rgw: Card = {
  product: 'Ceph RGW',
  scripts: {
    'finds the keys of its objects': async (stage) => {
      const peer = await stage.connect(libkmip)
      const first = await prepareKey(stage)
      const second = await prepareKey(stage)
      await fetchKey(peer, first.name, first.material)
      await fetchKey(peer, second.name, second.material)
    },

    'gives its credentials': async (stage) => {
      const { name, material } = await prepareKey(stage)
      const peer = await stage.connect(libkmip)
      await fetchKey(peer, name, material, authentication('rgw', 'password'))
    },

    'finds nothing under another name': async (stage) => {
      const peer = await stage.connect(libkmip)
      const located = await peer.ask(
        message(rgwHeader(), batchItem(Operation.locate, [nameAttribute(`none ${stamp()}`)])),
      )
      expect(located.payload(Operation.locate).children).toEqual([])
    },

    'takes a connection out of its pool that was idle for a while': async (stage) => {
      const { name, material } = await prepareKey(stage)
      const peer = await stage.connect(libkmip)
      await fetchKey(peer, name, material)
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      await fetchKey(peer, name, material)
    },
  },
}

/** 1.4 alone, a new connection for each call. */
export const cephCsi: Card = {
  product: 'Ceph CSI and Rook',
  scripts: {
    'has the server wrap its passphrases': async (stage) => {
      const key = await prepareActiveKey(stage)
      const iv = randomBytes(16)
      const passphrase = randomBytes(40)
      const sealed = await callCsi(stage, Operation.encrypt, [
        identifier(key),
        CBC,
        bytes('Data', passphrase),
        bytes('IVCounterNonce', iv),
      ])
      const data = sealed.at('Data').bytes()
      expect(data).toHaveLength(48)
      const opened = await callCsi(stage, Operation.decrypt, [
        identifier(key),
        CBC,
        bytes('Data', data),
        bytes('IVCounterNonce', iv),
      ])
      expect(opened.at('Data').bytes()).toEqual(passphrase)
    },

    'reads a key as it is': async (stage) => {
      const key = await prepareActiveKey(stage)
      const got = await callCsi(stage, Operation.get, [
        identifier(key),
        enumeration('KeyFormatType', KeyFormat.raw),
      ])
      expect(materialIn(got)).toHaveLength(32)
    },
  },
}

const CBC = structure(
  'CryptographicParameters',
  enumeration('BlockCipherMode', BlockMode.cbc),
  enumeration('PaddingMethod', Padding.pkcs5),
  enumeration('CryptographicAlgorithm', Algorithm.aes),
)

function stamp(): string {
  return randomBytes(6).toString('hex')
}

function rgwHeader(...more: readonly Uint8Array[]): readonly Uint8Array[] {
  return [
    version('1.0'),
    integer('MaximumResponseSize', 8_192),
    ...more,
    timeStamp(),
    integer('BatchCount', 1),
  ]
}

/** An operator makes the keys beforehand. */
async function prepareKey(stage: Stage): Promise<{ name: string; material: Buffer }> {
  const name = `rgw-key-${stamp()}`
  const material = randomBytes(32)
  const peer = await stage.connect(tolerant)
  const registered = await peer.ask(
    message(
      rgwHeader(),
      batchItem(Operation.register, [
        enumeration('ObjectType', ObjectType.symmetricKey),
        template(
          enumAttribute('Cryptographic Algorithm', Algorithm.aes),
          integerAttribute('Cryptographic Length', 256),
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          nameAttribute(name),
        ),
        symmetricKey(material, Algorithm.aes),
      ]),
    ),
  )
  registered.payload(Operation.register)
  return { name, material }
}

async function fetchKey(
  peer: Peer,
  name: string,
  material: Buffer,
  ...header: readonly Uint8Array[]
): Promise<void> {
  const located = (
    await peer.ask(
      message(rgwHeader(...header), batchItem(Operation.locate, [nameAttribute(name)])),
    )
  ).payload(Operation.locate)
  expect(located.children).toHaveLength(1)
  const got = (
    await peer.ask(
      message(rgwHeader(...header), batchItem(Operation.get, [identifier(identifierIn(located))])),
    )
  ).payload(Operation.get)
  expect(got.at('ObjectType').number()).toBe(ObjectType.symmetricKey)
  expect(got.at('SymmetricKey', 'KeyBlock', 'KeyFormatType').number()).toBe(KeyFormat.raw)
  expect(materialIn(got)).toEqual(material)
}

async function prepareActiveKey(stage: Stage): Promise<string> {
  const peer = await stage.connect(tolerant)
  const header = [version('1.4'), integer('BatchCount', 2)]
  const answer = await peer.ask(
    message(
      header,
      batchItem(Operation.create, [
        enumeration('ObjectType', ObjectType.symmetricKey),
        template(
          enumAttribute('Cryptographic Algorithm', Algorithm.aes),
          integerAttribute('Cryptographic Length', 256),
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
        ),
      ]),
      batchItem(Operation.activate, []),
    ),
  )
  return identifierIn(answer.payload(Operation.activate, 1))
}

/** Discover Versions must give the one version that it speaks; then comes one call. */
async function callCsi(stage: Stage, operation: number, payload: readonly Uint8Array[]) {
  const peer = await stage.connect(tolerant, { minVersion: 'TLSv1.2' })
  const id = (): Buffer => randomBytes(16)
  const header = [version('1.4'), integer('BatchCount', 1)]
  const found = await peer.ask(
    message(header, batchItem(Operation.discoverVersions, [version('1.4')], id())),
  )
  const versions = found.payload(Operation.discoverVersions).all('ProtocolVersion')
  expect(versions.map((each) => each.at('ProtocolVersionMinor').number())).toEqual([4])
  const answer = await peer.ask(message(header, batchItem(operation, payload, id())))
  peer.close()
  return answer.payload(operation)
}
