import { createServer } from 'node:net'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeTree, runKmipd, type Outcome } from './program.ts'
import { isAdmitted, postXml, serve, type Serving } from './serving.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

let home: string
let data: string
const running: Serving[] = []

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-serve-'))
  data = join(home, 'data')
  await succeed('init', '--data', data)
  await succeed('client', 'add', 'early', '--data', data, '--out', join(home, 'early'))
})

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('SIGKILL')
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

async function succeed(...args: string[]): Promise<Outcome> {
  const outcome = await runKmipd(args)
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 })
  return outcome
}

async function start(...args: string[]): Promise<Serving> {
  const server = await serve(['--data', data, '--port', '0', ...args])
  running.push(server)
  return server
}

/** Lines of the log, which must all be JSON. */
function logOf(server: Serving): readonly Record<string, unknown>[] {
  const lines = server.stderr().split('\n')
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line, serves registered clients, and ends with 0 on %s',
    async (signal) => {
      const server = await start()
      expect(server.stdout()).toBe(`kmipd listening on 127.0.0.1:${String(server.port)}\n`)
      expect(await isAdmitted(server.port, join(home, 'early'), 'early')).toBe(true)
      expect(await server.stop(signal)).toBe(0)
      expect(server.stdout().split('\n')).toHaveLength(2)
      expect(readdirSync(data).sort()).toEqual([
        'audit',
        'ca.crt',
        'kmipd.json',
        'root.key',
        'server.crt',
        'store',
        'store.head',
      ])
    },
  )

  test('keeps the admin socket to its owner', async () => {
    await start()
    expect(statSync(join(data, 'admin.sock')).mode & 0o777).toBe(0o600)
    expect(statSync(data).mode & 0o777).toBe(0o700)
  })

  test('admits a client that is added while it runs, at once', async () => {
    const server = await start()
    const out = join(home, 'live')
    await succeed('client', 'add', 'live', '--data', data, '--out', out)
    expect(await isAdmitted(server.port, out, 'live')).toBe(true)
    const { stdout } = await succeed('client', 'list', '--data', data, '--json')
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
    expect(names).toContain('live')
    expect(await server.stop()).toBe(0)
    const again = await start()
    expect(await isAdmitted(again.port, out, 'live')).toBe(true)
  })

  test('refuses a client of another authority', async () => {
    const server = await start()
    const other = join(home, 'other')
    await succeed('init', '--data', other)
    await succeed('client', 'add', 'early', '--data', other, '--out', join(home, 'stranger'))
    writeFileSync(join(home, 'stranger', 'ca.crt'), readFileSync(join(data, 'ca.crt')))
    expect(await isAdmitted(server.port, join(home, 'stranger'), 'early')).toBe(false)
    expect(await isAdmitted(server.port, join(home, 'early'), 'early')).toBe(true)
  })

  test('says the port for HTTPS behind the other, and answers there', async () => {
    const server = await start('--https-port', '0')
    const line = /^kmipd listening on 127\.0\.0\.1:(\d+), HTTPS on 127\.0\.0\.1:(\d+)\n$/.exec(
      server.stdout(),
    )
    expect(line?.[1]).toBe(String(server.port))
    for (const port of [line?.[1], line?.[2]]) {
      const answer = await postXml(Number(port), join(home, 'early'), 'early')
      expect(answer).toMatchObject({ status: 200, type: 'text/xml' })
      expect(answer.body).toContain('<ResultStatus type="Enumeration" value="Success"/>')
    }
    expect(await isAdmitted(server.port, join(home, 'early'), 'early')).toBe(true)
    const { stdout } = await succeed('status', '--data', data, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      listening: `127.0.0.1:${String(line?.[1])}, HTTPS on 127.0.0.1:${String(line?.[2])}`,
    })
  })

  test('takes the port for HTTPS from the configuration', async () => {
    const config = join(home, 'https.yaml')
    writeFileSync(config, 'listen:\n  httpsPort: 0\n')
    const server = await start('--config', config)
    expect(server.stdout()).toMatch(/, HTTPS on 127\.0\.0\.1:\d+\n$/)
  })

  test('warns of clients that the configuration names and nobody has added', async () => {
    const config = join(home, 'names.yaml')
    writeFileSync(
      config,
      [
        'clients: [{ name: early }, { name: profiled }]',
        'endpoints: [{ client: told, host: 127.0.0.1, port: 1 }]',
        'certification: { client: issuer }',
      ].join('\n'),
    )
    const server = await start('--config', config)
    const named = logOf(server).filter(({ event }) => String(event).startsWith('configured client'))
    expect(named.map(({ level, section, client }) => ({ level, section, client }))).toEqual([
      { level: 'warn', section: 'clients', client: 'profiled' },
      { level: 'warn', section: 'endpoints', client: 'told' },
      { level: 'warn', section: 'certification', client: 'issuer' },
    ])
  })

  test('refuses a name that is taken while it runs, and leaves no files', async () => {
    await start()
    const out = join(home, 'twice')
    const outcome = await runKmipd(['client', 'add', 'early', '--data', data, '--out', out])
    expect(outcome).toMatchObject({
      code: 1,
      stderr: 'kmipd: error: there is a client of the name early already\n',
    })
    expect(readdirSync(home)).not.toContain('twice')
  })

  test('says how it is', async () => {
    const server = await start()
    await isAdmitted(server.port, join(home, 'early'), 'early')
    const { stdout } = await succeed('status', '--data', data, '--json')
    const status = JSON.parse(stdout) as { counters: Record<string, number> }
    expect(status).toMatchObject({
      serving: true,
      listening: `127.0.0.1:${String(server.port)}`,
      process: server.process.pid,
      counters: { handshakes: 1 },
    })
  })

  test('lets one server at a time have a data directory', async () => {
    const server = await start()
    const second = await runKmipd(['serve', '--data', data, '--port', '0'])
    expect(second).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `kmipd: error: the store is in use by process ${String(server.process.pid)}\n`,
    })
    expect(await isAdmitted(server.port, join(home, 'early'), 'early')).toBe(true)
  })

  test('changes nothing on the disk when its port is in use', async () => {
    const occupant = createServer()
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
    try {
      const address = occupant.address()
      const port = typeof address === 'object' && address !== null ? String(address.port) : ''
      const before = describeTree(data)
      const outcome = await runKmipd(['serve', '--data', data, '--port', port])
      expect(outcome).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          `^kmipd: error: cannot listen on 127.0.0.1, port ${port}: address already in use\nhint: .*--port N.*\n$`,
        ) as string,
      })
      expect(describeTree(data)).toEqual(before)
    } finally {
      occupant.close()
    }
  })

  test('starts again after it was killed, over the socket that was left behind', async () => {
    const server = await start()
    await server.stop('SIGKILL')
    expect(readdirSync(data)).toContain('admin.sock')
    const { stdout } = await succeed('status', '--data', data)
    expect(stdout).toMatch(/^no server runs/)
    const again = await start()
    expect(await isAdmitted(again.port, join(home, 'early'), 'early')).toBe(true)
    expect(await again.stop()).toBe(0)
  })

  test('works where the path of its socket is longer than the system takes', async () => {
    const deep = join(home, 'd'.repeat(80), 'e'.repeat(80))
    await succeed('init', '--data', deep)
    const server = await serve(['--data', deep, '--port', '0'])
    running.push(server)
    const { stdout } = await succeed('status', '--data', deep, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ serving: true })
    expect(statSync(join(deep, 'admin.sock')).mode & 0o777).toBe(0o600)
    expect(await server.stop()).toBe(0)
    expect(readdirSync(deep)).not.toContain('admin.sock')
  })

  test('writes its certificates again when they were removed', async () => {
    const before = readFileSync(join(data, 'server.crt'))
    rmSync(join(data, 'server.crt'))
    const server = await start()
    expect(readFileSync(join(data, 'server.crt'))).toEqual(before)
    expect(await server.stop()).toBe(0)
  })

  test('does not start without the token that it is configured with', async () => {
    const config = join(home, 'hsm.yaml')
    const module = join(home, 'no-such-module.so')
    writeFileSync(config, `hsm: {module: ${module}, label: keys, pinFile: pin}\n`)
    const args = ['serve', '--data', data, '--port', '0', '--config', config]
    expect(await runKmipd(args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`the PKCS#11 module ${module} cannot be found`) as string,
    })
  })

  test('takes settings from a file, and an option wins over it', async () => {
    const config = join(home, 'config.yaml')
    writeFileSync(config, 'listen:\n  host: "::1"\n  port: 1\nlog:\n  level: error\n')
    const server = await start('--config', config, '--host', '127.0.0.1')
    expect(server.stdout()).toMatch(/127\.0\.0\.1/)
    await isAdmitted(server.port, join(home, 'early'), 'early')
    expect(await server.stop()).toBe(0)
    expect(server.stderr()).toBe('')
    writeFileSync(config, 'log:\n  lever: 1\n')
    const before = describeTree(data)
    expect(await runKmipd(['serve', '--data', data, '--config', config])).toMatchObject({
      code: 1,
      stderr: `kmipd: error: ${config}:2: log.lever: there is no such key\n`,
    })
    expect(describeTree(data)).toEqual(before)
  })

  test('does not open the debugger on SIGUSR1', async () => {
    const server = await start()
    server.process.kill('SIGUSR1')
    expect(await isAdmitted(server.port, join(home, 'early'), 'early')).toBe(true)
    expect(await server.stop()).toBe(0)
    expect(server.stderr()).not.toMatch(/debugger/i)
  })

  test.each([
    ['--inspect', { flags: ['--inspect=127.0.0.1:0'] }, /node flag --inspect/],
    [
      'NODE_OPTIONS',
      { env: { NODE_OPTIONS: '--tls-min-v1.0' } },
      /--tls-min-v1\.0 in NODE_OPTIONS/,
    ],
    [
      'NODE_TLS_REJECT_UNAUTHORIZED',
      { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
      /NODE_TLS_REJECT_UNAUTHORIZED is 0/,
    ],
  ])('refuses to run with %s', async (_what, options, message) => {
    const before = describeTree(data)
    const outcome = await runKmipd(['serve', '--data', data, '--port', '0'], options)
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toMatch(message)
    expect(describeTree(data)).toEqual(before)
  })

  test('logs JSON with the connection and the client, and nothing of a key', async () => {
    const config = join(home, 'debug.yaml')
    writeFileSync(config, 'log:\n  level: debug\n')
    const server = await start('--config', config)
    const out = join(home, 'logged')
    await succeed('client', 'add', 'logged', '--data', data, '--out', out)
    await isAdmitted(server.port, out, 'logged')
    await server.stop()
    const lines = logOf(server)
    expect(lines.length).toBeGreaterThan(0)
    expect(server.stderr().trim().split('\n')).toHaveLength(lines.length)
    for (const line of lines) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(debug|info|warn|error)$/) as string,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        event: expect.any(String) as string,
      })
    }
    const opened = lines.find((line) => line['client'] === 'logged')
    expect(opened).toMatchObject({ connection: expect.any(String) as string })
    const secrets = [readFileSync(join(data, 'root.key')), privateKeyOf(join(out, 'logged.key'))]
    for (const secret of secrets) {
      for (const form of ['hex', 'base64', 'latin1'] as const) {
        expect(server.stderr()).not.toContain(secret.toString(form))
      }
    }
    expect(server.stderr()).not.toMatch(/-----BEGIN|[0-9a-f]{64}/i)
  })
})

function privateKeyOf(path: string): Buffer {
  const pem = readFileSync(path, 'latin1')
  return Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ''), 'base64')
}

describe('a passphrase', () => {
  test('is asked for by serve and not by commands that ask the server', async () => {
    const guarded = join(home, 'guarded')
    const file = join(home, 'passphrase')
    writeFileSync(file, 'four score and seven\n', { mode: 0o600 })
    await succeed('init', '--data', guarded, '--passphrase-file', file)
    const server = await serve(['--data', guarded, '--port', '0', '--passphrase-file', file])
    running.push(server)
    const out = join(home, 'guarded-client')
    await succeed('client', 'add', 'c', '--data', guarded, '--out', out)
    expect(await isAdmitted(server.port, out, 'c')).toBe(true)
    expect(await server.stop()).toBe(0)
    const later = await runKmipd(['client', 'list', '--data', guarded])
    expect(later.code).toBe(1)
    expect(readdirSync(guarded)).not.toContain('root.key')
  })
})
