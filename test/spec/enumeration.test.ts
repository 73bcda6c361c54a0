import { describe, expect, test } from 'vitest'
import { membersOf, type AnyMembers } from '../../src/schema/enumeration.ts'
import { existsIn, existsInMajor, type Version } from '../../src/schema/version.ts'
import { MEMBER_ALIASES } from '../../src/spec/alias.ts'
import { ENUMERATIONS } from '../../src/spec/enum/index.ts'
import { MASKS } from '../../src/spec/mask/index.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { normalise, sorted, STANDARDS } from './standard.ts'

const tables: Readonly<Record<string, AnyMembers>> = { ...ENUMERATIONS, ...MASKS }
const names = Object.keys(tables)

/** 2.1 sections 11.38 and 11.39 refer to PKCS#11 for these. */
const NOT_IN_THE_TEXTS = ['PKCS_11Function', 'PKCS_11ReturnCode']

function canonical(enumeration: string, title: string): string {
  const name = normalise(title)
  return MEMBER_ALIASES[enumeration]?.[name] ?? name
}

describe.each(STANDARDS)('enumerations and masks of KMIP $version', ({ version, numbers }) => {
  const found = Object.entries(numbers)
    .map(([title, table]) => ({ name: normalise(title), ...table }))
    .filter(({ name }) => name !== 'Tag')

  test('are all in the tables', () => {
    expect(found.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([])
    expect(found.length).toBeGreaterThan(50)
  })

  test.each(found)('$name (section $clause) has the same members both ways', (standard) => {
    const expected = Object.entries(standard.members).map(
      ([title, value]) => [canonical(standard.name, title), value] as const,
    )
    const members = membersOf(tables[standard.name] ?? MASKS.StorageStatusMask).members
    const actual = members
      .filter((member) => existsIn(member, version))
      .map(({ name, value }) => [name, value] as const)
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected))
  })

  test('have no member where the standard reserves the value', () => {
    const present = found.flatMap(({ name, reserved = [] }) => {
      const { members } = membersOf(tables[name] ?? MASKS.StorageStatusMask)
      return members
        .filter((member) => reserved.includes(member.value) && existsInMajor(member, version))
        .map((member) => `${name}.${member.name}`)
    })
    expect(present).toEqual([])
  })
})

describe.each(names)('%s', (name) => {
  const { members } = membersOf(tables[name] ?? MASKS.StorageStatusMask)

  test('gives each value once, and its own name', () => {
    expect(new Set(members.map(({ value }) => value)).size).toBe(members.length)
    expect(membersOf(tables[name] ?? MASKS.StorageStatusMask).name).toBe(name)
  })

  test('is in the newest text that has it', () => {
    const inTexts = STANDARDS.some(({ numbers }) => {
      return Object.keys(numbers).some((title) => normalise(title) === name)
    })
    expect(inTexts).toBe(!NOT_IN_THE_TEXTS.includes(name))
  })

  test('[KMIP 1.4 9.1.1.4] keeps out of the range of extensions', () => {
    expect(members.filter(({ value }) => value < 0 || value >= 0x80000000)).toEqual([])
  })
})

test.each(Object.entries(MASKS))('%s has one bit for each member', (_name, mask) => {
  const { members } = membersOf(mask)
  expect(members.filter(({ value }) => value === 0 || (value & (value - 1)) !== 0)).toEqual([])
})

test('[KMIP 2.1 11.23] Item Type says what the encoding does', () => {
  const expected = Object.entries(ItemType).sort(([a], [b]) => a.localeCompare(b))
  const { members } = membersOf(ENUMERATIONS.ItemType)
  const actual = members.map(({ name, value }) => [name, value] as const)
  expect([...actual].sort(([a], [b]) => a.localeCompare(b))).toEqual(expected)
})

