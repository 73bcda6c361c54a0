import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { VARIATIONS } from '../../conformance/runner/variation.ts'
import {
  ask,
  attribute,
  bytes,
  compareOne,
  complaints,
  integer,
  iso,
  member,
  NOW,
  playAgainst,
  request,
  response,
  success,
  text,
  uid,
  type Parts,
} from './sample.ts'

const UID = '$UNIQUE_IDENTIFIER_0'
const payload = 'BatchItem[0]/ResponsePayload'

/** The complaints about one answer, and the rules it made use of. */
async function judge(
  question: string,
  shown: string,
  came: string,
  parts: Parts = {},
): Promise<{ readonly wrong: readonly string[]; readonly used: readonly string[] }> {
  const played = await compareOne(question, shown, came, parts)
  return { wrong: complaints(played), used: played.variations.map((rule) => rule.slice(6)) }
}

const key = (material: string, format = 'Raw', length = 128): string =>
  `<SymmetricKey><KeyBlock>${member('KeyFormatType', format)}<KeyValue>${bytes('KeyMaterial', material)}</KeyValue>
  ${member('CryptographicAlgorithm', 'AES')}${integer('CryptographicLength', length)}</KeyBlock></SymmetricKey>`
const gotKey = (id: string, material: string, format?: string): string =>
  success('Get', member('ObjectType', 'SymmetricKey') + uid(id) + key(material, format))

const made = 'ab'.repeat(16)
const other = 'cd'.repeat(16)
const shownKey = '2a'.repeat(16)

/** A conversation that first creates or registers the object with identifier `a`. */
async function afterwards(
  operation: 'Create' | 'Register',
  steps: readonly (readonly [question: string, shown: string, came: string])[],
): Promise<readonly string[]> {
  const file = [
    request([ask(operation)]),
    response([success(operation, uid(UID))]),
    ...steps.flatMap(([question, shown]) => [request([question]), response([shown])]),
  ]
  const answers = [success(operation, uid('a')), ...steps.map(([, , came]) => came)]
  const parts = { timeStamp: iso(NOW) }
  return complaints(
    await playAgainst(
      file,
      answers.map((item) => response([item], parts)),
    ),
  )
}

test('every rule is there once, in the order of the list', () => {
  const rules = VARIATIONS.map(({ rule }) => rule)
  expect(rules).toEqual([...new Set(rules)])
  expect(rules.every((rule) => /^8\.4\.1\.\d+$/u.test(rule))).toBe(true)
})

describe('[8.4.1.7] key material', () => {
  test('of a created key may be another of the same length', async () => {
    expect(
      await afterwards('Create', [
        [ask('Get', uid(UID)), gotKey(UID, shownKey), gotKey('a', made)],
      ]),
    ).toEqual([])
    const longer = await afterwards('Create', [
      [ask('Get', uid(UID)), gotKey(UID, shownKey), gotKey('a', `${made}00`)],
    ])
    expect(longer).toEqual([`value ${payload}/SymmetricKey/KeyBlock/KeyValue/KeyMaterial`])
  })

  test('of a created key may be other numbers, but lies on the curve that the file shows', async () => {
    const onCurve = (id: string, curve: string, number: string): string =>
      success(
        'Get',
        member('ObjectType', 'PrivateKey') +
          uid(id) +
          `<PrivateKey><KeyBlock>${member('KeyFormatType', 'TransparentECPrivateKey')}<KeyValue><KeyMaterial>
          ${member('RecommendedCurve', curve)}<D type="BigInteger" value="${number}"/></KeyMaterial></KeyValue>
          </KeyBlock></PrivateKey>`,
      )
    const shown = onCurve(UID, 'P_256', '0000000000000001')
    const step = (curve: string) =>
      [ask('Get', uid(UID)), shown, onCurve('a', curve, '0000000000000002')] as const
    expect(await afterwards('Create', [step('P_256')])).toEqual([])
    expect(await afterwards('Create', [step('P_384')])).toEqual([
      `value ${payload}/PrivateKey/KeyBlock/KeyValue/KeyMaterial/RecommendedCurve`,
    ])
  })

  test('of a registered key must be as the file shows', async () => {
    const wrong = await afterwards('Register', [
      [ask('Get', uid(UID)), gotKey(UID, shownKey), gotKey('a', made)],
    ])
    expect(wrong).toEqual([`value ${payload}/SymmetricKey/KeyBlock/KeyValue/KeyMaterial`])
  })

  test('of a created key must be the same at each Get', async () => {
    const get = [ask('Get', uid(UID)), gotKey(UID, shownKey)] as const
    const wrong = await afterwards('Create', [
      [...get, gotKey('a', made)],
      [...get, gotKey('a', other)],
    ])
    expect(wrong).toEqual([`rule ${payload}/SymmetricKey/KeyBlock/KeyValue/KeyMaterial`])
  })
})

