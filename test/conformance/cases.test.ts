import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { correct } from '../../conformance/runner/errata.ts'
import { findCases } from '../../conformance/runner/files.ts'
import { readSettings } from '../../conformance/runner/settings.ts'
import { nodeOfXml, type Node } from '../../conformance/runner/template.ts'
import { VECTORS, warnOfMissingVectors } from '../../conformance/vectors.ts'

const settings = readSettings(new URL('../../conformance/', import.meta.url))
const cases = VECTORS === undefined ? [] : findCases([VECTORS])
const own = findCases([fileURLToPath(new URL('../../spec-vectors/operations', import.meta.url))])
if (VECTORS === undefined) warnOfMissingVectors()

describe.skipIf(VECTORS === undefined)('the official cases', () => {
  test('are all there', () => {
    expect(cases.length).toBe(257)
  })

  test.each(cases)('$id can be read, corrected and sent', (conversation) => {
    for (const step of correct(conversation, settings.errata).steps) {
      for (const message of [step.request, step.response]) {
        expect(unknownNames(nodeOfXml(message))).toEqual([])
      }
    }
  })

  test('the errata are all of cases that there are', () => {
    const names = new Set(cases.map(({ name }) => name))
    expect(settings.errata.filter((erratum) => !names.has(erratum.case))).toEqual([])
  })
})

test.each(own)('our own $id can be read and sent', ({ steps }) => {
  for (const { request, response } of steps) {
    expect([request, response].map(nodeOfXml).flatMap(unknownNames)).toEqual([])
  }
})

/** A tag of the standard's range that is not given to anything, for fields that are unknown on purpose. */
const UNASSIGNED = '0x420999'

/** Tags that the tables do not know, and ought to. */
function unknownNames(node: Node): readonly string[] {
  const own = node.name.startsWith('0x42') && node.name !== UNASSIGNED ? [node.name] : []
  return [...own, ...node.children.flatMap(unknownNames)]
}
