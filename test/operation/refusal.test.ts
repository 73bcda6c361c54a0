import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { attribute1, Bench, find, name1, name2, uid } from './harness.ts'
import {
  both,
  MISSING,
  of,
  REASON,
  type Objects,
  type Payload,
  type Refusal,
} from './refusal-case.ts'
import { NEW_OBJECTS } from './refusals-of-new-objects.ts'

/** What a request needs behind its Unique Identifier so that only the object stands against it. */
const REST: Readonly<Record<string, readonly [v1: string, v2: string]>> = {
  Activate: ['', ''],
  AddAttribute: [
    attribute1('x-A', 'TextString', 'a'),
    '<NewAttribute><Comment type="TextString" value="a"/></NewAttribute>',
  ],
  Check: ['', ''],
  DeleteAttribute: [
    '<AttributeName type="TextString" value="Contact Information"/>',
    '<AttributeReference type="Enumeration" value="ContactInformation"/>',
  ],
  Destroy: ['', ''],
  Get: ['', ''],
  GetAttributeList: ['', ''],
  GetAttributes: ['', ''],
  ModifyAttribute: [
    attribute1('Contact Information', 'TextString', 'a'),
    '<NewAttribute><ContactInformation type="TextString" value="a"/></NewAttribute>',
  ],
  Revoke: [REASON, REASON],
}

const ON_OBJECTS = Object.entries(REST).flatMap(([operation, [rest1, rest2]]): Refusal[] => {
  // Adjust Attribute aside, 2.x has one reason for it; 1.4 section 11 another.
  const cases: readonly [string, Payload][] = [
    ['an object that is not there', () => uid(MISSING)],
    ['the object of another client', ({ foreign }) => uid(foreign)],
    ['an identifier that is not one', () => uid('../../o/x')],
    ['an identifier longer than any', () => uid('a'.repeat(2_000))],
    ['no identifier and no ID Placeholder', () => ''],
  ]
  return cases.map(([what, payload]) =>
    of(operation, what, {
      v1: ['ItemNotFound', (objects) => payload(objects) + rest1],
      v2: ['ObjectNotFound', (objects) => payload(objects) + rest2],
    }),
  )
})

const LIFECYCLE: readonly Refusal[] = [
  both('Activate', 'an active object', ['PermissionDenied', 'WrongKeyLifecycleState'], (o) =>
    uid(o.active),
  ),
  both('Activate', 'a destroyed object', ['PermissionDenied', 'WrongKeyLifecycleState'], (o) =>
    uid(o.destroyed),
  ),
  both('Destroy', 'an active object', ['PermissionDenied', 'PermissionDenied'], (o) =>
    uid(o.active),
  ),
  both('Destroy', 'a destroyed object', ['PermissionDenied', 'ObjectDestroyed'], (o) =>
    uid(o.destroyed),
  ),
  both(
    'Revoke',
    'a compromised object',
    ['PermissionDenied', 'WrongKeyLifecycleState'],
    (o) => uid(o.compromised) + REASON,
  ),
  both('Revoke', 'no reason', ['InvalidMessage', 'InvalidMessage'], (o) => uid(o.active)),
  both(
    'Revoke',
    'a reason that is none',
    ['InvalidField', 'UnknownEnumeration'],
    (o) =>
      uid(o.active) +
      '<RevocationReason><RevocationReasonCode type="Enumeration" value="0x00000077"/></RevocationReason>',
  ),
]

