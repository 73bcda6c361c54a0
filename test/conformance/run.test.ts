import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { caseOf, CaseError, type Case } from '../../conformance/runner/case.ts'
import { correct } from '../../conformance/runner/errata.ts'
import { findCases } from '../../conformance/runner/files.ts'
import { jsonOfResults, textOfResult } from '../../conformance/runner/report.ts'
import { groupsOf, isGood, runCases, type Result } from '../../conformance/runner/run.ts'
import {
  alternativeOf,
  matches,
  NO_SETTINGS,
  readSettings,
  type Settings,
} from '../../conformance/runner/settings.ts'
import { ask, iso, NOW, request, response, scripted, success, uid } from './sample.ts'

const UID = '$UNIQUE_IDENTIFIER_0'
const REASON = 'a reason that says enough'

function sample(id: string, operation = 'Activate'): Case {
  const file = [request([ask(operation, uid('a'))]), response([success(operation, uid(UID))])]
  return caseOf(id, `<KMIP>${file.join('')}</KMIP>`)
}

const good = response([success('Activate', uid('a'))], { timeStamp: iso(NOW) })
const bad = response([success('Revoke', uid('a'))], { timeStamp: iso(NOW) })

/** Runs cases against scripted answers, one list for each case in the order of play. */
async function run(
  cases: readonly Case[],
  answers: readonly string[][],
  settings: Partial<Settings> = {},
): Promise<{ readonly results: readonly Result[]; readonly groups: readonly string[] }> {
  const groups: string[] = []
  const left = [...answers]
  const results = await runCases(cases, {
    settings: { ...NO_SETTINGS, ...settings },
    now: () => NOW,
    open: async (group) => {
      groups.push(group.join(' '))
      return Promise.resolve(async () => Promise.resolve(scripted(left.shift() ?? [])))
    },
  })
  return { results, groups }
}

describe('outcomes', () => {
  test('a case that goes as the file shows passes, another fails at its step', async () => {
    const { results } = await run([sample('f/A-1'), sample('f/B-1')], [[good], [bad]])
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
    expect(results[1]).toMatchObject({ case: 'f/B-1', step: 0 })
    expect(results.map(isGood)).toEqual([true, false])
  })

  test('a case on the list of skips may fail and must not pass', async () => {
    const skips = [{ case: '{A,B}-*', reason: REASON }]
    const { results } = await run([sample('f/A-1'), sample('f/B-1')], [[good], [bad]], { skips })
    expect(results.map(({ outcome }) => outcome)).toEqual(['unexpected pass', 'skipped'])
    expect(results.map(isGood)).toEqual([false, true])
  })

  test('a case that cannot be played is not tried', async () => {
    const skips = [{ case: 'A-*', reason: REASON, run: false }]
    const { results } = await run([sample('f/A-1'), sample('f/B-1')], [[good]], { skips })
    expect(results.map(({ outcome }) => outcome)).toEqual(['skipped', 'passed'])
  })

  test('a server that breaks off fails the case', async () => {
    const { results } = await run([sample('f/A-1')], [[]])
    expect(results[0]).toMatchObject({ outcome: 'failed', step: 0 })
  })
})

describe('chains', () => {
  const chains = [{ cases: ['A-*', 'B-*'], reason: REASON }]

  test('are played in their order on one client, within a folder and a version', () => {
    const ids = ['f/B-1', 'f/C-1', 'f/A-1', 'f/A-2', 'f/B-2', 'g/B-1']
    const groups = groupsOf(
      ids.map((id) => sample(id)),
      { ...NO_SETTINGS, chains },
    )
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([
      ['f/A-1', 'f/B-1'],
      ['f/C-1'],
      ['f/A-2', 'f/B-2'],
      ['g/B-1'],
    ])
  })

  test('end with the first case that fails', async () => {
    const cases = [sample('f/A-1'), sample('f/B-1')]
    const { results, groups } = await run(cases, [[bad], [good]], { chains })
    expect(groups).toEqual(['f/A-1 f/B-1'])
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'not run'])
    expect(results.some(isGood)).toBe(false)
  })

  test('share their names', async () => {
    const other = response([success('Activate', uid('b'))], { timeStamp: iso(NOW) })
    const cases = [sample('f/A-1'), sample('f/B-1')]
    const { results } = await run(cases, [[good], [other]], { chains })
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  })
})

