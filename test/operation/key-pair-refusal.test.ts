import { beforeAll, describe, expect, test } from 'vitest'
import { attribute1, Bench, identifierOf, name1, name2, uid } from './harness.ts'
import {
  algorithm1,
  algorithm2,
  createPair,
  curve2,
  pairIn,
  pairOf1,
  pairOf2,
  type Pair,
} from './key-pair.fixture.ts'
import { MISSING, REASON } from './refusal-case.ts'

interface Objects {
  readonly key: string
  readonly dated: string
  readonly destroyed: string
  readonly external: string
  readonly foreign: string
  readonly foreignPair: Pair
  readonly pair: Pair
  readonly destroyedPair: Pair
  readonly halved: Pair
  readonly unlinked: string
  readonly secret: string
}
type Expected = readonly [reason: string, payload: (objects: Objects) => string]
type Case = readonly [
  operation: string,
  what: string,
  v1: Expected | undefined,
  v2: Expected | undefined,
]

const REPLACE = ['ReKey', 'ReKeyKeyPair'] as const
const privateUid = (value: string) =>
  `<PrivateKeyUniqueIdentifier type="TextString" value="${value}"/>`
const masks = (tag: string) =>
  `<${tag}><ProtectionStorageMask type="Integer" value="Hardware"/></${tag}>`
const templates = `<Name><NameValue type="TextString" value="no-such-template"/>
  <NameType type="Enumeration" value="UninterpretedTextString"/></Name>`
const OFFSET = '<Offset type="Interval" value="10"/>'
const DATE = '2030-01-01T00:00:00Z'
const date1 = attribute1('Deactivation Date', 'DateTime', DATE)
const date2 = `<DeactivationDate type="DateTime" value="${DATE}"/>`

type PairCase = readonly [
  what: string,
  v1: readonly [reason: string, payload: string] | undefined,
  v2: readonly [reason: string, payload: string] | undefined,
]

