import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startKmipd, type ClientFiles, type Kmipd } from '../harness/kmipd.ts'

const PYTHON = process.env['KMIPD_PYTHON'] ?? '/usr/bin/python3'
const SCRIPT = fileURLToPath(new URL('pykmip/client.py', import.meta.url))
const VERSIONS = ['1.0', '1.1', '1.2', '1.3', '1.4', '2.0'] as const

const run = promisify(execFile)

/** One line of the script. */
const Line = z.union([
  z.strictObject({
    check: z.string(),
    ok: z.boolean(),
    detail: z.string().optional(),
    known: z.string().optional(),
  }),
  z.strictObject({ done: z.number().int() }),
])

/** What is missing to drive PyKMIP; undefined when nothing is. */
async function obstacle(): Promise<string | undefined> {
  if (!existsSync(PYTHON)) return `there is no ${PYTHON}`
  try {
    await run(PYTHON, ['-c', 'import kmip, ssl; ssl.wrap_socket'], { timeout: 20_000 })
    return undefined
  } catch {
    return `${PYTHON} has no PyKMIP, or no ssl.wrap_socket any more (Python 3.12)`
  }
}

const reason = await obstacle()
if (reason !== undefined) {
  console.warn(
    `\n*** NO PYKMIP: ${reason}; the interoperability tests are SKIPPED. On Debian: apt-get install python3-pykmip, or set KMIPD_PYTHON. ***\n`,
  )
}

describe.skipIf(reason !== undefined)('the stock PyKMIP client', () => {
  let server: Kmipd
  let files: ClientFiles
  beforeAll(async () => {
    server = await startKmipd()
    files = await server.addClient('pykmip')
  }, 60_000)
  afterAll(async () => {
    await server.stop()
  }, 60_000)

  test.each(VERSIONS)(
    'gets along in %s',
    async (version) => {
      const { ca, cert, key } = files
      const { stdout } = await run(
        PYTHON,
        ['-B', SCRIPT, server.host, String(server.port), ca, cert, key, version],
        { timeout: 150_000, maxBuffer: 4_194_304 },
      )
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => Line.parse(JSON.parse(line)))
      const checks = lines.filter((line) => 'check' in line)
      const failed = checks.filter(({ ok }) => !ok)
      expect(failed).toEqual([])
      expect(lines.at(-1)).toEqual({ done: checks.length })
      expect(checks.length).toBeGreaterThan(30)
    },
    160_000,
  )
})

const Names = z.array(z.strictObject({ shown: z.array(z.string()), listed: z.array(z.string()) }))

describe.skipIf(reason !== undefined)(
  'the stock PyKMIP client that asks for all attributes',
  () => {
    let server: Kmipd
    beforeAll(async () => {
      server = await startKmipd({ clients: [{ name: 'profiled', preset: 'pykmip' }] })
    }, 60_000)
    afterAll(async () => {
      await server.stop()
    }, 60_000)

    async function ask({ ca, cert, key }: ClientFiles, version: string): Promise<string> {
      const script = fileURLToPath(new URL('pykmip/all_attributes.py', import.meta.url))
      const { stdout } = await run(
        PYTHON,
        ['-B', script, server.host, String(server.port), ca, cert, key, version],
        { timeout: 60_000 },
      )
      return stdout
    }

    test('gives up where links are shown to it', async () => {
      const files = await server.addClient('plain')
      await expect(ask(files, '1.2')).rejects.toThrow(/NotImplementedError|ValueError/)
    }, 70_000)

    test('reads them in every version where its profile hides what it cannot read', async () => {
      const files = await server.addClient('profiled')
      for (const version of VERSIONS) {
        for (const { shown, listed } of Names.parse(JSON.parse(await ask(files, version)))) {
          expect(shown, version).toEqual(expect.arrayContaining(['Unique Identifier', 'State']))
          expect(shown, version).not.toContain('Link')
          expect(listed, version).not.toContain('Link')
        }
      }
    }, 160_000)
  },
)
