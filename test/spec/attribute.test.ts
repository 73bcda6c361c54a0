import { describe, expect, test } from 'vitest'
import { existsIn, VERSIONS, type Version } from '../../src/schema/version.ts'
import { ALL_OBJECTS, type ObjectTypeName } from '../../src/spec/attribute/object-types.ts'
import {
  Attribute,
  ATTRIBUTE_ROWS,
  attributeByTag,
  attributeByTitle,
  isAttributeName,
  type AnyAttributeRow,
} from '../../src/spec/attribute.ts'
import { normalise, sorted, STANDARDS, type AttributeFacts } from './standard.ts'

/** Vendors define what is in it; the section of Vendor Attribute in 2.x has no table of rules. */
const NO_ROW = ['CustomAttribute']

/** One section of 2.x holds the rules of every part of a certificate's names. */
const PARTS_OF_NAMES = ATTRIBUTE_ROWS.filter(({ clause }) => clause.v2 === '4.6').map(
  ({ name }) => name,
)

function namesOf(title: string): readonly string[] {
  return title === 'Certificate Attributes' ? PARTS_OF_NAMES : [normalise(title)]
}

function rowOf(name: string): AnyAttributeRow {
  if (!isAttributeName(name)) throw new TypeError(`no attribute ${name}`)
  return Attribute[name]
}

/** What the tables of rules call the objects that an attribute applies to. */
const OBJECTS: Readonly<Record<string, readonly ObjectTypeName[]>> = {
  'All Objects': ALL_OBJECTS,
  'All Cryptographic Objects': [
    'Certificate',
    'SymmetricKey',
    'PublicKey',
    'PrivateKey',
    'SplitKey',
    'SecretData',
    'PGPKey',
  ],
  'Managed Cryptographic Objects': [
    'Certificate',
    'SymmetricKey',
    'PublicKey',
    'PrivateKey',
    'SplitKey',
    'SecretData',
    'PGPKey',
  ],
  Keys: ['SymmetricKey', 'PublicKey', 'PrivateKey', 'SplitKey', 'PGPKey'],
  'Asymmetric Keys': ['PublicKey', 'PrivateKey'],
  'Symmetric Key': ['SymmetricKey'],
  'Symmetric Keys': ['SymmetricKey'],
  'Public Keys': ['PublicKey'],
  'Private Key': ['PrivateKey'],
  'Private Keys': ['PrivateKey'],
  'Split Key': ['SplitKey'],
  'Split Keys of symmetric keys': ['SplitKey'],
  'PGP keys': ['PGPKey'],
  'Secret Data': ['SecretData'],
  'Opaque Object': ['OpaqueObject'],
  'Opaque Objects': ['OpaqueObject'],
  Certificates: ['Certificate'],
  'X.509 Certificates': ['Certificate'],
  Templates: ['Template'],
}

function objectsOf(phrases: readonly string[]): readonly string[] {
  return sorted(
    new Set(
      phrases.flatMap((phrase): readonly string[] => OBJECTS[phrase] ?? [`unknown: ${phrase}`]),
    ),
  )
}

/** Certificate Requests are objects since 2.0. */
function isInV1(name: string): boolean {
  return name !== 'CertificateRequest'
}

/** The rules of a section in the words of the table. */
function rulesInText(facts: AttributeFacts): Readonly<Record<string, unknown>> {
  return {
    multiple: facts.multiple,
    alwaysPresent: facts.alwaysPresent,
    absentFrom: sorted(facts.absentFrom.map(normalise)),
    setBy: sorted(facts.setBy.map((setter) => setter.toLowerCase())),
    serverModifies: facts.serverModifies,
    clientModifies: facts.clientModifies,
    clientDeletes: facts.clientDeletes,
    implicitlySetBy: sorted(facts.implicitlySetBy.map(normalise)),
    appliesTo: objectsOf(facts.appliesTo),
  }
}

function rulesInTable(row: AnyAttributeRow): Readonly<Record<string, unknown>> {
  return {
    multiple: row.multiple,
    alwaysPresent: row.alwaysPresent,
    absentFrom: sorted(row.absentFrom),
    setBy: sorted(row.setBy),
    serverModifies: row.serverModifies,
    clientModifies: row.clientModifies,
    clientDeletes: row.clientDeletes,
    implicitlySetBy: sorted(row.implicitlySetBy),
    appliesTo: sorted(row.appliesTo),
  }
}

