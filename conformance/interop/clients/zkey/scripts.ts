import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { identifierIn, type Answer } from '../wire/answer.ts'
import {
  bigInteger,
  boolean,
  enumeration,
  integer,
  structure,
  text,
  type AnyTag,
} from '../wire/bytes.ts'
import { messageOf, type Field } from '../wire/field.ts'
import { identifier, keyBlock, nameStructure, type KmipVersion } from '../wire/message.ts'
import {
  Algorithm,
  Hash,
  KEY_ENCRYPTION_ROLE,
  KeyFormat,
  Mask,
  MGF1,
  NO_ENCODING,
  ObjectType,
  Operation,
  Padding,
  Revocation,
  State,
  WRAP_BY_ENCRYPTION,
} from '../wire/numbers.ts'
import { member, number, type Entry } from './dialect.ts'
import { transportKey, unwrapOaep, unwrapPkcs1, type ZkeySession } from './session.ts'

export type PaddingName = 'pkcs1' | 'oaep'

const NEEDED = [
  Operation.create,
  Operation.register,
  Operation.activate,
  Operation.revoke,
  Operation.destroy,
  Operation.get,
  Operation.locate,
  Operation.getAttributeList,
  Operation.getAttributes,
  Operation.addAttribute,
  Operation.deleteAttribute,
  Operation.query,
]

/** It refuses the server unless Query lists all that it needs. */
export async function checkServer(session: ZkeySession): Promise<void> {
  const functions = [1, 2, 3].map((each) => enumeration('QueryFunction', each))
  const told = (await session.ask([Operation.query, functions])).payload(Operation.query)
  const operations = told.all('Operation').map((each) => each.number())
  const objects = told.all('ObjectType').map((each) => each.number())
  expect(operations).toEqual(expect.arrayContaining(NEEDED))
  expect(objects).toEqual(expect.arrayContaining([ObjectType.symmetricKey, ObjectType.publicKey]))
  expect(told.at('VendorIdentification').text()).not.toBe('')
}

function nameEntry(name: string): Entry {
  return { title: 'Name', tag: 'Name', write: (tag) => nameStructure(tag, name) }
}

/** Before 1.4 the hash of the mask cannot be named, and SHA-1 is what both hashes are by themselves. */
function hashOf(version: KmipVersion): number {
  return version >= '1.4' ? Hash.sha256 : Hash.sha1
}

/** What wraps keys: 1.4 and later also name the function that makes the mask. */
function parameters({ version }: ZkeySession, padding: PaddingName) {
  const isOaep = padding === 'oaep'
  return (tag: AnyTag): Buffer =>
    structure(
      tag,
      enumeration('PaddingMethod', Padding[padding]),
      ...(isOaep ? [enumeration('HashingAlgorithm', hashOf(version))] : []),
      enumeration('KeyRoleType', KEY_ENCRYPTION_ROLE),
      ...(version >= '1.2' ? [enumeration('CryptographicAlgorithm', Algorithm.rsa)] : []),
      ...(isOaep && version >= '1.4'
        ? [
            enumeration('MaskGenerator', MGF1),
            enumeration('MaskGeneratorHashingAlgorithm', Hash.sha256),
          ]
        : []),
    )
}

/** Public keys as the profiles of key managers want them. */
export type PublicKeyForm = 'pkcs1' | 'pkcs8' | 'transparent'

function publicKeyBlock(form: PublicKeyForm): Buffer {
  const kind = { algorithm: Algorithm.rsa, length: 2_048 }
  const { publicKey } = transportKey
  if (form !== 'transparent') {
    const type = form === 'pkcs1' ? 'pkcs1' : 'spki'
    const format = form === 'pkcs1' ? KeyFormat.pkcs1 : KeyFormat.pkcs8
    return keyBlock(format, publicKey.export({ type, format: 'der' }), kind)
  }
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  return structure(
    'KeyBlock',
    enumeration('KeyFormatType', KeyFormat.transparentRsaPublicKey),
    structure(
      'KeyValue',
      structure(
        'KeyMaterial',
        bigInteger('Modulus', Buffer.from(n, 'base64url')),
        bigInteger('PublicExponent', Buffer.from(e, 'base64url')),
      ),
    ),
    enumeration('CryptographicAlgorithm', Algorithm.rsa),
    integer('CryptographicLength', 2_048),
  )
}

/** Registers the transport key and activates it by the ID Placeholder. */
export async function registerTransportKey(
  session: ZkeySession,
  padding: PaddingName,
  form: PublicKeyForm = 'pkcs1',
): Promise<string> {
  const answer = await session.ask(
    [
      Operation.register,
      [
        enumeration('ObjectType', ObjectType.publicKey),
        session.dialect.template([
          nameEntry(`zkey host ${randomBytes(6).toString('hex')}`),
          member('Cryptographic Algorithm', Algorithm.rsa),
          number('Cryptographic Length', 2_048),
          number('Cryptographic Usage Mask', Mask.encrypt | Mask.wrapKey),
          {
            title: 'Cryptographic Parameters',
            tag: 'CryptographicParameters',
            write: parameters(session, padding),
          },
        ]),
        structure('PublicKey', publicKeyBlock(form)),
      ],
    ],
    [Operation.activate, []],
  )
  const key = identifierIn(answer.payload(Operation.register))
  expect(identifierIn(answer.payload(Operation.activate, 1))).toBe(key)
  return key
}

