import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  buildDataDirectory,
  replaceFile,
  writeNewFile,
} from '../../src/adapter/data-directory-build.ts'
import { formatSettings, openDataDirectory } from '../../src/adapter/data-directory.ts'
import { KmipFault } from '../../src/fault/fault.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-dir-'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const unavailable = (message: RegExp): unknown =>
  expect.objectContaining({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(message) as string,
  })

/** Fills a staging directory as `init` does, in small. */
async function fill(staging: string): Promise<void> {
  mkdirSync(join(staging, 'store'))
  writeFileSync(join(staging, 'store', 'one'), '1')
  writeFileSync(join(staging, 'ca.crt'), '')
  writeFileSync(join(staging, 'kmipd.json'), '{}')
  await Promise.resolve()
}

async function fillHalf(staging: string): Promise<void> {
  writeFileSync(join(staging, 'ca.crt'), '')
  await Promise.resolve()
  throw new KmipFault('UNAVAILABLE', 'the disk is full')
}

describe('a new data directory', () => {
  test('is made with the directories above it, for its owner alone', async () => {
    const path = join(home, 'a', 'b')
    await buildDataDirectory(path, fill)
    expect(readdirSync(path).sort()).toEqual(['ca.crt', 'kmipd.json', 'store'])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(home, 'a'))).toEqual(['b'])
  })

  test('takes an empty directory that is there', async () => {
    const path = join(home, 'empty')
    mkdirSync(path, { mode: 0o755 })
    const { ino } = statSync(path)
    await buildDataDirectory(path, fill)
    expect(readdirSync(path).sort()).toEqual(['ca.crt', 'kmipd.json', 'store'])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    // The directory itself stays: it may be a mount point.
    expect(statSync(path).ino).toBe(ino)
  })

  test('leaves nothing behind when filling it fails, wherever it was to be', async () => {
    const empty = join(home, 'empty')
    mkdirSync(empty)
    chmodSync(empty, 0o755)
    for (const path of [join(home, 'x', 'y', 'z'), empty]) {
      await expect(buildDataDirectory(path, fillHalf)).rejects.toThrow(unavailable(/disk is full/))
    }
    expect(readdirSync(home)).toEqual(['empty'])
    expect(readdirSync(empty)).toEqual([])
    expect(statSync(empty).mode & 0o777).toBe(0o755)
  })

  test('takes back what it has moved when the rest cannot be', async () => {
    const path = join(home, 'empty')
    mkdirSync(path)
    const outcome = buildDataDirectory(path, async (staging) => {
      await fill(staging)
      mkdirSync(join(path, 'kmipd.json', 'in the way'), { recursive: true })
    })
    await expect(outcome).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(readdirSync(path)).toEqual(['kmipd.json'])
  })

  test('is refused where something is, before anything is made', async () => {
    const path = join(home, 'full')
    mkdirSync(path)
    writeFileSync(join(path, 'note'), 'mine')
    let called = false
    const refusal = buildDataDirectory(path, async () => {
      called = true
      await Promise.resolve()
    })
    await expect(refusal).rejects.toThrow(unavailable(/not empty.*nothing was changed/))
    expect(called).toBe(false)
    expect(readdirSync(home)).toEqual(['full'])
  })

  test.each(['absent', 'empty'])('is made by one of two at once (%s)', async (state) => {
    const path = join(home, 'same')
    if (state === 'empty') mkdirSync(path)
    const one = async (mark: string): Promise<void> =>
      buildDataDirectory(path, async (staging) => {
        await fill(staging)
        writeFileSync(join(staging, 'store', 'one'), mark)
        writeFileSync(join(staging, 'ca.crt'), mark)
        writeFileSync(join(staging, 'kmipd.json'), mark)
      })
    const outcomes = await Promise.allSettled([one('left'), one('right')])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const mark = readFileSync(join(path, 'kmipd.json'), 'utf8')
    expect(readFileSync(join(path, 'store', 'one'), 'utf8')).toBe(mark)
    expect(readFileSync(join(path, 'ca.crt'), 'utf8')).toBe(mark)
    expect(readdirSync(home)).toEqual(['same'])
    expect(readdirSync(path).sort()).toEqual(['ca.crt', 'kmipd.json', 'store'])
  })
})

describe('a file', () => {
  test('that is new has the mode that was asked for and replaces nothing', async () => {
    const path = join(home, 'new')
    await writeNewFile(path, Buffer.from('a'), 0o644)
    expect(statSync(path).mode & 0o777).toBe(0o644)
    await expect(writeNewFile(path, Buffer.from('b'), 0o600)).rejects.toThrow(unavailable(/EEXIST/))
    expect(readFileSync(path, 'utf8')).toBe('a')
  })

  test('is replaced wholly, over a leftover of an earlier try', async () => {
    const path = join(home, 'old')
    writeFileSync(path, 'a')
    writeFileSync(`${path}.new`, 'leftover')
    await replaceFile(path, Buffer.from('b'), 0o644)
    expect(readFileSync(path, 'utf8')).toBe('b')
    expect(existsSync(`${path}.new`)).toBe(false)
  })
})

describe('kmipd.json', () => {
  const check = Uint8Array.of(1, 2, 3)

  test.each([
    { kind: 'file', check },
    { kind: 'passphrase', check, parameters: { kdf: 'scrypt', salt: 'ab' } },
  ] as const)('is read as it was written ($kind)', async (root) => {
    writeFileSync(join(home, 'kmipd.json'), formatSettings(root))
    const opened = await openDataDirectory(home)
    expect(opened.path).toBe(home)
    expect({ ...opened.root, check: Uint8Array.from(opened.root.check) }).toEqual(root)
  })

  test.each([
    ['', /damaged/],
    ['[]', /damaged/],
    ['null', /damaged/],
    ['{"format": "1"}', /damaged/],
    ['{"format": 2}', /has the format 2/],
    ['{"format": 1}', /root of trust/],
    ['{"format": 1, "root": {"kind": "file"}}', /root of trust/],
    ['{"format": 1, "root": {"kind": "hsm", "check": ""}}', /root of trust/],
    ['{"format": 1, "root": {"kind": "passphrase", "check": ""}}', /root of trust/],
  ])('is refused when it says %s', async (text, message) => {
    writeFileSync(join(home, 'kmipd.json'), text)
    await expect(openDataDirectory(home)).rejects.toThrow(unavailable(message))
  })
})
