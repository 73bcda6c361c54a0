import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { revocationFiles } from '../../src/adapter/revocation-file.ts'
import { readRevocationList } from '../../src/adapter/revocation-list.ts'
import { createTestAuthority, type Credential } from '../fixtures/authority.ts'
import { byOpenssl } from '../fixtures/openssl-crl.ts'
import { asPem, revocationList, serialOf } from '../fixtures/revocation-list.ts'

const NOW = 1_900_000_000
const authority = createTestAuthority('Listing')
const namesake = createTestAuthority('Listing')
const other = createTestAuthority('Other')
const client = authority.issue({ name: 'client' })

const derOf = ({ cert }: Credential) => Uint8Array.from(new X509Certificate(cert).raw)
const read = async (list: Uint8Array, by: Credential = authority) =>
  readRevocationList(list, derOf(by))

const home = mkdtempSync(join(tmpdir(), 'kmipd-crl-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

describe('[RFC 5280 5] a revocation list', () => {
  test('says which serial numbers are revoked, since when and until when', async () => {
    const wish = { serials: ['01AB', serialOf(client)], thisUpdate: NOW, nextUpdate: NOW + 60 }
    const list = await read(revocationList(authority, { ...wish, number: 0x7f }))
    expect(list).toMatchObject({ thisUpdate: NOW, nextUpdate: NOW + 60, number: '7f' })
    expect([...list.serials].sort()).toEqual(['1AB', serialOf(client).replace(/^0+/, '')].sort())
  })

  test('may be empty, without an end and without a number', async () => {
    const list = await read(revocationList(authority, { thisUpdate: NOW }))
    expect(list).toEqual({ thisUpdate: NOW, serials: new Set() })
  })

  test('is read as OpenSSL has written it', async () => {
    const list = await read(byOpenssl.list, { key: '', cert: byOpenssl.authority })
    expect(list).toEqual(byOpenssl.says)
  })

  test('is refused when another authority signed it, of whatever name', async () => {
    const wish = { serials: ['01'], thisUpdate: NOW }
    for (const [list, by] of [
      [revocationList(namesake, wish), authority],
      [revocationList(other, wish), authority],
      [revocationList(authority, { ...wish, signer: other }), authority],
      [revocationList(authority, wish), namesake],
    ] as const) {
      await expect(read(list, by)).rejects.toMatchObject({ code: 'INVALID_FIELD' })
    }
  })

  test('is refused with any bit of it changed', async () => {
    const list = revocationList(authority, { serials: ['01AB'], thisUpdate: NOW, number: 3 })
    for (let at = 0; at < list.length; at += 1) {
      const changed = Uint8Array.from(list)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      await expect(read(changed), String(at)).rejects.toMatchObject({ code: 'INVALID_FIELD' })
    }
  })

  test('is refused when it holds changes, a part, or entries of others', async () => {
    const wish = { serials: ['01'], thisUpdate: NOW }
    for (const more of [
      { critical: '2.5.29.27' },
      { critical: '2.5.29.28' },
      { critical: '1.2.3.4' },
      { entryCritical: '2.5.29.29' },
    ]) {
      await expect(read(revocationList(authority, { ...wish, ...more }))).rejects.toMatchObject({
        code: 'INVALID_FIELD',
      })
    }
  })

  test('of thirty thousand entries lets others work meanwhile', async () => {
    const serials = Array.from({ length: 30_000 }, (_, index) =>
      (0x10_0000 + index).toString(16).toUpperCase(),
    )
    const list = revocationList(authority, { serials, thisUpdate: NOW })
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    const { serials: found } = await read(list)
    clearInterval(timer)
    expect(found.size).toBe(30_000)
    expect(turns).toBeGreaterThan(3)
  })
})

describe('a file of a revocation list', () => {
  const at = (name: string) => join(home, name)
  const list = revocationList(authority, { serials: ['0A'], thisUpdate: NOW })

  test('is PEM or DER', async () => {
    writeFileSync(at('list.der'), list)
    writeFileSync(at('list.pem'), asPem(list))
    for (const name of ['list.der', 'list.pem']) {
      const { serials } = await revocationFiles.read(at(name), derOf(authority))
      expect([...serials]).toEqual(['A'])
    }
  })

  test('that is none is refused with a sentence, and one that is not there too', async () => {
    const empty = Buffer.alloc(0)
    const garbage = Buffer.from('-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n')
    for (const content of [empty, garbage, Buffer.from(client.cert), Buffer.alloc(4_096, 0x30)]) {
      writeFileSync(at('bad'), content)
      await expect(revocationFiles.read(at('bad'), derOf(authority))).rejects.toMatchObject({
        code: 'INVALID_FIELD',
      })
    }
    for (const path of [at('absent'), home, '/dev/zero']) {
      await expect(revocationFiles.read(path, derOf(authority))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      })
    }
    expect(await revocationFiles.stamp(at('absent'))).toBeUndefined()
  })
})