/** An AES key with zkey's own attributes, of which none is ever empty. */
export async function createKey(
  session: ZkeySession,
  name: string,
  sensitive = false,
): Promise<string> {
  const hidden: Entry = {
    title: 'Sensitive',
    tag: 'Sensitive',
    write: (tag) => boolean(tag, true),
  }
  const answer = await session.ask(
    [
      Operation.create,
      [
        enumeration('ObjectType', ObjectType.symmetricKey),
        session.dialect.template([
          member('Cryptographic Algorithm', Algorithm.aes),
          number('Cryptographic Length', 256),
          number('Cryptographic Usage Mask', Mask.encryptAndDecrypt),
          ...(sensitive ? [hidden] : []),
          nameEntry(name),
          { own: 'zkey-key-name', value: name },
          { own: 'zkey-description', value: ' ' },
        ]),
      ],
    ],
    [Operation.activate, []],
  )
  return identifierIn(answer.payload(Operation.activate, 1))
}

/** Gets a key wrapped with the transport key, and checks all that the answer repeats. */
export async function getWrapped(
  session: ZkeySession,
  key: string,
  kek: string,
  padding: PaddingName,
): Promise<Buffer> {
  const used = parameters(session, padding)('CryptographicParameters')
  const encodes = session.version >= '1.2'
  const answer = await session.ask([
    Operation.get,
    [
      identifier(key),
      enumeration('KeyFormatType', KeyFormat.raw),
      structure(
        'KeyWrappingSpecification',
        enumeration('WrappingMethod', WRAP_BY_ENCRYPTION),
        structure('EncryptionKeyInformation', identifier(kek), used),
        ...(encodes ? [enumeration('EncodingOption', NO_ENCODING)] : []),
      ),
    ],
  ])
  const block = answer.payload(Operation.get).at('SymmetricKey', 'KeyBlock')
  expect(block.at('KeyFormatType').number()).toBe(KeyFormat.raw)
  expect(block.at('CryptographicAlgorithm').number()).toBe(Algorithm.aes)
  expect(block.at('CryptographicLength').number()).toBe(256)
  const wrapping = block.at('KeyWrappingData')
  expect(wrapping.at('WrappingMethod').number()).toBe(WRAP_BY_ENCRYPTION)
  expect(identifierIn(wrapping.at('EncryptionKeyInformation'))).toBe(kek)
  expect(wrapping.maybe('EncodingOption')?.number()).toBe(encodes ? NO_ENCODING : undefined)
  checkParameters(wrapping.at('EncryptionKeyInformation', 'CryptographicParameters'), {
    padding,
    version: session.version,
  })
  const value = block.at('KeyValue')
  const wrapped = value.maybeBytes() ?? value.at('KeyMaterial').bytes()
  const plain =
    padding === 'pkcs1'
      ? unwrapPkcs1(wrapped)
      : unwrapOaep(wrapped, session.version >= '1.4' ? 'sha256' : 'sha1')
  return encodes ? plain : messageOf(plain).at('KeyMaterial').bytes()
}

function checkParameters(
  told: Field,
  { padding, version }: { readonly padding: PaddingName; readonly version: KmipVersion },
): void {
  expect(told.at('PaddingMethod').number()).toBe(Padding[padding])
  if (padding !== 'oaep') return
  expect(told.at('HashingAlgorithm').number()).toBe(hashOf(version))
  if (version < '1.4') return
  expect(told.at('MaskGenerator').number()).toBe(MGF1)
  expect(told.at('MaskGeneratorHashingAlgorithm').number()).toBe(Hash.sha256)
}

export async function attributesOf(session: ZkeySession, key: string) {
  const answer = await session.ask([Operation.getAttributes, [identifier(key)]])
  return session.dialect.read(answer.payload(Operation.getAttributes))
}

/** Keys of that name that are active, by all the filters that it has. */
export async function list(session: ZkeySession, name: string): Promise<readonly string[]> {
  const answer = await session.ask([
    Operation.locate,
    session.dialect.filters([
      member('State', State.active),
      member('Object Type', ObjectType.symmetricKey),
      member('Cryptographic Algorithm', Algorithm.aes),
      nameEntry(name),
      { own: 'zkey-key-name', value: name },
    ]),
  ])
  return answer
    .payload(Operation.locate)
    .all('UniqueIdentifier')
    .map((each) => each.text())
}

/** Deletes an attribute, which may fail, and adds it anew, which must not. */
export async function set(
  session: ZkeySession,
  key: string,
  own: string,
  value: string,
): Promise<Answer> {
  const { dialect } = session
  const answer = await session.ask(
    [Operation.deleteAttribute, [identifier(key), ...dialect.reference(own)]],
    [Operation.addAttribute, [identifier(key), dialect.added({ own, value })]],
  )
  answer.payload(Operation.addAttribute, 1)
  return answer
}

/** Ties one of the two keys of a pair for XTS to the other. */
export async function link(
  session: ZkeySession,
  ...[from, type, to]: readonly [string, number, string]
): Promise<void> {
  const entry: Entry = {
    title: 'Link',
    tag: 'Link',
    write: (tag) =>
      structure(tag, enumeration('LinkType', type), text('LinkedObjectIdentifier', to)),
  }
  const answer = await session.ask([
    Operation.addAttribute,
    [identifier(from), session.dialect.added(entry)],
  ])
  answer.payload(Operation.addAttribute)
}

export async function remove(session: ZkeySession, key: string): Promise<void> {
  const code = enumeration('RevocationReasonCode', Revocation.cessation)
  const reason = structure('RevocationReason', code)
  const revoked = await session.ask([Operation.revoke, [identifier(key), reason]])
  revoked.payload(Operation.revoke)
  const destroyed = await session.ask([Operation.destroy, [identifier(key)]])
  destroyed.payload(Operation.destroy)
}