/** What is wrong with a key pair asked for: reasons of 1.4 section 11.3 and 2.1 section 6.1.9.1. */
const PAIRS: readonly PairCase[] = [
  ['no algorithm', ['InvalidMessage', pairOf1('')], ['InvalidMessage', pairOf2('')]],
  ['nothing at all', ['InvalidMessage', ''], ['InvalidMessage', '']],
  [
    'an algorithm without key pairs',
    ['InvalidField', pairOf1(algorithm1('AES', 128))],
    ['InvalidAttributeValue', pairOf2(algorithm2('AES', 128))],
  ],
  [
    'an algorithm that is none',
    ['InvalidField', pairOf1(algorithm1('0x00000777'))],
    ['UnknownEnumeration', pairOf2(algorithm2('0x00000777'))],
  ],
  ...[0, 512, 1023, 1025, 4104, 65_536, -2048].map(
    (bits) =>
      [
        `RSA of ${bits} bits`,
        ['InvalidField', pairOf1(algorithm1('RSA', bits))],
        ['InvalidField', pairOf2(algorithm2('RSA', bits))],
      ] as const,
  ),
  [
    'DSA with lengths that do not go together',
    ['InvalidField', pairOf1(algorithm1('DSA', 1536))],
    ['InvalidField', pairOf2(algorithm2('DSA', 1536))],
  ],
  [
    'a length that no curve has',
    ['InvalidField', pairOf1(algorithm1('ECDSA', 255))],
    ['InvalidAttributeValue', pairOf2(algorithm2('ECDSA', 255))],
  ],
  [
    'a length that the curve has not',
    undefined,
    ['InvalidAttributeValue', pairOf2(algorithm2('EC', 256) + curve2('P_384'))],
  ],
  [
    'a curve that is none',
    undefined,
    ['UnknownEnumeration', pairOf2(algorithm2('EC') + curve2('0x00000777'))],
  ],
  [
    'ECDSA on a curve for agreement',
    undefined,
    ['InvalidAttributeValue', pairOf2(algorithm2('ECDSA') + curve2('CURVE25519'))],
  ],
  [
    'Ed25519 of another length',
    undefined,
    ['InvalidAttributeValue', pairOf2(algorithm2('Ed25519', 512))],
  ],
  [
    'Ed448 on the other curve',
    undefined,
    ['InvalidAttributeValue', pairOf2(algorithm2('Ed448') + curve2('CURVE25519'))],
  ],
  [
    'halves of two algorithms',
    ['InvalidField', pairOf1('', algorithm1('EC'), algorithm1('ECDSA'))],
    ['InvalidAttributeValue', pairOf2('', algorithm2('EC'), algorithm2('ECDSA'))],
  ],
  [
    'halves on two curves',
    undefined,
    ['InvalidAttributeValue', pairOf2(algorithm2('EC'), curve2('P_256'), curve2('SECP256K1'))],
  ],
  [
    'an attribute of the server',
    ['PermissionDenied', pairOf1(algorithm1('EC') + attribute1('State', 'Enumeration', 'Active'))],
    ['AttributeReadOnly', pairOf2(`${algorithm2('EC')}<State type="Enumeration" value="Active"/>`)],
  ],
  [
    'an attribute that keys do not have',
    ['InvalidField', pairOf1(algorithm1('EC') + attribute1('Colour', 'TextString', 'red'))],
    [
      'InvalidAttribute',
      pairOf2(`${algorithm2('EC')}<CertificateLength type="Integer" value="1"/>`),
    ],
  ],
  [
    'one value too many',
    ['InvalidField', pairOf1(algorithm1('EC') + date1 + date1)],
    ['AttributeSingleValued', pairOf2(algorithm2('EC') + date2 + date2)],
  ],
  [
    'dates in the wrong order',
    [
      'InvalidField',
      pairOf1(
        algorithm1('EC') +
          date1 +
          attribute1('Activation Date', 'DateTime', '2031-01-01T00:00:00Z'),
      ),
    ],
    [
      'InvalidAttributeValue',
      pairOf2(
        `${algorithm2('EC')}${date2}<ActivationDate type="DateTime" value="2031-01-01T00:00:00Z"/>`,
      ),
    ],
  ],
  [
    'a template that is not there',
    ['ItemNotFound', pairOf1(templates + algorithm1('EC'))],
    undefined,
  ],
  [
    'a name that is taken',
    ['InvalidField', pairOf1(algorithm1('EC'), name1('kr-taken'))],
    ['NonUniqueNameAttribute', pairOf2(algorithm2('EC'), name2('kr-taken'))],
  ],
  [
    'one name for both halves',
    ['InvalidField', pairOf1(algorithm1('EC') + name1('kr-both'))],
    ['NonUniqueNameAttribute', pairOf2(algorithm2('EC') + name2('kr-both'))],
  ],
  [
    'storage that the private key cannot have',
    undefined,
    [
      'PrivateProtectionStorageUnavailable',
      pairOf2(algorithm2('EC')) + masks('PrivateProtectionStorageMasks'),
    ],
  ],
  [
    'storage that the public key cannot have',
    undefined,
    [
      'PublicProtectionStorageUnavailable',
      pairOf2(algorithm2('EC')) + masks('PublicProtectionStorageMasks'),
    ],
  ],
  [
    'storage that neither key can have',
    undefined,
    [
      'PrivateProtectionStorageUnavailable',
      pairOf2(algorithm2('EC')) + masks('CommonProtectionStorageMasks'),
    ],
  ],
  [
    'a pair that is not quantum safe and should be',
    undefined,
    ['GeneralFailure', pairOf2(`${algorithm2('EC')}<QuantumSafe type="Boolean" value="true"/>`)],
  ],
  ['a field it does not have', ['InvalidField', pairOf1(algorithm1('EC')) + OFFSET], undefined],
]

const CREATION = PAIRS.map(([what, v1, v2]): Case => [
  'CreateKeyPair',
  what,
  v1 && [v1[0], () => v1[1]],
  v2 && [v2[0], () => v2[1]],
])