describe('[8.4.1.11, 8.4.1.13] digests', () => {
  const digest = (id: string, hash: string, value: string): string =>
    success(
      'GetAttributes',
      uid(id) +
        attribute(
          'Digest',
          `<AttributeValue>${member('HashingAlgorithm', hash)}${bytes('DigestValue', value)}${member('KeyFormatType', 'Raw')}</AttributeValue>`,
        ),
    )
  const question = ask('GetAttributes', uid(UID) + text('AttributeName', 'Digest'))
  const path = `${payload}/Attribute/AttributeValue/DigestValue`
  const of = (hash: string): string =>
    createHash(hash).update(Buffer.from(made, 'hex')).digest('hex')

  test('of a created key may be another', async () => {
    const step = [
      question,
      digest(UID, 'SHA_256', '00'),
      digest('a', 'SHA_256', of('sha256')),
    ] as const
    expect(await afterwards('Create', [step])).toEqual([])
    expect(await afterwards('Register', [step])).toEqual([`value ${path}`])
  })

  test('of a created key must be that of its material', async () => {
    const get = [ask('Get', uid(UID)), gotKey(UID, shownKey), gotKey('a', made)] as const
    const shown = digest(UID, 'SHA_256', '00')
    expect(
      await afterwards('Create', [get, [question, shown, digest('a', 'SHA_256', of('sha256'))]]),
    ).toEqual([])
    expect(
      await afterwards('Create', [get, [question, shown, digest('a', 'SHA_256', of('sha512'))]]),
    ).toEqual([`rule ${path}`])
  })

  test('may be by another hash function', async () => {
    const shown = digest(UID, 'SHA_256', '00')
    const came = digest('a', 'SHA_512', 'ff')
    expect(await afterwards('Register', [[question, shown, came]])).toEqual([])
  })
})

test('[8.4.1.12] only what the server made may have another Key Format Type', async () => {
  const step = [
    ask('Get', uid(UID)),
    gotKey(UID, shownKey, 'Raw'),
    gotKey('a', shownKey, 'Opaque'),
  ] as const
  expect(await afterwards('Create', [step])).toEqual([])
  expect(await afterwards('Register', [step])).toEqual([
    `value ${payload}/SymmetricKey/KeyBlock/KeyFormatType`,
  ])
})

describe('[8.4.1.19] further attributes', () => {
  const state = attribute('State', member('AttributeValue', 'PreActive'))
  const fresh = attribute('Fresh', '<AttributeValue type="Boolean" value="true"/>')
  const all = ask('GetAttributes', uid('a'))

  test('may come when all were asked for', async () => {
    const shown = success('GetAttributes', uid(UID) + state)
    expect(await judge(all, shown, success('GetAttributes', uid('a') + fresh + state))).toEqual({
      wrong: [],
      used: ['19'],
    })
  })

  test('must not come when some were named', async () => {
    const named = ask('GetAttributes', uid('a') + text('AttributeName', 'State'))
    const shown = success('GetAttributes', uid(UID) + state)
    const { wrong } = await judge(named, shown, success('GetAttributes', uid('a') + state + fresh))
    expect(wrong).toEqual([`extra ${payload}/Attribute[1]`])
  })

  test('an attribute that the file shows must be there with its value, in whatever place', async () => {
    const shown = success('GetAttributes', uid(UID) + state + fresh)
    expect(
      (await judge(all, shown, success('GetAttributes', uid('a') + fresh + state))).wrong,
    ).toEqual([])
    expect((await judge(all, shown, success('GetAttributes', uid('a') + fresh))).wrong).toEqual([
      `missing ${payload}/Attribute[0]`,
    ])
    const active = attribute('State', member('AttributeValue', 'Active'))
    expect(
      (await judge(all, shown, success('GetAttributes', uid('a') + active + fresh))).wrong,
    ).toEqual([`value ${payload}/Attribute[0]/AttributeValue`])
  })

  test('attributes must come after the identifier', async () => {
    const shown = success('GetAttributes', uid(UID) + state)
    const { wrong } = await judge(all, shown, success('GetAttributes', state + uid('a')))
    expect(wrong).toEqual([`order ${payload}/Attribute`])
  })

  test('names may be further ones in Get Attribute List', async () => {
    const names = (...titles: string[]): string =>
      titles.map((title) => text('AttributeName', title)).join('')
    const question = ask('GetAttributeList', uid('a'))
    const shown = success('GetAttributeList', uid(UID) + names('State', 'Name'))
    const came = (list: string): string => success('GetAttributeList', uid('a') + list)
    expect((await judge(question, shown, came(names('Digest', 'Name', 'State')))).wrong).toEqual([])
    expect((await judge(question, shown, came(names('Digest', 'State')))).wrong).toEqual([
      `missing ${payload}/AttributeName[1]`,
    ])
  })

  test('2.0 attributes are a set too', async () => {
    const parts = { version: '2.0' }
    const attributes = (inner: string): string => `<Attributes>${inner}</Attributes>`
    const one = member('State', 'PreActive')
    const two = '<Fresh type="Boolean" value="true"/>'
    const three = '<Sensitive type="Boolean" value="false"/>'
    const shown = success('GetAttributes', uid(UID) + attributes(one + two))
    const came = (inner: string): string => success('GetAttributes', uid('a') + attributes(inner))
    expect((await judge(all, shown, came(three + two + one), parts)).wrong).toEqual([])
    expect((await judge(all, shown, came(three + two), parts)).wrong).toEqual([
      `missing ${payload}/Attributes/State`,
    ])
  })
})

