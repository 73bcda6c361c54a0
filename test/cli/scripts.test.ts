import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseScript, runScript } from './script.ts'

const FOLDER = import.meta.dirname

async function play(text: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kmipd-cli-'))
  try {
    await runScript(parseScript(text), directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

describe('the command line', () => {
  const scripts = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

  test.concurrent.each(scripts)(
    'does what %s says',
    async (name) => {
      await play(readFileSync(join(FOLDER, name), 'utf8'))
    },
    // All of them at once, on a machine that may have other work.
    300_000,
  )
})

describe('a script', () => {
  test.each([
    ['another exit code', '$ kmipd --version\n= 1\n> .', /exit code is not 1/],
    ['output that was not announced', '$ kmipd --version', /stdout is not empty/],
    ['output that does not match', '$ kmipd --version\n> nothing', /does not match/],
    ['no error where one was announced', '$ kmipd --version\n> .\n! x', /stderr does not match/],
    ['a tree that changed', '$ remember\n$ write a b\n$ unchanged', /the tree changed/],
    [
      'a mode that changed',
      '$ write a b\n$ remember\n$ chmod 640 a\n$ unchanged',
      /the tree changed/,
    ],
    ['another mode', '$ write a b\n$ mode a 644', /mode of a is 600/],
    ['a step that is none', '$ sudo x', /no such step/],
    ['a line that means nothing', 'kmipd init', /means nothing/],
  ])('fails for %s', async (_what, text, message) => {
    await expect(play(text)).rejects.toThrow(message)
  })
})