function differences(row: AnyAttributeRow, facts: AttributeFacts): readonly string[] {
  const text = rulesInText(facts)
  return Object.entries(rulesInTable(row))
    .filter(([rule, value]) => JSON.stringify(value) !== JSON.stringify(text[rule]))
    .map(([rule]) => `${row.name}.${rule}`)
}

describe.each(STANDARDS)('attributes of KMIP $version', ({ version, attributes }) => {
  const sections = Object.entries(attributes)
  const inText = sections
    .flatMap(([title]) => namesOf(title))
    .filter((name) => !NO_ROW.includes(name))

  test('are all in the table, and none besides', () => {
    const inTable = ATTRIBUTE_ROWS.filter((row) => existsIn(row, version)).map(({ name }) => name)
    // TC-CERTATTR-1-14 shows that 1.4 has them, though its text has their tags alone.
    const shownByCase = version === '1.4' ? PARTS_OF_NAMES : []
    expect(sorted(inTable)).toEqual(sorted([...inText, ...shownByCase]))
  })

  test('have the clauses of their sections', () => {
    if (version === '2.0') return
    const key = version === '1.4' ? 'v1' : 'v2'
    const wrong = sections.flatMap(([title, { clause }]) =>
      namesOf(title)
        .filter((name) => !NO_ROW.includes(name))
        .filter((name) => rowOf(name).clause[key] !== clause),
    )
    expect(wrong).toEqual([])
  })

  test('follow the rules of their sections but for the differences that are named', () => {
    const found = sections.flatMap(([title, facts]) =>
      namesOf(title)
        .filter((name) => !NO_ROW.includes(name))
        .flatMap((name) => differences(rowOf(name), facts)),
    )
    const inWords = IN_WORDS.filter((name) => inText.includes(name)).map(
      (name) => `${name}.implicitlySetBy`,
    )
    const named = version === '1.4' ? RULE_DIFFERENCES.map(([name, rule]) => `${name}.${rule}`) : []
    expect(sorted(found)).toEqual(sorted([...inWords, ...named]))
  })
})

/**
 * Attributes whose texts say in words when they are set ("when created or registered"), so that no operation can be
 * read from them. Key Format Type: its text says "none", and the official cases of 2.0 show it on every new object.
 */
const IN_WORDS = [
  'AlwaysSensitive',
  'Extractable',
  'KeyFormatType',
  'KeyValuePresent',
  'NeverExtractable',
  'ProtectionStorageMask',
  'RotateDate',
  'RotateGeneration',
  'RotateInterval',
  'RotateLatest',
  'RotateOffset',
  'Sensitive',
]

/**
 * Where 1.4 has another rule than the table, which says what 2.1 does: the attribute, the rule, and the clauses of both.
 * 1.4 applies most attributes to fewer objects, and knows no exceptions from "always present" since it has no secret
 * or opaque objects among those; 2.1 made Fresh obligatory and lets Register set a Link.
 */
const RULE_DIFFERENCES: readonly [name: string, rule: string, v1: string, v2: string][] = [
  ['ActivationDate', 'appliesTo', '3.24', '4.1'],
  ['CompromiseDate', 'appliesTo', '3.30', '4.10'],
  ['CompromiseOccurrenceDate', 'appliesTo', '3.29', '4.11'],
  ['CryptographicAlgorithm', 'absentFrom', '3.4', '4.13'],
  ['CryptographicAlgorithm', 'appliesTo', '3.4', '4.13'],
  ['CryptographicDomainParameters', 'appliesTo', '3.7', '4.14'],
  ['CryptographicLength', 'absentFrom', '3.5', '4.15'],
  ['CryptographicLength', 'appliesTo', '3.5', '4.15'],
  ['CryptographicParameters', 'appliesTo', '3.6', '4.16'],
  ['CryptographicUsageMask', 'absentFrom', '3.19', '4.17'],
  ['CryptographicUsageMask', 'appliesTo', '3.19', '4.17'],
  ['DeactivationDate', 'appliesTo', '3.27', '4.18'],
  ['DestroyDate', 'appliesTo', '3.28', '4.20'],
  ['Digest', 'appliesTo', '3.17', '4.21'],
  ['Fresh', 'alwaysPresent', '3.34', '4.24'],
  ['Fresh', 'appliesTo', '3.34', '4.24'],
  ['KeyValueLocation', 'appliesTo', '3.42', '4.27'],
  ['KeyValuePresent', 'appliesTo', '3.41', '4.28'],
  ['LeaseTime', 'appliesTo', '3.20', '4.30'],
  ['Link', 'appliesTo', '3.35', '4.31'],
  ['Link', 'implicitlySetBy', '3.35', '4.31'],
  ['PKCS_12FriendlyName', 'appliesTo', '3.45', '4.39'],
  ['ProcessStartDate', 'appliesTo', '3.25', '4.40'],
  ['ProtectStopDate', 'appliesTo', '3.26', '4.41'],
  ['RandomNumberGenerator', 'appliesTo', '3.44', '4.46'],
  ['RevocationReason', 'appliesTo', '3.31', '4.47'],
  ['State', 'appliesTo', '3.22', '4.57'],
  ['UsageLimits', 'appliesTo', '3.21', '4.59'],
]