describe('[8.4.1.14-17, 27] Query', () => {
  const question = ask('Query', member('QueryFunction', 'QueryOperations'))
  const list = (tag: string, ...values: string[]): string =>
    values.map((value) => member(tag, value)).join('')

  test.each(['Operation', 'ObjectType'])('may list more than one %s, but not less', async (tag) => {
    const [one, two, three] =
      tag === 'Operation'
        ? (['Create', 'Get', 'Locate'] as const)
        : (['Certificate', 'SymmetricKey', 'SecretData'] as const)
    const shown = success('Query', list(tag, one, two))
    const more = success('Query', list(tag, two, three, one))
    expect((await judge(question, shown, more)).wrong).toEqual([])
    const less = success('Query', list(tag, one, three))
    expect((await judge(question, shown, less)).wrong).toEqual([`missing ${payload}/${tag}[1]`])
  })

  test('may list other namespaces and extensions, or none', async () => {
    const namespace = (value: string): string => text('ApplicationNamespace', value)
    const extension = (value: string): string =>
      `<ExtensionInformation>${text('ExtensionName', value)}</ExtensionInformation>`
    for (const list of [namespace, extension]) {
      for (const came of ['', list('two'), list('two') + list('one')]) {
        const shown = success('Query', list('one'))
        expect((await judge(question, shown, success('Query', came))).wrong).toEqual([])
      }
    }
  })

  test('may name another vendor, or none', async () => {
    const shown = success('Query', text('VendorIdentification', 'one'))
    expect(
      (await judge(question, shown, success('Query', text('VendorIdentification', 'two')))).wrong,
    ).toEqual([])
    expect((await judge(question, shown, success('Query'))).wrong).toEqual([])
  })

  test('a vendor attribute must not have another vendor', async () => {
    const vendor = (name: string): string =>
      `<Attributes><Attribute>${text('VendorIdentification', name)}${text('AttributeName', 'n')}${text('AttributeValue', 'v')}</Attribute></Attributes>`
    const asked = ask('GetAttributes', uid('a') + member('AttributeReference', 'State'))
    const { wrong } = await judge(
      asked,
      success('GetAttributes', uid(UID) + vendor('x')),
      success('GetAttributes', uid('a') + vendor('z')),
      { version: '2.0' },
    )
    expect(wrong).toEqual([
      `missing ${payload}/Attributes/Attribute`,
      `extra ${payload}/Attributes/Attribute`,
    ])
  })
})

describe('[8.4.1.26] Discover Versions', () => {
  const version = (minor: number): string =>
    `<ProtocolVersion>${integer('ProtocolVersionMajor', 1)}${integer('ProtocolVersionMinor', minor)}</ProtocolVersion>`
  const shown = success('DiscoverVersions', version(4) + version(2))

  test('may list more versions when the question listed none', async () => {
    const more = success('DiscoverVersions', version(4) + version(3) + version(2) + version(0))
    expect((await judge(ask('DiscoverVersions'), shown, more)).wrong).toEqual([])
    const listed = ask('DiscoverVersions', version(4) + version(2))
    expect((await judge(listed, shown, more)).wrong).toHaveLength(2)
  })

  test('must list them in the order of the file', async () => {
    const ascending = success('DiscoverVersions', version(2) + version(4))
    expect((await judge(ask('DiscoverVersions'), shown, ascending)).wrong.length).toBeGreaterThan(0)
  })
})

