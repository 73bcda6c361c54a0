import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { checkVersions } from './version-rule.ts'

const PRELUDE = `
type Version = '1.0' | '1.1' | '1.2' | '1.3' | '1.4' | '2.0' | '2.1'
declare const version: Version
declare const other: Version | undefined
declare const request: { readonly ask: { readonly speaks: Version; readonly major: number } }
declare const record: { readonly version: number }
declare const list: readonly Version[]
declare const table: Readonly<Record<Version, number>>
declare const cache: ReadonlyMap<Version, number>
declare function majorOf(version: Version): 1 | 2
declare function compile(version: Version): number
declare const tls: 'TLSv1.2' | 'TLSv1.3'
`

/** Type-checks one file that exists in memory alone, without the standard library. */
function programOf(path: string, text: string): ts.Program {
  const tree = ts.createSourceFile(path, `${PRELUDE}${text}`, ts.ScriptTarget.ES2023, true)
  const options: ts.CompilerOptions = { noLib: true, strict: true, types: [] }
  return ts.createProgram([path], options, {
    getSourceFile: (name) => (name === path ? tree : undefined),
    getDefaultLibFileName: () => 'none',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === path,
    readFile: () => undefined,
    writeFile: () => undefined,
  })
}

describe('decisions by the version of the protocol', () => {
  test.each([
    "if (version === '1.4') {}",
    "if ('1.4' !== version) {}",
    "if (version < '2.0') {}",
    'if (other === version) {}',
    "if (request.ask.speaks >= '2.0') {}",
    'const held = version; if (held === version) {}',
    'if (request.ask.major === 1) {}',
    "switch (version) { case '1.0': break }",
    'table[version]',
    'list.includes(version)',
    'cache.get(version)',
    "version.startsWith('2')",
    'majorOf(version)',
    "import { existsIn as lives } from '../schema/version.ts'",
  ])('outside message: %s', (text) => {
    expect(checkVersions(programOf('src/operation/a.ts', text))).toHaveLength(1)
  })

  test.each([
    'compile(version)',
    "import { VERSIONS } from '../schema/version.ts'",
    'const passed = { version }',
    'if (record.version === 3) {}',
    'if (other === undefined) {}',
    'if (null !== other) {}',
    "if (tls === 'TLSv1.2') {}",
    "const operation = { since: '1.0' as Version }",
    "const text = 'version === 1.4'",
  ])('not one: %s', (text) => {
    expect(checkVersions(programOf('src/operation/a.ts', text))).toEqual([])
  })

  test.each(['src/message/a.ts', 'src/schema/a.ts', 'src/spec/a.ts', 'src/message/v1/a.ts'])(
    'allowed in %s',
    (path) => {
      expect(checkVersions(programOf(path, "if (version === '1.4') {}"))).toEqual([])
    },
  )
})
