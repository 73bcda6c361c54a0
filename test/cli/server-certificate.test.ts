import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuthority, issueServerCertificate } from '../../src/adapter/certificate-authority.ts'
import { defaultHostNames } from '../../src/adapter/certificate-names.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { SILENT } from '../../src/cli/admin-session.ts'
import {
  prepareServerCertificate,
  type CertificateHolder,
} from '../../src/cli/server-certificate.ts'
import { readAuthority, writeAuthority } from '../../src/repository/authority-record.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'

const NOW = 1_800_000_000
const DAY = 86_400

let home: string
let holder: CertificateHolder

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-server-'))
  const deps = { clock: { now: () => NOW }, random: nodeRandom }
  const authority = createAuthority(deps)
  const stored = { store: memoryStore(), sealer: plainSealer() }
  const server = issueServerCertificate(deps, authority, defaultHostNames('machine'))
  await writeAuthority(stored, 'server', server)
  const directory = { path: home, root: { kind: 'file', check: new Uint8Array() } } as const
  holder = { ...stored, authority, directory }
})

afterEach(() => {
  rmSync(home, { recursive: true })
})

const prepareAt = async (now: number): Promise<X509Certificate> => {
  const options = { log: SILENT, clock: { now: () => now } }
  return new X509Certificate((await prepareServerCertificate(holder, options)).certificate)
}

const copy = (): X509Certificate => new X509Certificate(readFileSync(join(home, 'server.crt')))

describe("the server's certificate", () => {
  test('stays while it has more than 30 days to live', async () => {
    const first = await prepareAt(NOW)
    const end = Date.parse(first.validTo) / 1000
    expect((await prepareAt(end - 31 * DAY)).serialNumber).toBe(first.serialNumber)
    expect(copy().serialNumber).toBe(first.serialNumber)
  })

  test('is made anew for the same names, with a new key, when it is about to end', async () => {
    const first = await prepareAt(NOW)
    const later = Date.parse(first.validTo) / 1000 - 29 * DAY
    const second = await prepareAt(later)
    expect(second.serialNumber).not.toBe(first.serialNumber)
    expect(second.subjectAltName).toBe(first.subjectAltName)
    expect(second.publicKey.equals(first.publicKey)).toBe(false)
    expect(second.verify(new X509Certificate(holder.authority.certificate).publicKey)).toBe(true)
    expect(Date.parse(second.validTo) / 1000 - later).toBeGreaterThan(800 * DAY)
    expect(copy().serialNumber).toBe(second.serialNumber)
    expect((await prepareAt(later)).serialNumber).toBe(second.serialNumber)
    const stored = await readAuthority(holder, 'server')
    expect(stored.version).toBe(2)
    expect(new X509Certificate(stored.certificate).serialNumber).toBe(second.serialNumber)
  })

  test('is copied for people where its copy is missing', async () => {
    const { serialNumber } = await prepareAt(NOW)
    expect(copy().serialNumber).toBe(serialNumber)
    expect(existsSync(join(home, 'ca.crt'))).toBe(true)
  })

  test.each(['ca.crt', 'server.crt'])('is not served beside the %s of another', async (name) => {
    const other = createAuthority({ clock: { now: () => NOW }, random: nodeRandom })
    writeFileSync(join(home, name), new X509Certificate(other.certificate).toString())
    await expect(prepareAt(NOW)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    writeFileSync(join(home, name), 'nonsense')
    await expect(prepareAt(NOW)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