describe('[8.4.1.24] Attribute Index', () => {
  const named = (index: string): string =>
    `<Attribute>${text('AttributeName', 'x-a')}${index}${text('AttributeValue', 'v')}</Attribute>`
  const question = ask('AddAttribute', named(''))
  const shown = success('AddAttribute', uid(UID) + named(''))
  const came = (index: number): string =>
    success('AddAttribute', uid('a') + named(integer('AttributeIndex', index)))

  test('0 may be there or not, except in 1.0', async () => {
    expect((await judge(question, shown, came(0))).wrong).toEqual([])
    expect((await judge(question, shown, came(0), { version: '1.0' })).wrong).toEqual([
      `extra ${payload}/Attribute/AttributeIndex`,
    ])
  })

  test('any other must be as the file shows', async () => {
    expect((await judge(question, shown, came(1))).wrong).toEqual([
      `extra ${payload}/Attribute/AttributeIndex`,
    ])
  })
})

test('[8.4.1.20, 21] groups and attributes of the server may come beside named attributes', async () => {
  const named = ask('GetAttributes', uid('a') + text('AttributeName', 'State'))
  const state = attribute('State', member('AttributeValue', 'PreActive'))
  const shown = success('GetAttributes', uid(UID) + state)
  for (const [name, wrong] of [
    ['Object Group', 0],
    ['y-Server', 0],
    ['x-Server', 1],
  ] as const) {
    const came = success(
      'GetAttributes',
      uid('a') + state + attribute(name, text('AttributeValue', 'v')),
    )
    expect((await judge(named, shown, came)).wrong).toHaveLength(wrong)
  }
})

test('[8.4.1.22] only a Message Extension that is not critical may come', async () => {
  const extension = (critical: boolean): string =>
    `<MessageExtension>${text('VendorIdentification', 'v')}<CriticalityIndicator type="Boolean" value="${String(critical)}"/><VendorExtension/></MessageExtension>`
  const shown = success('Activate', uid(UID))
  const came = (critical: boolean): string =>
    success('Activate', uid('a')).replace('</BatchItem>', `${extension(critical)}</BatchItem>`)
  expect((await judge(ask('Activate'), shown, came(false))).wrong).toEqual([])
  expect((await judge(ask('Activate'), shown, came(true))).wrong).toHaveLength(1)
})

test('[8.4.1.23] a Template-Attribute may come with what was created, and nowhere else', async () => {
  const template = '<TemplateAttribute/>'
  for (const [operation, wrong] of [
    ['Register', 0],
    ['Activate', 1],
  ] as const) {
    const { wrong: found } = await judge(
      ask(operation),
      success(operation, uid(UID)),
      success(operation, uid('a') + template),
    )
    expect(found).toHaveLength(wrong)
  }
})

test("[8.4.1.8] output of cryptography may differ only with a server's own key", async () => {
  const encrypted = (id: string, data: string): string =>
    success('Encrypt', uid(id) + bytes('Data', data))
  const step = [ask('Encrypt', uid(UID)), encrypted(UID, 'aa'), encrypted('a', 'bb')] as const
  expect(await afterwards('Create', [step])).toEqual([])
  expect(await afterwards('Register', [step])).toEqual([`value ${payload}/Data`])
})

test('[8.4.1.9] a Lease Time must be as the file shows: it is no date', async () => {
  const lease = (seconds: number): string =>
    attribute('Lease Time', `<AttributeValue type="Interval" value="${seconds}"/>`)
  const { wrong } = await judge(
    ask('GetAttributes', uid('a')),
    success('GetAttributes', uid(UID) + lease(3600)),
    success('GetAttributes', uid('a') + lease(3601)),
  )
  expect(wrong).toHaveLength(1)
})

test('[8.4.1.6] the Time Stamp may be any date', async () => {
  const file = [request([ask('Activate')]), response([success('Activate', uid(UID))])]
  const came = response([success('Activate', uid('a'))], { timeStamp: iso(NOW + 123_456) })
  const played = await playAgainst(file, [came])
  expect(complaints(played)).toEqual([])
  expect(played.variations).toEqual(['8.4.1.6'])
})
