import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { openToken } from '../../src/adapter/pkcs11/index.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { openRoot } from '../../src/adapter/root-of-directory.ts'
import { rotateRoot } from '../../src/adapter/root-rotation.ts'
import { openCore } from '../../src/cli/core.ts'
import { initialize } from '../../src/cli/initialize.ts'
import type { Store } from '../../src/port/store.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { childrenOfTokens } from '../adapter/pkcs11/children.ts'
import { createSoftHsm, NO_SOFTHSM, PIN, type SoftHsm } from '../adapter/pkcs11/softhsm.ts'
import { runKmipd, type Outcome } from './program.ts'
import { isAdmitted, serve } from './serving.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let home: string

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-token-root-'))
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(NO_SOFTHSM !== undefined)('a data directory whose root key is in a token', () => {
  let hsm: SoftHsm
  let env: Readonly<Record<string, string>>
  let place: readonly string[]
  let pin: readonly string[]

  beforeAll(() => {
    hsm = createSoftHsm()
    env = hsm.environment
    const { module, label = '' } = hsm.settings
    place = ['--root', 'pkcs11', '--module', module, '--token', label]
    pin = ['--pin-file', hsm.pinFile]
  })
  afterAll(() => {
    hsm.remove()
  })

  const succeed = async (...args: readonly string[]): Promise<Outcome> => {
    const outcome = await runKmipd(args, { env })
    expect(outcome, args.join(' ')).toMatchObject({ code: 0, stderr: '' })
    return outcome
  }

  async function objectsInToken(): Promise<number> {
    const token = await openToken({ ...hsm, log: silentLog })
    try {
      return await token.count([], 1_000)
    } finally {
      await token.close()
    }
  }

  test.each(['aes', 'rsa'])('is made with a key of %s, served, and served again', async (kind) => {
    const data = join(home, kind)
    const made = await succeed('init', '--data', data, ...place, ...pin, '--root-key', kind)
    expect(made.stdout).toMatch(/^opened by +a key in the token$/m)
    const settings = readFileSync(join(data, 'kmipd.json'), 'utf8')
    expect(JSON.parse(settings)).toMatchObject({
      root: { kind: 'pkcs11', parameters: { pin: { kind: 'file', path: hsm.pinFile } } },
    })
    expect(settings).not.toContain(PIN)
    const out = join(home, `${kind}-client`)
    await succeed('client', 'add', 'c', '--data', data, '--out', out)
    for (let start = 0; start < 2; start += 1) {
      const server = await serve(['--data', data, '--port', '0'], { env })
      expect(await isAdmitted(server.port, out, 'c')).toBe(true)
      expect(await server.stop()).toBe(0)
    }
    expect(await succeed('store', 'verify', '--data', data)).toMatchObject({
      stdout: expect.stringMatching(/all as written$/m) as string,
    })
  })

  test('is rotated to from a file and back again, and the key stays in the token for older backups', async () => {
    const data = join(home, 'rotated')
    const before = await objectsInToken()
    // All of them warn: of a key in a file, and of older backups.
    const warned = async (...args: readonly string[]) => {
      const outcome = await runKmipd(args, { env })
      expect(outcome).toMatchObject({ code: 0 })
    }
    await warned('init', '--data', data, '--root', 'file')
    await warned(
      'root',
      'rotate',
      '--data',
      data,
      '--to',
      'pkcs11',
      ...place.slice(2),
      '--new-pin-file',
      hsm.pinFile,
    )
    expect(readdirSync(data)).not.toContain('root.key')
    expect(await objectsInToken()).toBe(before + 1)
    await succeed('store', 'verify', '--data', data)
    await warned('root', 'rotate', '--data', data, '--to', 'file')
    expect(readdirSync(data)).toContain('root.key')
    await succeed('store', 'verify', '--data', data)
    expect(await objectsInToken()).toBe(before + 1)
  })

  test('is backed up, and loads no library of a backup that nobody has named', async () => {
    const data = join(home, 'backed-up')
    const backup = join(home, 'token.kmbk')
    const restored = join(home, 'from-backup')
    await succeed('init', '--data', data, ...place, ...pin)
    await succeed('backup', 'create', backup, '--data', data)
    const unnamed = await runKmipd(['backup', 'restore', backup, '--data', restored], { env })
    expect(unnamed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`wants to load ${hsm.settings.module}`) as string,
    })
    const other = await runKmipd(['backup', 'verify', backup, '--root-module', '/lib/other.so'], {
      env,
    })
    expect(other.code).toBe(1)
    expect(readdirSync(home)).not.toContain('from-backup')
    await succeed('backup', 'verify', backup, '--root-module', hsm.settings.module)
    const named = ['--root-module', hsm.settings.module]
    await succeed('backup', 'restore', backup, '--data', restored, ...named)
    await succeed('store', 'verify', '--data', restored)
  })

  test('whose PIN came by a descriptor is told it with each command', async () => {
    const data = join(home, 'told')
    const byDescriptor = async (...args: readonly string[]): Promise<Outcome> => {
      const descriptor = openSync(hsm.pinFile, 'r')
      try {
        const options = { env, descriptors: [descriptor] }
        return await runKmipd([...args, '--data', data, '--pin-fd', '3'], options)
      } finally {
        closeSync(descriptor)
      }
    }
    expect(await byDescriptor('init', ...place)).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(data, 'kmipd.json'), 'utf8')).not.toContain('"pin"')
    expect(await byDescriptor('client', 'list')).toMatchObject({ code: 0, stderr: '' })
    const directory = mkdtempSync(join(home, 'credentials-'))
    writeFileSync(join(directory, 'hsm'), PIN, { mode: 0o400 })
    const asked = ['client', 'list', '--data', data]
    expect(
      await runKmipd([...asked, '--pin-credential', 'hsm'], {
        env: { ...env, CREDENTIALS_DIRECTORY: directory },
      }),
    ).toMatchObject({ code: 0, stderr: '' })
    expect(await runKmipd(asked, { env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/give --pin-file, --pin-fd or --pin-credential$/m) as string,
    })
  })

  test('is served with both PINs from descriptors, and the token is logged in to again', async () => {
    const data = join(home, 'both')
    const { module, label } = hsm.settings
    await succeed('init', '--data', data, ...place, ...pin)
    const config = join(home, 'both.yaml')
    const args = ['--data', data, '--port', '0', '--config', config, '--pin-fd', '3']
    const withDescriptors = async <T>(use: (descriptors: readonly number[]) => Promise<T>) => {
      const descriptors = [openSync(hsm.pinFile, 'r'), openSync(hsm.pinFile, 'r')]
      try {
        return await use(descriptors)
      } finally {
        descriptors.map(closeSync)
      }
    }
    writeFileSync(config, JSON.stringify({ hsm: { module, label, pinFd: 3 } }))
    const twice = async (descriptors: readonly number[]) =>
      runKmipd(['serve', ...args], { env, descriptors })
    expect(await withDescriptors(twice)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('kmipd: error: descriptor 3 is named twice') as string,
    })
    writeFileSync(config, JSON.stringify({ hsm: { module, label, pinFd: 4 } }))
    const server = await withDescriptors(async (descriptors) => serve(args, { env, descriptors }))
    const [child] = childrenOfTokens(server.process.pid)
    if (child === undefined) throw new TypeError('the server has no process of the token')
    process.kill(child, 'SIGKILL')
    await expect.poll(() => server.stderr(), { timeout: 30_000 }).toContain('token reached again')
    expect(await server.stop()).toBe(0)
  })

  test('is refused with a wrong PIN, another token and damaged settings, in one line', async () => {
    const data = join(home, 'refused')
    await succeed('init', '--data', data, ...place, ...pin)
    const wrong = join(home, 'wrong-pin')
    writeFileSync(wrong, '000000\n', { mode: 0o600 })
    const list = ['client', 'list', '--data', data]
    const refusal = async (args: readonly string[], variables = env): Promise<string> => {
      const { code, stderr } = await runKmipd(args, { env: variables })
      expect(code).toBe(1)
      return stderr
    }
    expect(await refusal([...list, '--pin-file', wrong])).toBe(
      'kmipd: error: the token does not accept the PIN (PIN_INCORRECT)\n',
    )
    const other = createSoftHsm()
    expect(await refusal(list, other.environment)).toMatch(
      /^kmipd: error: the token has no root key with the identifier [0-9a-f]{32}\n$/,
    )
    other.remove()
    expect(await refusal(list, other.environment)).toMatch(
      /^kmipd: error: the PKCS#11 module .*\n$/,
    )
    const file = join(data, 'kmipd.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('aes-gcm', 'aes-cbc'))
    expect(await refusal(list)).toBe(
      'kmipd: error: the parameters of the root key in the token are damaged\n',
    )
  })

  test('that is not made leaves no key in the token', async () => {
    const data = join(home, 'halfway')
    const { module, label } = hsm.settings
    const pinSource = { kind: 'file', path: hsm.pinFile } as const
    const before = await objectsInToken()
    for (const keyKind of ['aes', 'rsa'] as const) {
      const root = {
        kind: 'pkcs11',
        request: { module, label, pinSource, keyKind },
        access: { environment: env },
      } as const
      const made = initialize(data, { root, hosts: [], log: silentLog })
      const failed = expect(made).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      // Somebody else puts something there while it is made elsewhere.
      await expect
        .poll(() => readdirSync(home).join(' '), { interval: 1 })
        .toContain('halfway.init-')
      mkdirSync(join(data, 'occupied'), { recursive: true })
      await failed
      rmSync(data, { recursive: true })
    }
    expect(await objectsInToken()).toBe(before)
  })

  test('has the keyring, though the disk and then the token fail before anybody is told', async () => {
    const data = join(home, 'failing')
    const tokens = join(dirname(hsm.pinFile), 'tokens')
    const away = `${tokens}-away`
    await initialize(data, { root: { kind: 'file' }, hosts: [], log: silentLog })
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    const from = await openRoot(core.directory, {})
    const { module, label } = hsm.settings
    const pinSource = { kind: 'file', path: hsm.pinFile } as const
    const to = {
      kind: 'pkcs11',
      request: { module, label, pinSource, keyKind: 'aes' },
      access: { environment: env },
    } as const
    const { directory, store: whole } = core
    const store: Store = {
      get: async (key) => whole.get(key),
      getMany: async (keys) => whole.getMany(keys),
      scan: async (range, options) => whole.scan(range, options),
      snapshot: async () => whole.snapshot(),
      commit: async (commit) => {
        await whole.commit(commit)
        renameSync(tokens, away)
        throw new Error('no answer')
      },
      close: async () => whole.close(),
    }
    try {
      const rotated = rotateRoot({ directory, store, from, to, random: nodeRandom })
      await expect(rotated).rejects.toThrow('no answer')
    } finally {
      renameSync(away, tokens)
      from.destroy()
      await core.close()
    }
    await succeed('client', 'list', '--data', data)
    const settings = readFileSync(join(data, 'kmipd.json'), 'utf8')
    expect(JSON.parse(settings)).toMatchObject({ root: { kind: 'pkcs11' } })
    expect(JSON.parse(settings)).not.toHaveProperty('next')
    // Who removes the old key from the token has lost the backups that it opens.
    expect(await runKmipd(['root', 'rotate', '--data', data, '--to', 'file'], { env })).toEqual({
      code: 0,
      stdout: 'the store is opened by its new root of trust (file) from now on\n',
      stderr: `kmipd: warning: backups made until now are opened by the old root alone
kmipd: warning: the old key is still in its token: remove it there when no such backup is needed
`,
    })
  })
})