const GET: readonly Refusal[] = [
  both('Get', 'a destroyed object', ['IllegalOperation', 'KeyValueNotPresent'], (o) =>
    uid(o.destroyed),
  ),
  both('Get', 'a sensitive object', ['Sensitive', 'Sensitive'], (o) => uid(o.sensitive)),
  both('Get', 'an object not extractable', ['NotExtractable', 'NotExtractable'], (o) =>
    uid(o.locked),
  ),
  both(
    'Get',
    'a format it is not in',
    ['KeyFormatTypeNotSupported', 'KeyFormatTypeNotSupported'],
    (o) => `${uid(o.active)}<KeyFormatType type="Enumeration" value="PKCS_8"/>`,
  ),
  both(
    'Get',
    'a compression it is not in',
    ['KeyCompressionTypeNotSupported', 'KeyCompressionTypeNotSupported'],
    (o) =>
      `${uid(o.active)}<KeyCompressionType type="Enumeration" value="ECPublicKeyTypeX9_62CompressedPrime"/>`,
  ),
  both(
    'Get',
    'an identifier of the wrong type',
    ['InvalidMessage', 'InvalidMessage'],
    () => '<UniqueIdentifier type="ByteString" value="00"/>',
  ),
  both(
    'Get',
    'two identifiers',
    ['InvalidMessage', 'InvalidMessage'],
    (o) => uid(o.active) + uid(o.active),
  ),
  // 2.0 is followed by 2.1, whose fields it does not know; 1.4 is the last of its kind (1.4 section 11.1).
  of('Get', 'a field that Get does not have', {
    v1: ['InvalidField', (o) => `${uid(o.active)}<LeaseTime type="Interval" value="1"/>`],
  }),
  both(
    'GetAttributes',
    'an unknown enumeration in the place of an identifier',
    ['InvalidMessage', 'UnknownEnumeration'],
    () => '<UniqueIdentifier type="Enumeration" value="0x00000777"/>',
  ),
]

