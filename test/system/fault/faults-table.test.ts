import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('every message that docs/faults.md shows is one of the code', () => {
  const [tables = ''] = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8').split('\n## Lanes\n')
  const rows = tables
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:-|fault)/u.test(line))
  const shown = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/gu)])
  expect(shown.length).toBeGreaterThan(30)
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
    .join('\n')
    .replaceAll('ENTRY.settings', 'kmipd.json')
  const wrong = shown
    .map(([, message = '']) => message)
    // Names and numbers come from elsewhere: what stands between them is held.
    .filter((message) =>
      message
        .split(/\b(?:FILE|DIR\/store|DIR|N|kmipd\.json)\b/u)
        .some((part) => !sources.includes(part)),
    )
  expect(wrong).toEqual([])
})
