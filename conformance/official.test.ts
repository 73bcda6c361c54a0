import { describe } from 'vitest'
import { describeCases } from './harness/suite.ts'
import { findCases } from './runner/files.ts'
import { readSettings } from './runner/settings.ts'
import { VECTORS, warnOfMissingVectors } from './vectors.ts'

if (VECTORS === undefined) {
  warnOfMissingVectors()
  describe.skip('the official cases, for want of their folder')
} else {
  describeCases(
    'the official cases',
    findCases([VECTORS]),
    readSettings(new URL('./', import.meta.url)),
    { ways: ['ttlv', 'xml', 'json'] },
  )
}
