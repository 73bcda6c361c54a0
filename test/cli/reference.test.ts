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
