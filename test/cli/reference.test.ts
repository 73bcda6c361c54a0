import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts'
import { parseConfig } from '../../src/config/load.ts'
import { ROLE_NAMES, ROLES } from '../../src/config/roles.ts'
import { runKmipd } from './program.ts'

vi.setConfig({ testTimeout: 120_000 })

const PATH = join(import.meta.dirname, '../../docs/cli.md')

const CLIENTS_PATH = join(import.meta.dirname, '../../docs/clients.md')

const BLOCK = /<!-- begin (.+?) -->[^]*?<!-- end -->/g

/** What belongs between the two comments. */
async function contentOf(name: string): Promise<string> {
  if (name === 'defaults') return fence('yaml', stringify(DEFAULT_CONFIG))
  if (name === 'roles') return roleTable()
  const [kind, ...command] = name.split(' ')
  expect(kind).toBe('help')
  const { stdout, code } = await runKmipd([...command, '--help'])
  expect(code).toBe(0)
  return fence('text', stdout)
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

function roleTable(): string {
  const rows = ROLE_NAMES.map((name) => [`\`${name}\``, ROLES[name].summary])
  const lines = [['role', 'may'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const format = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [format(['role', 'may']), rule, ...rows.map(format)].join('\n')
}

test('docs/cli.md shows the help, the roles and the defaults as they are', async () => {
  const text = readFileSync(PATH, 'utf8')
  let fresh = text
  for (const [block, name = ''] of text.matchAll(BLOCK)) {
    const content = await contentOf(name)
    fresh = fresh.replace(block, () => `<!-- begin ${name} -->\n\n${content}\n\n<!-- end -->`)
  }
  // `KMIPD_WRITE_DOCS=1 npx vitest run test/cli/reference.test.ts` brings the file up to date.
  if (process.env['KMIPD_WRITE_DOCS'] === '1') writeFileSync(PATH, fresh)
  else expect(text).toBe(fresh)
})

test('the defaults in docs/cli.md are a configuration file that changes nothing', () => {
  const text = readFileSync(PATH, 'utf8')
  const yaml = /```yaml\n([^]*?)```/.exec(text)?.[1] ?? ''
  expect(parseConfig(yaml, 'docs/cli.md')).toEqual(DEFAULT_CONFIG)
})

test('every further example of a configuration in docs is one', () => {
  for (const path of [PATH, CLIENTS_PATH]) {
    const blocks = [...readFileSync(path, 'utf8').matchAll(/```yaml\n([^]*?)```/g)]
    expect(blocks, path).not.toHaveLength(0)
    for (const [, yaml = ''] of blocks) {
      expect(() => parseConfig(yaml, path)).not.toThrow()
    }
  }
})

test('docs/cli.md says of every key of the configuration what it sets', () => {
  const text = readFileSync(PATH, 'utf8')
  const documented = new Set([...text.matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, key]) => key))
  expect(keysOf(DEFAULT_CONFIG).filter((key) => !isSaid(key, documented))).toEqual([])
})

/** The keys that hold no further ones, each behind those that it stands in. */
function keysOf(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path.join('.')]
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, [...path, key]))
}

/** Some sections have a text of their own, and a version is told as a whole. */
function isSaid(key: string, documented: ReadonlySet<string | undefined>): boolean {
  const outer = key.split('.').slice(0, -1).join('.')
  const hasText = outer === 'certification' || outer.endsWith('Version')
  return documented.has(key) || (hasText && documented.has(outer))
}