/** Reasons of 1.4 sections 11.5, 11.6 and 2.1 sections 6.1.46.1, 6.1.47.1. */
const REPLACEMENT = REPLACE.flatMap((operation): readonly Case[] => {
  const isPair = operation === 'ReKeyKeyPair'
  const named = (value: string) => (isPair ? privateUid(value) : uid(value))
  const own = ({ key, pair }: Objects) => (isPair ? pair.privateKey : key)
  const wish1 = (text: string) =>
    isPair
      ? `<CommonTemplateAttribute>${text}</CommonTemplateAttribute>`
      : `<TemplateAttribute>${text}</TemplateAttribute>`
  const wish2 = (text: string) =>
    isPair ? `<CommonAttributes>${text}</CommonAttributes>` : `<Attributes>${text}</Attributes>`
  const same = (v1: string, v2: string, payload: Expected[1]) =>
    [
      [v1, payload],
      [v2, payload],
    ] as const
  return [
    [operation, 'no object', ...same('ItemNotFound', 'ObjectNotFound', () => '')],
    [
      operation,
      'a missing object',
      ...same('ItemNotFound', 'ObjectNotFound', () => named(MISSING)),
    ],
    [
      operation,
      "another client's object",
      ...same('ItemNotFound', 'ObjectNotFound', ({ foreign, foreignPair }) =>
        named(isPair ? foreignPair.privateKey : foreign),
      ),
    ],
    [
      operation,
      'an object of another type',
      ...same('PermissionDenied', 'InvalidObjectType', ({ key, pair }) =>
        named(isPair ? key : pair.privateKey),
      ),
    ],
    [
      operation,
      'a public key or a secret',
      ...same('PermissionDenied', 'InvalidObjectType', ({ secret, pair }) =>
        named(isPair ? pair.publicKey : secret),
      ),
    ],
    [
      operation,
      'a destroyed object',
      ...same('PermissionDenied', 'KeyValueNotPresent', ({ destroyed, destroyedPair }) =>
        named(isPair ? destroyedPair.privateKey : destroyed),
      ),
    ],
    [
      operation,
      'an Offset beside a date',
      ['InvalidMessage', (o) => named(own(o)) + OFFSET + wish1(date1)],
      ['InvalidMessage', (o) => named(own(o)) + OFFSET + wish2(date2)],
    ],
    [
      operation,
      'another algorithm',
      ['InvalidField', (o) => named(own(o)) + wish1(algorithm1('HMAC_SHA256', 256))],
      ['InvalidField', (o) => named(own(o)) + wish2(algorithm2('HMAC_SHA256', 256))],
    ],
    [
      operation,
      'an attribute of the server',
      [
        'PermissionDenied',
        (o) => named(own(o)) + wish1(attribute1('State', 'Enumeration', 'Active')),
      ],
      [
        'InvalidField',
        (o) => `${named(own(o))}${wish2('<State type="Enumeration" value="Active"/>')}`,
      ],
    ],
    [
      operation,
      'the name of a third object',
      ['InvalidField', (o) => named(own(o)) + wish1(name1('kr-taken'))],
      ['InvalidField', (o) => named(own(o)) + wish2(name2('kr-taken'))],
    ],
    [
      operation,
      'an Offset of the wrong type',
      ...same(
        'InvalidMessage',
        'InvalidMessage',
        (o) => `${named(own(o))}<Offset type="Integer" value="1"/>`,
      ),
    ],
  ]
})