describe('the attribute table', () => {
  test.each(RULE_DIFFERENCES)('names where %s.%s stands', (name, _rule, v1, v2) => {
    expect(rowOf(name).clause).toEqual({ v1, v2 })
  })

  test('has the objects of 1.4 for what its clients may add', () => {
    const standard = STANDARDS.find(({ version }) => version === '1.4')
    const found = Object.entries(standard?.attributes ?? {}).flatMap(([title, facts]) =>
      namesOf(title)
        .filter((name) => !NO_ROW.includes(name) && rowOf(name).setBy.includes('client'))
        .map((name): [string, readonly string[], readonly string[]] => {
          const { appliesTo, appliesToV1 = appliesTo } = rowOf(name)
          const inText = new Set(objectsOf(facts.appliesTo))
          return [name, appliesToV1, appliesTo.filter((type) => inText.has(type))]
        }),
    )
    const wrong = found.filter(
      ([, inTable, inText]) =>
        sorted(inTable.filter(isInV1)).join() !== sorted(inText.filter(isInV1)).join(),
    )
    expect(found.length).toBeGreaterThan(15)
    expect(wrong).toEqual([])
  })

  test('gives each title and each tag once', () => {
    expect(new Set(ATTRIBUTE_ROWS.map(({ title }) => title)).size).toBe(ATTRIBUTE_ROWS.length)
    expect(new Set(ATTRIBUTE_ROWS.map(({ tag }) => tag.number)).size).toBe(ATTRIBUTE_ROWS.length)
  })

  test('normalises each title to the name of the row and of its tag', () => {
    const wrong = ATTRIBUTE_ROWS.filter(
      ({ name, title, tag }) => normalise(title) !== name || tag.name !== name,
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  test('has no attribute that is older or newer than its tag', () => {
    const wrong = ATTRIBUTE_ROWS.filter((row) =>
      VERSIONS.some((version) => existsIn(row, version) && !existsIn(row.tag, version)),
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  test('finds an attribute by the name of 1.x and by the tag of 2.x', () => {
    expect(attributeByTitle('X.509 Certificate Subject')?.name).toBe('X_509CertificateSubject')
    expect(attributeByTitle('PKCS#12 Friendly Name')?.name).toBe('PKCS_12FriendlyName')
    expect(attributeByTitle('x-ID')).toBeUndefined()
    expect(attributeByTag(0x42002c)?.name).toBe('CryptographicUsageMask')
    expect(attributeByTag(0x420008)).toBeUndefined()
    expect(isAttributeName('toString')).toBe(false)
  })

  test('lets a condition stand only where a client may change something', () => {
    const conditional = ATTRIBUTE_ROWS.filter(
      ({ changeableWhile }) => changeableWhile !== undefined,
    )
    expect(conditional.filter(({ clientModifies }) => !clientModifies)).toEqual([])
    expect(sorted(conditional.map(({ name }) => name))).toEqual([
      'ActivationDate',
      'DeactivationDate',
      'ProcessStartDate',
      'ProtectStopDate',
      'UsageLimits',
    ])
  })

  // The last of each edition before 1.4, as PyKMIP and kmip-go date them.
  test.each<[string, Version]>([
    ['OperationPolicyName', '1.0'],
    ['ContactInformation', '1.0'],
    ['Fresh', '1.1'],
    ['DigitalSignatureAlgorithm', '1.1'],
    ['X_509CertificateIssuer', '1.1'],
    ['AlternativeName', '1.2'],
    ['KeyValueLocation', '1.2'],
    ['OriginalCreationDate', '1.2'],
    ['RandomNumberGenerator', '1.3'],
    ['Sensitive', '1.4'],
  ])('has %s since KMIP %s', (name, since) => {
    expect(rowOf(name).since ?? '1.0').toBe(since)
  })
})
