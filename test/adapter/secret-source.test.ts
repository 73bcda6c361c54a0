import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isCredentialName, readPin, readSecret } from '../../src/adapter/secret-source.ts'
import type { Secret } from '../../src/secret/secret.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-secret-'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const hex = (text: string): string => Buffer.from(text).toString('hex')
const hexOf = (secret: Secret): string =>
  secret.expose((bytes) => Buffer.from(bytes).toString('hex'))
const fault = (code: string, message: string | RegExp): unknown =>
  expect.objectContaining({
    code,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  })

/** A file of the test's own, with its mode. */
function fileOf(content: string | Uint8Array, mode = 0o600, name = 'secret'): string {
  const path = join(home, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

describe('a passphrase file', () => {
  const read = async (content: string | Uint8Array, mode = 0o600) => {
    const source = { kind: 'file', path: fileOf(content, mode) } as const
    const { secret, isExposed } = await readSecret(source, { what: 'passphrase' })
    return { bytes: hexOf(secret), isExposed }
  }

  test.each([
    ['no line end', 'secret', 'secret'],
    ['a line end', 'secret\n', 'secret'],
    ['a line end of Windows', 'secret\r\n', 'secret'],
    ['more lines', 'secret\nanother\n', 'secret'],
    ['spaces around it', '  secret \n', '  secret '],
  ])('counts its first line: with %s', async (_what, content, expected) => {
    expect((await read(content)).bytes).toBe(hex(expected))
  })

  test('is read as bytes, of whatever encoding', async () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0xc3, 0x28)
    expect((await read(Buffer.concat([bytes, Buffer.from('\n')]))).bytes).toBe('ff00c328')
  })

  test.each([
    ['an empty file', ''],
    ['an empty first line', '\nsecret\n'],
    ['a line end alone', '\r\n'],
    ['a passphrase of more than 1,024 bytes', 'x'.repeat(1025)],
  ])('is refused for %s', async (_what, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'INVALID_FIELD' })
  })

  test('may hold 1,024 bytes', async () => {
    expect((await read(`${'x'.repeat(1024)}\n`)).bytes).toBe(hex('x'.repeat(1024)))
  })

  test.each([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
  ])('of mode %o is known to be exposed or not', async (mode, isExposed) => {
    expect((await read('secret', mode)).isExposed).toBe(isExposed)
  })

  test('that is missing or a directory is reported', async () => {
    const at = async (path: string) => readSecret({ kind: 'file', path }, { what: 'passphrase' })
    await expect(at(join(home, 'none'))).rejects.toThrow(fault('UNAVAILABLE', /ENOENT/))
    await expect(at(home)).rejects.toThrow(fault('UNAVAILABLE', /EISDIR/))
  })
})

describe('a PIN', () => {
  test('is refused where others than its owner may read its file', async () => {
    expect(hexOf(await readPin({ kind: 'file', path: fileOf('1234\n') }))).toBe(hex('1234'))
    const path = fileOf('1234\n', 0o640)
    await expect(readPin({ kind: 'file', path })).rejects.toThrow(
      fault('UNAVAILABLE', `Others may read the PIN file ${path}: chmod 600 it`),
    )
  })
})

describe('a credential of systemd', () => {
  test('lies in the directory of credentials, where the mask of a list is no right of a group', async () => {
    fileOf('1234\n', 0o440, 'pin')
    expect(hexOf(await readPin({ kind: 'credential', name: 'pin' }, home))).toBe(hex('1234'))
    fileOf('1234\n', 0o444, 'pin')
    await expect(readPin({ kind: 'credential', name: 'pin' }, home)).rejects.toThrow(
      fault('UNAVAILABLE', 'Others may read the PIN credential pin'),
    )
  })

  test('that is missing, or without such a directory, is reported by its name', async () => {
    const source = { kind: 'credential', name: 'pin' } as const
    await expect(readPin(source, home)).rejects.toThrow(
      fault('UNAVAILABLE', 'The PIN credential pin cannot be read (ENOENT)'),
    )
    await expect(readPin(source)).rejects.toThrow(
      fault('UNAVAILABLE', 'The PIN credential pin is not there: CREDENTIALS_DIRECTORY is not set'),
    )
  })

  test.each(['', '.', '..', '.pin', 'a/b', '/etc/passwd', 'a\0b', 'x'.repeat(256)])(
    'has no name like %j',
    (name) => {
      expect(isCredentialName(name)).toBe(false)
    },
  )
})

describe('a descriptor', () => {
  const read = async (number: number) =>
    readSecret({ kind: 'descriptor', number }, { what: 'passphrase' })

  test('is read to its end and closed', async () => {
    const number = openSync(fileOf('secret\nmore\n'), 'r')
    const { secret, isExposed } = await read(number)
    expect({ hex: hexOf(secret), isExposed }).toEqual({ hex: hex('secret'), isExposed: false })
    expect(() => fstatSync(number)).toThrow(/EBADF/)
    await expect(read(number)).rejects.toThrow(
      fault('UNAVAILABLE', `The passphrase descriptor ${number} cannot be read (EBADF)`),
    )
  })

  test('may be a pipe, whose pieces are put together', () => {
    const program = `
      import { readSecret } from '${join(import.meta.dirname, '../../dist/adapter/secret-source.js')}'
      const { secret } = await readSecret({ kind: 'descriptor', number: 3 }, { what: 'PIN' })
      secret.expose((bytes) => console.log(Buffer.from(bytes).toString('hex')))`
    const script = '{ printf se; sleep 0.1; printf "cret\\nmore"; } | "$0" "$@" 3<&0 </dev/null'
    const node = [process.execPath, '--input-type=module', '-e', program]
    const { stdout, stderr } = spawnSync('sh', ['-c', script, ...node], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: `${hex('secret')}\n`, stderr: '' })
  })

  test('that is none to read from is refused, and left as it is', async () => {
    const number = openSync(home, 'r')
    await expect(read(number)).rejects.toThrow(
      fault('UNAVAILABLE', `The passphrase descriptor ${number} is nothing to read from`),
    )
    expect(fstatSync(number).isDirectory()).toBe(true)
    closeSync(number)
  })
})
