import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { pykmip } from './readers/pykmip.ts'
import { identifierIn, materialIn, type Answer } from './wire/answer.ts'
import { bytes, enumeration, structure } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  enumAttribute,
  identifier,
  integerAttribute,
  nameAttribute,
  secretData,
  template,
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
  Revocation,
  SecretDataType,
} from './wire/numbers.ts'

/** 1.2 by PyKMIP, a new connection for each operation. */
export const truenas: Card = {
  product: 'TrueNAS',
  scripts: {
    'keeps the passphrase of a pool and removes it': async (stage) => {
      const passphrase = Buffer.from('a passphrase of a pool')
      const registered = await succeed(
        stage,
        Operation.register,
        enumeration('ObjectType', ObjectType.secretData),
        template(
          integerAttribute('Cryptographic Usage Mask', 0),
          nameAttribute(`tank-${randomBytes(4).toString('hex').slice(1)}`, 0),
        ),
        secretData(SecretDataType.password, KeyFormat.opaque, passphrase),
      )
      const key = identifierIn(registered)
      await succeed(stage, Operation.activate, identifier(key))
      const got = await succeed(stage, Operation.get, identifier(key))
      expect(got.at('ObjectType').number()).toBe(ObjectType.secretData)
      expect(materialIn(got)).toEqual(passphrase)
      await succeed(
        stage,
        Operation.revoke,
        identifier(key),
        structure('RevocationReason', enumeration('RevocationReasonCode', Revocation.cessation)),
      )
      await succeed(stage, Operation.destroy, identifier(key))
    },
  },
}

/** 1.2 by PyKMIP: AES-CBC, the IV in a field of its own. */
export const edb: Card = {
  product: 'EDB Postgres TDE',
  scripts: {
    'has its data key sealed and opened': async (stage) => {
      const key = await activeKey(stage)
      const [plain, iv] = [randomBytes(48), randomBytes(16)]
      const crypt = async (operation: number, data: Buffer): Promise<Buffer> => {
        const answer = await succeed(
          stage,
          operation,
          identifier(key),
          CBC,
          bytes('Data', data),
          bytes('IVCounterNonce', iv),
        )
        return answer.at('Data').bytes()
      }
      const sealed = await crypt(Operation.encrypt, plain)
      expect(sealed).toHaveLength(64)
      expect(await crypt(Operation.decrypt, sealed)).toEqual(plain)
    },

    'is refused where it gives no IV, unless the server is told of its way': async (stage) => {
      const key = await activeKey(stage)
      const refused = await ask(
        stage,
        Operation.decrypt,
        identifier(key),
        CBC,
        bytes('Data', randomBytes(64)),
      )
      // CS-BC-M-11 to 13 of the profiles want this very reason.
      expect(refused.reason(Operation.decrypt)).toBe(Reason.invalidMessage)
    },
  },
}

/** The same with the IV in front of the data, both ways: the server has to be told of it. */
export const edbThales: Card = {
  product: 'EDB Postgres TDE (Thales variant)',
  config: { clients: [{ name: 'edb-postgres-tde-thales-variant-', ivPrefixedData: true }] },
  scripts: {
    'has its data key sealed and opened': async (stage) => {
      const key = await activeKey(stage)
      const plain = randomBytes(48)
      const crypt = async (operation: number, data: Buffer): Promise<Buffer> => {
        const answer = await succeed(stage, operation, identifier(key), CBC, bytes('Data', data))
        return answer.at('Data').bytes()
      }
      const sealed = await crypt(Operation.encrypt, plain)
      expect(sealed).toHaveLength(16 + 64)
      expect(await crypt(Operation.decrypt, sealed)).toEqual(plain)
      const wrong = Buffer.from(sealed)
      wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0)
      expect(await crypt(Operation.decrypt, wrong)).not.toEqual(plain)
    },
  },
}

const CBC = structure(
  'CryptographicParameters',
  enumeration('BlockCipherMode', BlockMode.cbc),
  enumeration('PaddingMethod', Padding.pkcs5),
  enumeration('CryptographicAlgorithm', Algorithm.aes),
)

async function ask(
  stage: Stage,
  operation: number,
  ...payload: readonly Uint8Array[]
): Promise<Answer> {
  const peer = await stage.connect(pykmip)
  const answer = await peer.ask(bare('1.2', batchItem(operation, payload)))
  peer.close()
  return answer
}

async function succeed(stage: Stage, operation: number, ...payload: readonly Uint8Array[]) {
  return (await ask(stage, operation, ...payload)).payload(operation)
}

async function activeKey(stage: Stage): Promise<string> {
  const created = await succeed(
    stage,
    Operation.create,
    enumeration('ObjectType', ObjectType.symmetricKey),
    template(
      enumAttribute('Cryptographic Algorithm', Algorithm.aes),
      integerAttribute('Cryptographic Length', 256),
      integerAttribute('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
    ),
  )
  const key = identifierIn(created)
  await succeed(stage, Operation.activate, identifier(key))
  return key
}
