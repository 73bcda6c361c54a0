import { describe, expect, test } from 'vitest'
import {
  existsIn,
  existsInMajor,
  isNewestOfMajor,
  majorOf,
  VERSIONS,
  type Lifetime,
  type Version,
} from '../../src/schema/version.ts'

const versionsIn = (keep: (version: Version) => boolean) => VERSIONS.filter(keep).join(' ')

describe('the versions of the protocol', () => {
  test('stand oldest first', () => {
    expect(VERSIONS.join(' ')).toBe('1.0 1.1 1.2 1.3 1.4 2.0 2.1')
  })

  test('have the major number they begin with', () => {
    for (const version of VERSIONS) expect(`${majorOf(version)}`).toBe(version[0])
  })

  test('are the newest of their major number at 1.4 and 2.1', () => {
    expect(versionsIn(isNewestOfMajor)).toBe('1.4 2.1')
  })
})

describe('a lifetime', () => {
  const always = '1.0 1.1 1.2 1.3 1.4 2.0 2.1'
  test.each<[Lifetime, string, string]>([
    [{}, always, always],
    [{ since: '1.2' }, '1.2 1.3 1.4 2.0 2.1', always],
    [{ until: '1.2' }, '1.0 1.1 1.2', '1.0 1.1 1.2 1.3 1.4'],
    [{ since: '1.1', until: '1.3' }, '1.1 1.2 1.3', '1.0 1.1 1.2 1.3 1.4'],
    [{ since: '1.4', until: '2.0' }, '1.4 2.0', always],
    [{ since: '2.0' }, '2.0 2.1', '2.0 2.1'],
    [{ since: '2.1' }, '2.1', '2.0 2.1'],
    [{ until: '1.4' }, '1.0 1.1 1.2 1.3 1.4', '1.0 1.1 1.2 1.3 1.4'],
  ])('%j', (lifetime, versions, majors) => {
    expect(versionsIn((version) => existsIn(lifetime, version))).toBe(versions)
    expect(versionsIn((version) => existsInMajor(lifetime, version))).toBe(majors)
  })
})