describe('alternatives', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  function before(): string {
    const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
    folders.push(folder)
    const file = join(folder, 'ready.xml')
    const text = [request([ask('Revoke', uid('a'))]), response([success('Revoke', uid('a'))])]
    writeFileSync(file, `<KMIP>${text.join('')}</KMIP>`)
    return file
  }

  test('are found by the patterns of their cases, the first that fits', () => {
    const alternatives = [
      { cases: ['X-*', 'A-*'], reason: REASON, config: { policy: { leaseTime: 1 } } },
      { cases: ['A-1'], reason: REASON },
    ]
    const settings = { ...NO_SETTINGS, alternatives }
    expect(alternativeOf('f/A-1', settings)?.config).toEqual({ policy: { leaseTime: 1 } })
    expect(alternativeOf('f/B-1', settings)).toBeUndefined()
  })

  test('have what they want played before them, on the same client', async () => {
    const alternatives = [{ cases: ['A-*'], reason: REASON, before: before() }]
    const { results, groups } = await run(
      [sample('f/A-1'), sample('f/B-1')],
      [[bad], [good], [good]],
      {
        alternatives,
      },
    )
    expect(groups).toEqual(['f/A-1', 'f/B-1'])
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
  })

  test('are not played when what goes before them fails', async () => {
    const alternatives = [{ cases: ['A-*'], reason: REASON, before: before() }]
    const { results } = await run([sample('f/A-1')], [[good], [good]], { alternatives })
    expect(results.map(({ outcome }) => outcome)).toEqual(['not run'])
    expect(results[0]?.reason).toContain('ready')
  })
})

describe('errata', () => {
  const erratum = {
    case: 'f/A-1',
    step: 0,
    path: 'ResponseMessage/BatchItem[0]/ResultStatus',
    value: 'OperationUndone',
    reason: REASON,
  }
  const undone = good.replace('value="Success"', 'value="OperationUndone"')

  test('correct what the file has wrong, in that case alone', async () => {
    const cases = [sample('f/A-1'), sample('f/B-1')]
    const { results } = await run(cases, [[undone], [undone]], { errata: [erratum] })
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  })

  test.each([
    [{ ...erratum, step: 1 }],
    [{ ...erratum, path: 'ResponseMessage/BatchItem[1]' }],
    [{ ...erratum, path: 'Message/BatchItem' }],
  ])('that find nothing are refused', (wrong) => {
    expect(() => correct(sample('f/A-1'), [wrong])).toThrow(CaseError)
  })
})

describe('files', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  test('are found in folders and inside them, in the order of their numbers', () => {
    const root = mkdtempSync(join(tmpdir(), 'conformance-'))
    folders.push(root)
    mkdirSync(join(root, 'inner'))
    const text = `<KMIP>${request([ask('Activate')])}${response([success('Activate', uid(UID))])}</KMIP>`
    for (const name of ['A-10.xml', 'A-2.xml', 'notes.txt', 'inner/B-1.xml']) {
      writeFileSync(join(root, name), text)
    }
    expect(findCases([root]).map(({ name }) => name)).toEqual(['A-2', 'A-10', 'B-1'])
    expect(findCases([root], ['inner/*']).map(({ id }) => id)).toEqual(['inner/B-1'])
  })

  test.each([
    ['is not XML', '<KMIP>'],
    ['holds something else', '<Other/>'],
    ['has a question without an answer', `<KMIP>${request([ask('Get')])}</KMIP>`],
    ['holds no conversation', '<KMIP></KMIP>'],
  ])('one that %s is refused', (_, source) => {
    expect(() => caseOf('f/A-1', source)).toThrow(CaseError)
  })
})

test.each([
  ['SKFF-*', 'profiles-1.4/SKFF-M-1-14', true],
  ['SKFF-*', 'profiles-1.4/TL-SKFF-1-14', false],
  ['profiles-1.4/*', 'profiles-1.4/SKFF-M-1-14', true],
  ['profiles-2.0/*', 'profiles-1.4/SKFF-M-1-14', false],
  ['TC-{Q,S}-*-14', 'testcases-1.4/TC-Q-1-14', true],
  ['TC-Q', 'testcases-1.4/TC-Q-1-14', false],
  ['profiles-1.4/A.M', 'profiles-1.4/A-M', false],
])('pattern %s on %s: %s', (pattern, id, expected) => {
  expect(matches(pattern, id)).toBe(expected)
})

test('the lists of the repository are well formed, and each skip says why', () => {
  const settings = readSettings(new URL('../../conformance/', import.meta.url))
  expect(settings.skips.every(({ reason }) => reason.length >= 10)).toBe(true)
  expect(settings.chains.length).toBeGreaterThan(0)
  expect(settings.alternatives.length).toBeGreaterThan(0)
})

test('a report shows step, path, what was expected and what came', async () => {
  const { results } = await run([sample('f/A-1')], [[bad]])
  const [result] = results
  const shown = result === undefined ? '' : textOfResult(result)
  expect(shown).toContain('f/A-1 step 0')
  expect(shown).toContain('value at ResponseMessage/BatchItem[0]/Operation')
  expect(shown).toContain('expected Enumeration Activate')
  expect(shown).toContain('got      Enumeration Revoke')
  expect(JSON.parse(jsonOfResults(results))).toMatchObject({
    summary: { passed: 0, failed: 1, skipped: 0, unexpected: 0 },
    results: [{ case: 'f/A-1', outcome: 'failed', step: 0 }],
  })
})