describe('roots that do not go together', () => {
  const token = ['--root', 'pkcs11', '--module', '/p11.so']

  test.each([
    ['--root pkcs11 needs --module', ['--root', 'pkcs11']],
    ['--root pkcs11 needs either --slot or --token', token],
    ['--root pkcs11 needs either --slot or --token', [...token, '--slot', '1', '--token', 'x']],
    ['--root pkcs11 needs --pin-file, --pin-fd or --pin-credential', [...token, '--slot', '1']],
    ['--root pkcs11 has no passphrase', [...token, '--passphrase-file', 'x']],
    ['--root file has no passphrase', ['--root', 'file', '--passphrase-file', 'x']],
    ['--root passphrase needs', ['--root', 'passphrase']],
    ['--module is for --root pkcs11', ['--module', '/p11.so']],
    ['--pin-fd is for --root pkcs11', ['--pin-fd', '3']],
    ["--root takes one of file, passphrase, pkcs11, not 'tpm'", ['--root', 'tpm']],
    [
      "--key-id takes bytes in hex, not 'x'",
      [...token, '--slot', '1', '--pin-fd', '3', '--key-id', 'x'],
    ],
  ])('are wrong usage: %s', async (message, args) => {
    const outcome = await runKmipd(['init', '--data', join(home, 'none'), ...args])
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain(`kmipd: error: ${message}`)
  })
})
