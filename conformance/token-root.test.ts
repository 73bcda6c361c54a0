import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { NO_SOFTHSM } from '../test/adapter/pkcs11/softhsm.ts'
import { describeCases } from './harness/suite.ts'
import { findCases } from './runner/files.ts'
import { NO_SETTINGS } from './runner/settings.ts'

// All cases are played so by KMIPD_CONFORMANCE_ROOT=softhsm; these few always are.
const CASES = [
  'create',
  'create-key-pair',
  'register-symmetric-key',
  'encrypt',
  'sign',
  're-key',
  'destroy',
]

const folder = fileURLToPath(new URL('../spec-vectors/operations/2.0', import.meta.url))
const cases = findCases([folder]).filter(({ id }) => CASES.some((name) => id.endsWith(`/${name}`)))

describe.skipIf(NO_SOFTHSM !== undefined)('with the root key in a token', () => {
  describeCases('cases of our own', cases, NO_SETTINGS, { ways: ['ttlv'], root: 'softhsm' })
})