test('every alias leads to a member', () => {
  const lost = Object.entries(MEMBER_ALIASES).flatMap(([name, aliases]) =>
    Object.values(aliases).filter((member) => {
      return membersOf(tables[name] ?? MASKS.StorageStatusMask).valueOf(member) === undefined
    }),
  )
  expect(lost).toEqual([])
})

/** The first members that each edition before 1.4 added, as PyKMIP and kmip-go date them. */
const FIRST_ADDED: readonly [string, string, Version][] = [
  ['AlternativeNameType', 'URI', '1.2'],
  ['AttestationType', 'TPMQuote', '1.2'],
  ['BlockCipherMode', 'X9_102AKW2', '1.0'],
  ['BlockCipherMode', 'AEAD', '1.4'],
  ['ClientRegistrationMethod', 'Unspecified', '1.3'],
  ['CredentialType', 'Device', '1.1'],
  ['CredentialType', 'Attestation', '1.2'],
  ['CryptographicAlgorithm', 'Twofish', '1.0'],
  ['CryptographicAlgorithm', 'EC', '1.2'],
  ['CryptographicAlgorithm', 'OneTimePad', '1.3'],
  ['CryptographicAlgorithm', 'ChaCha20', '1.4'],
  ['DerivationMethod', 'AsymmetricKey', '1.4'],
  ['DestroyAction', 'Unspecified', '1.3'],
  ['DigitalSignatureAlgorithm', 'ECDSAWithSHA512', '1.1'],
  ['DigitalSignatureAlgorithm', 'SHA3_256WithRSAEncryption', '1.4'],
  ['EncodingOption', 'NoEncoding', '1.1'],
  ['HashingAlgorithm', 'Whirlpool', '1.0'],
  ['HashingAlgorithm', 'SHA_512_224', '1.2'],
  ['HashingAlgorithm', 'SHA3_224', '1.4'],
  ['KeyFormatType', 'TransparentECMQVPublicKey', '1.0'],
  ['KeyFormatType', 'TransparentECPrivateKey', '1.3'],
  ['KeyFormatType', 'PKCS_12', '1.4'],
  ['KeyRoleType', 'DUKPT', '1.4'],
  ['LinkType', 'ParentLink', '1.2'],
  ['LinkType', 'PKCS_12CertificateLink', '1.4'],
  ['ObjectGroupMember', 'GroupMemberFresh', '1.1'],
  ['ObjectType', 'PGPKey', '1.2'],
  ['Operation', 'Put', '1.0'],
  ['Operation', 'ReKeyKeyPair', '1.1'],
  ['Operation', 'DiscoverVersions', '1.1'],
  ['Operation', 'Encrypt', '1.2'],
  ['Operation', 'JoinSplitKey', '1.2'],
  ['Operation', 'Import', '1.4'],
  ['ProfileName', 'XMLServerKMIPV1_3', '1.3'],
  ['ProfileName', 'BaselineServerBasicKMIPV1_4', '1.4'],
  ['QueryFunction', 'QueryExtensionList', '1.1'],
  ['QueryFunction', 'QueryAttestationTypes', '1.2'],
  ['QueryFunction', 'QueryRNGs', '1.3'],
  ['RecommendedCurve', 'B_571', '1.0'],
  ['RecommendedCurve', 'SECP112R1', '1.2'],
  ['ResultReason', 'EncodingOptionError', '1.1'],
  ['ResultReason', 'KeyValueNotPresent', '1.2'],
  ['ResultReason', 'Sensitive', '1.4'],
  ['SplitKeyMethod', 'PolynomialSharingGF2_8', '1.2'],
]

test.each(FIRST_ADDED)('%s has %s since KMIP %s', (enumeration, name, since) => {
  const { members } = membersOf(tables[enumeration] ?? MASKS.StorageStatusMask)
  expect(members.find((member) => member.name === name)?.since ?? '1.0').toBe(since)
})

test('no table is forgotten in the lists', () => {
  expect(sorted(names).length).toBe(new Set(names).size)
})