const ATTRIBUTES: readonly Refusal[] = [
  of('AddAttribute', 'an attribute of the server', {
    v1: ['PermissionDenied', (o) => uid(o.active) + attribute1('State', 'Enumeration', 'Active')],
    v2: [
      'ReadOnlyAttribute',
      (o) =>
        `${uid(o.active)}<NewAttribute><State type="Enumeration" value="Active"/></NewAttribute>`,
    ],
  }),
  of('AddAttribute', 'a second value of a single one', {
    v1: [
      'IllegalOperation',
      (o) => uid(o.active) + attribute1('Contact Information', 'TextString', 'b'),
    ],
    v2: [
      'AttributeSingleValued',
      (o) =>
        `${uid(o.active)}<NewAttribute><ContactInformation type="TextString" value="b"/></NewAttribute>`,
    ],
  }),
  of('AddAttribute', 'the name of another object', {
    v1: ['IllegalOperation', (o) => uid(o.preActive) + name1('taken')],
    v2: [
      'NonUniqueNameAttribute',
      (o) => `${uid(o.preActive)}<NewAttribute>${name2('taken')}</NewAttribute>`,
    ],
  }),
  of('AddAttribute', 'a value of the wrong type', {
    v1: ['InvalidMessage', (o) => uid(o.active) + attribute1('Comment', 'Integer', '1')],
    v2: [
      'InvalidMessage',
      (o) => `${uid(o.active)}<NewAttribute><Comment type="Integer" value="1"/></NewAttribute>`,
    ],
  }),
  of('AddAttribute', 'no attribute', {
    v1: ['InvalidMessage', (o) => uid(o.active)],
    v2: ['InvalidMessage', (o) => uid(o.active)],
  }),
  of('AddAttribute', 'two attributes', {
    v1: [
      'InvalidMessage',
      (o) =>
        uid(o.active) + attribute1('x-A', 'TextString', 'a') + attribute1('x-B', 'TextString', 'b'),
    ],
    v2: [
      'InvalidMessage',
      (o) =>
        `${uid(o.active)}<NewAttribute><Comment type="TextString" value="a"/>
          <Description type="TextString" value="a"/></NewAttribute>`,
    ],
  }),
  of('AddAttribute', 'an index of its own', {
    v1: ['InvalidField', (o) => uid(o.active) + attribute1('x-A', 'TextString', 'a', 3)],
  }),
  of('AddAttribute', 'a destroyed object', {
    v1: ['PermissionDenied', (o) => uid(o.destroyed) + attribute1('x-A', 'TextString', 'a')],
    v2: [
      'WrongKeyLifecycleState',
      (o) =>
        `${uid(o.destroyed)}<NewAttribute><Comment type="TextString" value="a"/></NewAttribute>`,
    ],
  }),
  of('ModifyAttribute', 'an attribute of the server', {
    v1: ['PermissionDenied', (o) => uid(o.active) + attribute1('State', 'Enumeration', 'Active')],
    v2: [
      'AttributeReadOnly',
      (o) =>
        `${uid(o.active)}<NewAttribute><State type="Enumeration" value="Active"/></NewAttribute>`,
    ],
  }),
  of('ModifyAttribute', 'an attribute that is not there', {
    v1: ['InvalidField', (o) => uid(o.active) + attribute1('Comment', 'TextString', 'b')],
    v2: [
      'AttributeNotFound',
      (o) => `${uid(o.active)}<NewAttribute><Comment type="TextString" value="b"/></NewAttribute>`,
    ],
  }),
  of('ModifyAttribute', 'an instance that is not there', {
    v1: [
      'ItemNotFound',
      (o) => uid(o.active) + attribute1('Contact Information', 'TextString', 'b', 1),
    ],
    v2: [
      'AttributeInstanceNotFound',
      (o) =>
        `${uid(o.active)}<CurrentAttribute><ContactInformation type="TextString" value="z"/>
          </CurrentAttribute>
          <NewAttribute><ContactInformation type="TextString" value="b"/></NewAttribute>`,
    ],
  }),
  of('ModifyAttribute', 'the Activation Date of an active object', {
    v1: [
      'PermissionDenied',
      (o) => uid(o.active) + attribute1('Activation Date', 'DateTime', '2030-01-01T00:00:00Z'),
    ],
    v2: [
      'PermissionDenied',
      (o) =>
        `${uid(o.active)}<NewAttribute><ActivationDate type="DateTime" value="2030-01-01T00:00:00Z"/>
          </NewAttribute>`,
    ],
  }),
  of('ModifyAttribute', 'two different attributes', {
    v2: [
      'InvalidMessage',
      (o) =>
        `${uid(o.active)}<CurrentAttribute><Comment type="TextString" value="z"/></CurrentAttribute>
          <NewAttribute><ContactInformation type="TextString" value="b"/></NewAttribute>`,
    ],
  }),
  of('DeleteAttribute', 'an attribute that must stay', {
    v1: [
      'PermissionDenied',
      (o) => `${uid(o.active)}<AttributeName type="TextString" value="Cryptographic Usage Mask"/>`,
    ],
    v2: [
      'AttributeReadOnly',
      (o) =>
        `${uid(o.active)}<AttributeReference type="Enumeration" value="CryptographicUsageMask"/>`,
    ],
  }),
  of('DeleteAttribute', 'an attribute that is not there', {
    v1: [
      'ItemNotFound',
      (o) => `${uid(o.active)}<AttributeName type="TextString" value="x-none"/>`,
    ],
    v2: [
      'AttributeNotFound',
      (o) => `${uid(o.active)}<AttributeReference type="Enumeration" value="Comment"/>`,
    ],
  }),
  of('DeleteAttribute', 'nothing named', {
    v1: ['InvalidMessage', (o) => uid(o.active)],
    v2: ['InvalidMessage', (o) => uid(o.active)],
  }),
  of('SetAttribute', 'an attribute of the server', {
    v1: ['OperationNotSupported', (o) => uid(o.active)],
    v2: [
      'ReadOnlyAttribute',
      (o) =>
        `${uid(o.active)}<NewAttribute><State type="Enumeration" value="Active"/></NewAttribute>`,
    ],
  }),
  of('AdjustAttribute', 'a text', {
    v1: ['OperationNotSupported', (o) => uid(o.active)],
    v2: [
      'InvalidDataType',
      (o) =>
        `${uid(o.active)}<AttributeReference type="Enumeration" value="ContactInformation"/>
          <AdjustmentType type="Enumeration" value="Increment"/>`,
    ],
  }),
  of('GetAttributes', 'the same attribute twice', {
    v1: [
      'InvalidMessage',
      (o) =>
        `${uid(o.active)}<AttributeName type="TextString" value="State"/>
          <AttributeName type="TextString" value="State"/>`,
    ],
    v2: [
      'InvalidMessage',
      (o) =>
        `${uid(o.active)}<AttributeReference type="Enumeration" value="State"/>
          <AttributeReference type="Enumeration" value="State"/>`,
    ],
  }),
]

