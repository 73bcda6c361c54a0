import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCases } from '../../conformance/runner/files.ts'
import { VECTORS } from '../../conformance/vectors.ts'
import { GENERAL_REASONS, OPERATION_REASONS } from '../../src/spec/operation-reasons.ts'
import { OPERATIONS } from '../../src/spec/operation.ts'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'

const ROOT = join(import.meta.dirname, '../..')

/**
 * Reasons that answer any operation in the conversations though hardly a table of errors names them, because what they
 * are about comes before the operation or after it.
 */
const ANYWHERE = {
  v1: ['OperationCanceledByRequester'],
  v2: [
    // section 6.1: an archived object "SHALL first be made available by a Recover operation"
    'ObjectArchived',
    // section 11.46: what cannot be read is named by what it is, and not as an invalid field
    'UnknownEnumeration',
    'UnknownTag',
    // section 4.4: no data can be made up for the namespace
    'ApplicationNamespaceNotSupported',
    // sections 6.1.12 and 6.1.30: who asks, and how often
    'AuthenticationNotSuccessful',
    'InvalidTicket',
    'UsageLimitExceeded',
    // section 11.5: what a failure before has canceled
    'OperationCanceledByRequester',
  ],
} as const

/** Reasons outside the table of one operation, and who demands them. */
const DEMANDED: Readonly<Record<'v1' | 'v2', Readonly<Record<string, readonly string[]>>>> = {
  v1: {
    // the official cases CS-BC-M-GCM-1 and CS-BC-M-CHACHA20POLY1305-1
    Encrypt: ['GeneralFailure'],
    // a wrapping that cannot be taken off; a key that is kept elsewhere (1.4 section 3.41)
    Get: ['CryptographicFailure', 'KeyValueNotPresent'],
  },
  v2: {
    // the official cases QS-M-2 and CS-BC-M-GCM-1
    Create: ['GeneralFailure', 'ConstraintViolation'],
    Encrypt: ['GeneralFailure'],
    Get: ['CryptographicFailure'],
    // what Set Constraints has laid down (2.1 section 6.1.52)
    ReKey: ['ConstraintViolation'],
  },
}

interface Refusal {
  readonly where: string
  readonly major: 'v1' | 'v2'
  readonly operation: string
  readonly reason: string
}

function valueOf(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.attributes.get('value')
}

function majorOf(response: XmlElement): 'v1' | 'v2' {
  const header = response.children.find(({ name }) => name === 'ResponseHeader')
  const version = header?.children.find(({ name }) => name === 'ProtocolVersion')
  return version !== undefined && valueOf(version, 'ProtocolVersionMajor') === '1' ? 'v1' : 'v2'
}

function refusalsIn(folders: readonly string[]): readonly Refusal[] {
  return findCases(folders).flatMap(({ id, steps }) =>
    steps.flatMap(({ response }) =>
      response.children.flatMap((item) => {
        const operation = valueOf(item, 'Operation')
        const reason = valueOf(item, 'ResultReason')
        if (operation === undefined || reason === undefined) return []
        return [{ where: id, major: majorOf(response), operation, reason }]
      }),
    ),
  )
}

function isNamed({ major, operation, reason }: Refusal): boolean {
  const row = OPERATIONS.find(({ name }) => name === operation)
  const listed: readonly string[] = row === undefined ? [] : OPERATION_REASONS[row.name][major]
  return (
    [...GENERAL_REASONS[major], ...ANYWHERE[major]].some((each) => each === reason) ||
    listed.includes(reason) ||
    DEMANDED[major][operation]?.includes(reason) === true
  )
}

describe.each(['1.4', '2.0', '2.1'])('in our own conversations of KMIP %s', (version) => {
  const refusals = refusalsIn([join(ROOT, 'spec-vectors/operations', version)])

  test('every refusal has a reason that the table of its operation names', () => {
    expect(refusals.length).toBeGreaterThan(50)
    const outside = refusals.filter((refusal) => !isNamed(refusal))
    expect(outside.map((each) => `${each.where}: ${each.operation} ${each.reason}`)).toEqual([])
  })
})

const official =
  VECTORS === undefined
    ? []
    : refusalsIn(['profiles-1.4', 'profiles-2.0'].map((name) => join(VECTORS ?? '', name)))

test('the official cases demand no other reasons', () => {
  const outside = official.filter((refusal) => !isNamed(refusal))
  expect(outside.map((each) => `${each.where}: ${each.operation} ${each.reason}`)).toEqual([])
})

test('no row is there that no conversation needs', () => {
  const own = refusalsIn(['1.4', '2.0', '2.1'].map((v) => join(ROOT, 'spec-vectors/operations', v)))
  const seen = new Set(
    [...own, ...official].map(({ major, operation, reason }) => [major, operation, reason].join()),
  )
  // Only an official case refuses to create what is not quantum safe.
  if (VECTORS === undefined) seen.add('v2,Create,GeneralFailure')
  const rows = (['v1', 'v2'] as const).flatMap((major) =>
    Object.entries(DEMANDED[major]).flatMap(([operation, reasons]) =>
      reasons.map((reason) => [major, operation, reason].join()),
    ),
  )
  expect(rows.filter((row) => !seen.has(row))).toEqual([])
})
