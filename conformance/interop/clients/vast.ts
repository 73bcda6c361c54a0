import { createDecipheriv, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Asker, Card, Stage } from './card.ts'
import { pykmip } from './readers/pykmip.ts'
import { attributesIn, identifierIn, materialIn } from './wire/answer.ts'
import { enumeration, integer, structure, text } from './wire/bytes.ts'
import { octets } from './wire/forms.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  nameAttribute,
  symmetricKey,
  template,
  textAttribute,
} from './wire/message.ts'
import {
  Algorithm,
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  Revocation,
  State,
  WRAP_BY_ENCRYPTION,
} from './wire/numbers.ts'

/** 1.4 by PyKMIP's code, in TTLV over HTTPS, on one connection. */
export const vast: Card = {
  product: 'VAST Data',
  config: { policy: { wrapInsideStructure: true } },
  scripts: {
    'makes a key, watches it and replaces it': async (stage) => {
      const poster = open(stage)
      const found = await ask(poster, Operation.discoverVersions)
      const [newest] = found.all('ProtocolVersion')
      expect(newest?.at('ProtocolVersionMajor').number()).toBeGreaterThanOrEqual(1)
      const name = `vast-${randomBytes(6).toString('hex')}`
      const key = await make(poster, name)
      for (let poll = 0; poll < 3; poll += 1) {
        expect(await locate(poster, name)).toEqual([key])
        const watched = await attributes(poster, key, 'State', 'Activation Date')
        expect(watched.get('State')?.number()).toBe(State.active)
        expect(watched.get('Activation Date')?.seconds()).toBeGreaterThan(0)
      }
      expect(materialIn(await ask(poster, Operation.get, identifier(key)))).toHaveLength(32)

      const next = identifierIn(await ask(poster, Operation.reKey, identifier(key)))
      expect(next).not.toBe(key)
      expect(await locate(poster, name)).toEqual([next])
      const kept = await attributes(poster, next, 'Operation Policy Name')
      expect(kept.get('Operation Policy Name')?.text()).toBe('default')
      const checked = await ask(
        poster,
        Operation.check,
        identifier(next),
        integer('CryptographicUsageMask', Mask.encrypt),
      )
      expect(identifierIn(checked)).toBe(next)

      expect(materialIn(await ask(poster, Operation.get, identifier(key)))).toHaveLength(32)
      await revoke(poster, key)
      await ask(poster, Operation.destroy, identifier(key))
      expect(await locate(poster, name)).toEqual([next])
    },

    'has a key wrapped without naming a mode, which is the AES key wrap': async (stage) => {
      const poster = open(stage)
      const wrapping = randomBytes(32)
      const registered = await ask(
        poster,
        Operation.register,
        enumeration('ObjectType', ObjectType.symmetricKey),
        template(
          enumAttribute('Cryptographic Algorithm', Algorithm.aes),
          integerAttribute('Cryptographic Length', 256),
          integerAttribute('Cryptographic Usage Mask', Mask.wrapKey | Mask.unwrapKey),
        ),
        symmetricKey(wrapping, Algorithm.aes),
      )
      const kek = identifierIn(registered)
      await ask(poster, Operation.activate, identifier(kek))
      const key = await make(poster, `vast-${randomBytes(6).toString('hex')}`)
      const plain = materialIn(await ask(poster, Operation.get, identifier(key)))
      const wrapped = await ask(
        poster,
        Operation.get,
        identifier(key),
        enumeration('KeyFormatType', KeyFormat.raw),
        structure(
          'KeyWrappingSpecification',
          enumeration('WrappingMethod', WRAP_BY_ENCRYPTION),
          structure('EncryptionKeyInformation', identifier(kek)),
          enumeration('EncodingOption', 1),
        ),
      )
      expect(unwrap(wrapping, materialIn(wrapped))).toEqual(plain)
    },
  },
}

function open(stage: Stage): Asker {
  return stage.post(octets, pykmip)
}

async function ask(asker: Asker, operation: number, ...payload: readonly Uint8Array[]) {
  return (await asker.ask(bare('1.4', batchItem(operation, payload)))).payload(operation)
}

/** It gives the Operation Policy Name when it creates the key, and again with the other attributes. */
async function make(asker: Asker, name: string): Promise<string> {
  const created = await ask(
    asker,
    Operation.create,
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
      textAttribute('Operation Policy Name', 'default'),
    ),
  )
  const key = identifierIn(created)
  for (const added of [
    nameAttribute(name),
    textAttribute('Object Group', 'vast'),
    textAttribute('Operation Policy Name', 'default'),
  ]) {
    expect(identifierIn(await ask(asker, Operation.addAttribute, identifier(key), added))).toBe(key)
  }
  await ask(asker, Operation.activate, identifier(key))
  return key
}

async function locate(asker: Asker, name: string): Promise<readonly string[]> {
  const located = await ask(
    asker,
    Operation.locate,
    integer('MaximumItems', 1),
    template(nameAttribute(name)),
  )
  return located.all('UniqueIdentifier').map((each) => each.text())
}

async function attributes(asker: Asker, key: string, ...names: readonly string[]) {
  const wanted = names.map((name) => text('AttributeName', name))
  return attributesIn(await ask(asker, Operation.getAttributes, identifier(key), ...wanted))
}

async function revoke(asker: Asker, key: string): Promise<void> {
  const reason = enumeration('RevocationReasonCode', Revocation.superseded)
  await ask(asker, Operation.revoke, identifier(key), structure('RevocationReason', reason))
}

/** RFC 3394, with its default initial value. */
function unwrap(key: Buffer, wrapped: Buffer): Buffer {
  const decipher = createDecipheriv('aes256-wrap', key, Buffer.alloc(8, 0xa6))
  return Buffer.concat([decipher.update(wrapped), decipher.final()])
}
