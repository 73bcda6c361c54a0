import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('certs/make.mjs makes a data directory and the clients that were named', () => {
  const home = mkdtempSync(join(tmpdir(), 'kmipd-certs-'))
  try {
    const script = join(import.meta.dirname, '../../certs/make.mjs')
    const folder = join(home, 'made')
    const { status } = spawnSync(process.execPath, [script, folder, 'alice', 'bob'])
    expect(status).toBe(0)
    expect(readdirSync(join(folder, 'clients')).sort()).toEqual([
      'alice.crt',
      'alice.key',
      'bob.crt',
      'bob.key',
      'ca.crt',
    ])
    expect(readdirSync(join(folder, 'data'))).toContain('kmipd.json')
    expect(spawnSync(process.execPath, [script]).status).toBe(2)
  } finally {
    rmSync(home, { recursive: true })
  }
}, 120_000)
