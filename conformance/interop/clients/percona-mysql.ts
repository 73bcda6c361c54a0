import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card } from './card.ts'
import type { Peer } from './peer.ts'
import { libkmip } from './readers/libkmip.ts'
import { attributesIn, identifierIn, materialIn } from './wire/answer.ts'
import { dateTime, enumeration, integer, structure, text } from './wire/bytes.ts'
import {
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
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
} from './wire/numbers.ts'

/** kmippp on libkmip: 1.4 and 1.0 mixed on one connection, and pages by Offset Items in 1.0. */
export const perconaMysql: Card = {
  product: 'Percona Server for MySQL, XtraBackup and GreatSQL (keyring_kmip)',
  scripts: {
    'reads its keyring page by page when it starts': async (stage) => {
      const group = `mysql-${randomBytes(4).toString('hex')}`
      const keyring = new Keyring(await stage.connect(libkmip), group)
      const stored = new Map<string, string>()
      for (let index = 0; index < 35; index += 1) {
        const name = `INNODBKey-${group}-${index}`
        stored.set(await keyring.store(name), name)
      }
      const after = new Keyring(await stage.connect(libkmip), group)
      const found = await after.load()
      expect([...found.keys()].sort()).toEqual([...stored.keys()].sort())
      for (const [key, { name, material }] of found) {
        expect(name).toBe(stored.get(key))
        expect(material).toHaveLength(32)
      }
    },

    'reads everything that it has where it has no group': async (stage) => {
      const keyring = new Keyring(await stage.connect(libkmip))
      const key = await keyring.store(`ungrouped-${randomBytes(4).toString('hex')}`)
      expect([...(await keyring.load()).keys()]).toContain(key)
    },

    'keeps secrets': async (stage) => {
      const keyring = new Keyring(await stage.connect(libkmip), 'secrets')
      const secret = Buffer.from('correct horse battery staple')
      const name = `secret-${randomBytes(4).toString('hex')}`
      const answer = await keyring.ask('1.4', Operation.register, [
        enumeration('ObjectType', ObjectType.secretData),
        template(
          integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          nameAttribute(name),
          textAttribute('Object Group', 'secrets'),
        ),
        secretData(SecretDataType.password, KeyFormat.opaque, secret),
      ])
      const key = identifierIn(answer.payload(Operation.register))
      const got = await keyring.ask('1.0', Operation.get, [identifier(key)])
      expect(materialIn(got.payload(Operation.get))).toEqual(secret)
    },

    'erases a key': async (stage) => {
      const keyring = new Keyring(await stage.connect(libkmip), 'erased')
      const key = await keyring.store(`erased-${randomBytes(4).toString('hex')}`)
      const revoked = await keyring.ask('1.4', Operation.revoke, [
        identifier(key),
        structure(
          'RevocationReason',
          enumeration('RevocationReasonCode', Revocation.unspecified),
          text('RevocationMessage', 'Deleting the key'),
        ),
        dateTime('CompromiseOccurrenceDate', 0),
      ])
      revoked.payload(Operation.revoke)
      const destroyed = await keyring.ask('1.0', Operation.destroy, [identifier(key)])
      destroyed.payload(Operation.destroy)
      expect([...(await keyring.load()).keys()]).not.toContain(key)
      const gone = await keyring.ask('1.0', Operation.get, [identifier(key)])
      expect(gone.reason(Operation.get)).not.toBe(Reason.operationNotSupported)
    },
  },
}

const PAGE = 16

class Keyring {
  readonly #peer: Peer
  readonly #group: string | undefined

  constructor(peer: Peer, group?: string) {
    this.#peer = peer
    this.#group = group
  }

  async ask(stated: KmipVersion, operation: number, payload: readonly Uint8Array[]) {
    return this.#peer.ask(
      message(
        [
          version(stated),
          integer('MaximumResponseSize', 8_192),
          timeStamp(),
          integer('BatchCount', 1),
        ],
        batchItem(operation, payload),
      ),
    )
  }

  async store(name: string): Promise<string> {
    const registered = await this.ask('1.4', Operation.register, [
      enumeration('ObjectType', ObjectType.symmetricKey),
      template(
        enumAttribute('Cryptographic Algorithm', Algorithm.aes),
        integerAttribute('Cryptographic Length', 256),
        integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
        nameAttribute(name),
        ...this.#groupFilter(),
      ),
      symmetricKey(randomBytes(32), Algorithm.aes),
    ])
    const key = identifierIn(registered.payload(Operation.register))
    const activated = await this.ask('1.4', Operation.activate, [identifier(key)])
    expect(identifierIn(activated.payload(Operation.activate))).toBe(key)
    return key
  }

  /** All keys with their names and material; it goes on until a page is empty. */
  async load(): Promise<ReadonlyMap<string, { name: string; material: Buffer }>> {
    const found = new Map<string, { name: string; material: Buffer }>()
    for (let offset = 0; offset < 100 * PAGE;) {
      const page = await this.#page(offset)
      if (page.length === 0) return found
      for (const key of page) {
        expect(found.has(key), `${key} comes twice`).toBe(false)
        found.set(key, await this.#read(key))
      }
      offset += page.length
    }
    throw new Error('the pages never end')
  }

  async #page(offset: number): Promise<readonly string[]> {
    const located = await this.ask('1.0', Operation.locate, [
      integer('MaximumItems', PAGE),
      integer('OffsetItems', offset),
      enumAttribute('Object Type', ObjectType.symmetricKey),
      ...this.#groupFilter(),
    ])
    return located.payload(Operation.locate).children.map((each) => each.text())
  }

  async #read(key: string): Promise<{ name: string; material: Buffer }> {
    const got = (await this.ask('1.0', Operation.get, [identifier(key)])).payload(Operation.get)
    const named = await this.ask('1.0', Operation.getAttributes, [
      identifier(key),
      text('AttributeName', 'Name'),
    ])
    const name = attributesIn(named.payload(Operation.getAttributes)).get('Name')
    return { name: name?.at('NameValue').text() ?? '', material: materialIn(got) }
  }

  #groupFilter(): readonly Uint8Array[] {
    return this.#group === undefined ? [] : [textAttribute('Object Group', this.#group)]
  }
}