const OTHERS: readonly Refusal[] = [
  both(
    'Locate',
    'a negative Maximum Items',
    ['InvalidField', 'InvalidField'],
    () => '<MaximumItems type="Integer" value="-1"/><Attributes/>',
  ),
  of('Locate', 'an attribute that nobody knows', {
    v1: ['InvalidField', () => attribute1('Colour', 'TextString', 'red')],
  }),
  both(
    'Check',
    'a use that the mask does not allow',
    ['PermissionDenied', 'IncompatibleCryptographicUsageMask'],
    (o) => `${uid(o.active)}<CryptographicUsageMask type="Integer" value="Sign"/>`,
  ),
  both(
    'Put',
    'an operation there is not',
    ['OperationNotSupported', 'OperationNotSupported'],
    (o) => uid(o.active),
  ),
  both(
    'Query',
    'a function that is none',
    ['InvalidField', 'UnknownEnumeration'],
    () => '<QueryFunction type="Enumeration" value="0x00000077"/>',
  ),
  of('Query', 'no function', { v2: ['InvalidMessage', () => ''] }),
].map((refusal) =>
  // 1.x has no Attributes in Locate.
  refusal.what === 'a negative Maximum Items'
    ? {
        ...refusal,
        v1: ['InvalidField', () => '<MaximumItems type="Integer" value="-1"/>'] as const,
      }
    : refusal,
)

const ALL = [...ON_OBJECTS, ...LIFECYCLE, ...GET, ...ATTRIBUTES, ...NEW_OBJECTS, ...OTHERS].flatMap(
  ({ operation, what, v1, v2 }) =>
    (
      [
        ['1.4', v1],
        ['2.0', v2],
      ] as const
    ).flatMap(([version, expected]) =>
      expected === undefined ? [] : [{ version, operation, what, expected }],
    ),
)

let bench: Bench
let objects: Objects

async function makeObjects(): Promise<Objects> {
  const contact = '<ContactInformation type="TextString" value="office"/>'
  const active = await bench.createKey(contact + name2('taken'))
  const compromised = await bench.createKey()
  const destroyed = await bench.createKey(contact)
  await bench.ask('2.1', 'Activate', uid(active))
  await bench.ask('2.1', 'Revoke', uid(compromised) + REASON)
  await bench.ask('2.1', 'Destroy', uid(destroyed))
  return {
    preActive: await bench.createKey(),
    active,
    compromised,
    destroyed,
    sensitive: await bench.createKey('<Sensitive type="Boolean" value="true"/>'),
    locked: await bench.createKey('<Extractable type="Boolean" value="false"/>'),
    foreign: await bench.createKey(contact, 'bob'),
  }
}

beforeAll(async () => {
  bench = await Bench.open()
  objects = await makeObjects()
})

describe('a refusal', () => {
  test.each(ALL)('$version $operation: $what', async ({ version, operation, expected }) => {
    const [reason, payload] = expected
    const before = await bench.dump()
    const answer = await bench.ask(version, operation, payload(objects))
    expect([answer.status, answer.reason]).toEqual(['OperationFailed', reason])
    expect(answer.operation).toBeDefined()
    expect(answer.message).not.toBe('')
    expect(await bench.dump()).toEqual(before)
  })

  test.each(Object.keys(REST))(
    '%s answers the same bytes for a missing and for a foreign object',
    async (operation) => {
      for (const [version, rest] of [
        ['1.4', REST[operation]?.[0]],
        ['2.0', REST[operation]?.[1]],
      ] as const) {
        const ask = async (identifier: string) =>
          bench.send(version, [{ operation, payload: uid(identifier) + (rest ?? '') }])
        const [missing, foreign] = [await ask(MISSING), await ask(objects.foreign)]
        expect(foreign.bytes).toEqual(missing.bytes)
        expect(find(foreign.item, Tag.ResultMessage)).toBeDefined()
      }
    },
  )
})
