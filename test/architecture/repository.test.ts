import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import {
  checkDialects,
  checkFolderOrder,
  checkName,
  checkNamedExports,
  checkProcess,
  checkSuppressions,
} from './rules.ts'
import { filesUnder, parse, readText } from './source.ts'
import { checkVersions } from './version-rule.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const sources = filesUnder('src', '.ts').map((path) => parse(path, readText(path)))
const others = ['test', 'conformance', 'bench'].flatMap((folder) => filesUnder(folder, '.ts'))

describe('the sources', () => {
  test('are found', () => {
    expect(sources.map(({ path }) => path)).toContain('src/schema/version.ts')
  })

  test.each([
    ['import only from folders before their own', checkFolderOrder],
    ['leave the dialects to message', checkDialects],
    ['leave the process to the command line', checkProcess],
    ['export by name', checkNamedExports],
  ])('%s', (_, check) => {
    expect(sources.flatMap((source) => check(source))).toEqual([])
  })

  test('decide by the version in schema, spec and message alone', { timeout: 180_000 }, () => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) =>
      ts.sys.readFile(path),
    ) as { config: unknown }
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
    const files = sources.map(({ path }) => join(ROOT, path))
    expect(checkVersions(ts.createProgram(files, options))).toEqual([])
  })
})

describe('all code', () => {
  const paths = [...sources.map(({ path }) => path), ...others]

  test('lies in files that are named by what they hold', () => {
    expect(paths.flatMap((path) => checkName(path))).toEqual([])
  })

  test('says why where it switches a check off', () => {
    const checked = paths.filter((path) => !path.startsWith('test/architecture/'))
    expect(checked.flatMap((path) => checkSuppressions(path, readText(path)))).toEqual([])
  })

  test('switches a check off in fewer than ten places of src', () => {
    const lines = sources.flatMap(({ tree }) => tree.text.match(/eslint-disable/g) ?? [])
    expect(lines.length).toBeLessThan(10)
  })
})