const OTHERS: readonly Case[] = [
  [
    'ReKey',
    'an Offset where there is no Activation Date (1.4 section 11.5)',
    ['IllegalOperation', ({ dated }) => uid(dated) + OFFSET],
    ['PermissionDenied', ({ dated }) => uid(dated) + OFFSET],
  ],
  [
    'ReKey',
    'a key that is kept elsewhere (1.4 section 11.5)',
    ['KeyValueNotPresent', ({ external }) => uid(external)],
    ['KeyValueNotPresent', ({ external }) => uid(external)],
  ],
  [
    'ReKey',
    'a length that the algorithm has not',
    undefined,
    [
      'InvalidField',
      ({ key }) =>
        `${uid(key)}<Attributes><CryptographicLength type="Integer" value="100"/></Attributes>`,
    ],
  ],
  [
    'ReKey',
    'storage it cannot have',
    undefined,
    ['ProtectionStorageUnavailable', ({ key }) => uid(key) + masks('ProtectionStorageMasks')],
  ],
  [
    'ReKeyKeyPair',
    'a public half that is destroyed',
    ['PermissionDenied', ({ halved }) => privateUid(halved.privateKey)],
    ['KeyValueNotPresent', ({ halved }) => privateUid(halved.privateKey)],
  ],
  [
    'ReKeyKeyPair',
    'a private key without its public half',
    ['PermissionDenied', ({ unlinked }) => privateUid(unlinked)],
    ['PermissionDenied', ({ unlinked }) => privateUid(unlinked)],
  ],
  [
    'ReKeyKeyPair',
    'storage that the public key cannot have',
    undefined,
    [
      'PublicProtectionStorageUnavailable',
      ({ pair }) => privateUid(pair.privateKey) + masks('PublicProtectionStorageMasks'),
    ],
  ],
]

let bench: Bench
let objects: Objects

async function register(type: string, content: string, attributes = ''): Promise<string> {
  const payload = `<ObjectType type="Enumeration" value="${type}"/><Attributes>${attributes}</Attributes>`
  return identifierOf(await bench.ask('2.1', 'Register', `${payload}<${type}>${content}</${type}>`))
}

async function makeObjects(): Promise<Objects> {
  const destroyed = await bench.createKey()
  await bench.ask('2.1', 'Destroy', uid(destroyed))
  const destroyedPair = await createPair(bench)
  await bench.ask('2.1', 'Destroy', uid(destroyedPair.privateKey))
  const halved = await createPair(bench)
  await bench.ask('2.1', 'Revoke', uid(halved.publicKey) + REASON)
  await bench.ask('2.1', 'Destroy', uid(halved.publicKey))
  const alien = await bench.ask('2.1', 'CreateKeyPair', pairOf2(algorithm2('EC')), 'bob')
  await bench.createKey(name2('kr-taken'))
  return {
    key: await bench.createKey(),
    dated: await bench.createKey(date2),
    destroyed,
    external: await register(
      'SymmetricKey',
      `<KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>${algorithm2('AES', 128)}</KeyBlock>`,
    ),
    foreign: await bench.createKey('', 'bob'),
    foreignPair: pairIn(alien),
    pair: await createPair(bench),
    destroyedPair,
    halved,
    unlinked: await register(
      'PrivateKey',
      `<KeyBlock><KeyFormatType type="Enumeration" value="TransparentECPrivateKey"/><KeyValue>
       <KeyMaterial><RecommendedCurve type="Enumeration" value="P_256"/>
       <D type="BigInteger" value="0000000000000005"/></KeyMaterial></KeyValue>
       ${algorithm2('EC', 256)}</KeyBlock>`,
    ),
    secret: await register(
      'SecretData',
      `<SecretDataType type="Enumeration" value="Password"/><KeyBlock>
       <KeyFormatType type="Enumeration" value="Opaque"/><KeyValue>
       <KeyMaterial type="ByteString" value="00"/></KeyValue></KeyBlock>`,
    ),
  }
}

beforeAll(async () => {
  bench = await Bench.open()
  objects = await makeObjects()
})

const ALL = [...CREATION, ...REPLACEMENT, ...OTHERS].flatMap(([operation, what, v1, v2]) =>
  (
    [
      ['1.4', v1],
      ['2.0', v2],
    ] as const
  ).flatMap(([version, expected]) =>
    expected === undefined ? [] : [{ version, operation, what, expected }],
  ),
)

describe('a refusal', () => {
  test.each(ALL)('$version $operation: $what', async ({ version, operation, expected }) => {
    const [reason, payload] = expected
    const before = await bench.dump()
    const answer = await bench.ask(version, operation, payload(objects))
    expect([answer.status, answer.reason, answer.message]).toEqual([
      'OperationFailed',
      reason,
      expect.stringMatching(/./u),
    ])
    expect(await bench.dump()).toEqual(before)
  })
})
