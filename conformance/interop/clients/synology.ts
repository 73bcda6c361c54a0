import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Card, Stage } from './card.ts'
import { tolerant } from './readers/tolerant.ts'
import { attributesIn, identifierIn, materialIn } from './wire/answer.ts'
import { enumeration, structure, text } from './wire/bytes.ts'
import {
  bare,
  batchItem,
  identifier,
  integerAttribute,
  nameAttribute,
  secretData,
  template,
  textAttribute,
} from './wire/message.ts'
import {
  KeyFormat,
  Mask,
  ObjectType,
  Operation,
  QueryFunction,
  Revocation,
  SecretDataType,
  State,
} from './wire/numbers.ts'

/** 1.2, a new connection for each operation; reads back the name that it gave by Modify Attribute. */
export const synology: Card = {
  product: 'Synology DSM',
  scripts: {
    'asks what the server can do, in three bursts': async (stage) => {
      for (let burst = 0; burst < 3; burst += 1) {
        const told = await ask(
          stage,
          Operation.query,
          ...Object.values(QueryFunction).map((each) => enumeration('QueryFunction', each)),
        )
        const operations = told.all('Operation').map((each) => each.number())
        expect(operations).toContain(Operation.modifyAttribute)
        expect(told.all('ObjectType').map((each) => each.number())).toContain(ObjectType.secretData)
      }
    },

    'keeps the password of a volume': async (stage) => {
      const hash = createHash('sha512').update(randomBytes(16)).digest('hex')
      const volume = randomUUID()
      const secret = randomBytes(72)
      expect(await locate(stage, hash)).toEqual([])
      const key = await register(stage, hash, secret)
      const modified = await ask(
        stage,
        Operation.modifyAttribute,
        identifier(key),
        nameAttribute(volume),
      )
      // It wants its name back.
      expect(attributesIn(modified).get('Name')?.at('NameValue').text()).toBe(volume)
      expect(await locate(stage, hash)).toEqual([])
      expect(await locate(stage, volume)).toEqual([key])
      await ask(stage, Operation.activate, identifier(key))
      const listed = await ask(stage, Operation.getAttributeList, identifier(key))
      const names = listed.all('AttributeName').map((each) => each.text())
      expect(names).toEqual(expect.arrayContaining(['Name', 'State', 'Operation Policy Name']))
      await readBack(stage, key, secret)
      await remove(stage, key)
      expect(await locate(stage, volume)).toEqual([])
    },
  },
}

async function ask(stage: Stage, operation: number, ...payload: readonly Uint8Array[]) {
  const peer = await stage.connect(tolerant)
  const answer = await peer.ask(bare('1.2', batchItem(operation, payload)))
  peer.close()
  return answer.payload(operation)
}

async function register(stage: Stage, name: string, secret: Buffer): Promise<string> {
  const registered = await ask(
    stage,
    Operation.register,
    enumeration('ObjectType', ObjectType.secretData),
    template(
      integerAttribute('Cryptographic Usage Mask', Mask.verify),
      textAttribute('Operation Policy Name', 'default'),
      nameAttribute(name),
    ),
    secretData(SecretDataType.password, KeyFormat.opaque, secret),
  )
  return identifierIn(registered)
}

async function locate(stage: Stage, name: string): Promise<readonly string[]> {
  const located = await ask(stage, Operation.locate, nameAttribute(name))
  return located.children.map((each) => each.text())
}

async function readBack(stage: Stage, key: string, secret: Buffer): Promise<void> {
  const found = attributesIn(
    await ask(
      stage,
      Operation.getAttributes,
      identifier(key),
      text('AttributeName', 'State'),
      text('AttributeName', 'Object Type'),
      text('AttributeName', 'Operation Policy Name'),
    ),
  )
  expect(found.get('State')?.number()).toBe(State.active)
  expect(found.get('Object Type')?.number()).toBe(ObjectType.secretData)
  expect(found.get('Operation Policy Name')?.text()).toBe('default')
  const got = await ask(stage, Operation.get, identifier(key))
  expect(got.at('SecretData', 'KeyBlock', 'KeyFormatType').number()).toBe(KeyFormat.opaque)
  expect(materialIn(got)).toEqual(secret)
}

async function remove(stage: Stage, key: string): Promise<void> {
  await ask(
    stage,
    Operation.revoke,
    identifier(key),
    structure('RevocationReason', enumeration('RevocationReasonCode', Revocation.cessation)),
  )
  await ask(stage, Operation.destroy, identifier(key))
}
