import { beforeEach, describe, expect, test } from 'vitest'
import { Officers } from '../../src/cli/officers.ts'
import type { TrustedAuthority } from '../../src/repository/authority-book.ts'
import type { Client } from '../../src/repository/client-record.ts'

const OWN = 'own'
const certificate = { issuer: 'site', serial: 'A1' }
const olga: Client = {
  ...{ id: 'olga', name: 'olga', role: 'crypto-officer', added: 1 },
  keys: [
    { issuer: 'site', subject: 'key', notAfter: 9 },
    { issuer: OWN, subject: 'other', notAfter: 9 },
  ],
}
const site: TrustedAuthority = { id: 'site', certificate: new Uint8Array(0), added: 1, crl: '/crl' }

let client: Client | undefined
let authorities: TrustedAuthority[]
let officers: Officers

const counts = () => officers.isOfficer('olga', 'key', certificate)

beforeEach(() => {
  client = olga
  authorities = [site]
  officers = new Officers({
    clients: { find: (id) => (id === 'olga' ? client : undefined) },
    authorities: { list: () => authorities },
    own: OWN,
  })
})

describe('what an officer has approved', () => {
  test('counts for as long as the certificate is not revoked', () => {
    const revoked = new Set<string>()
    officers.judgeBy(({ key, serial }) => revoked.has(`${key.issuer} ${serial}`))
    expect(counts()).toBe(true)
    revoked.add('site A2')
    expect(counts()).toBe(true)
    revoked.add('site A1')
    expect(counts()).toBe(false)
    expect(officers.isOfficer('olga', 'other', { issuer: OWN, serial: 'A1' })).toBe(true)
  })

  test.each<[string, () => void]>([
    ['suspended', () => (client = { ...olga, isSuspended: true })],
    ['removed', () => (client = undefined)],
    ['of another role', () => (client = { ...olga, role: 'operator' })],
    ['without the key', () => (client = { ...olga, keys: olga.keys.slice(1) })],
    ['of an authority that is gone', () => (authorities = [])],
  ])('counts no more once they are %s', (_, change) => {
    officers.judgeBy(() => false)
    expect(counts()).toBe(true)
    change()
    expect(counts()).toBe(false)
  })

  test('counts for nothing where nobody knows what their authority has revoked', () => {
    expect(counts()).toBe(false)
    expect(officers.isOfficer('olga', 'other', { issuer: OWN, serial: 'A1' })).toBe(true)
    authorities = [{ id: 'site', certificate: new Uint8Array(0), added: 1 }]
    expect(counts()).toBe(true)
  })

  test('counts for nothing without a certificate, or with that of another authority', () => {
    officers.judgeBy(() => false)
    expect(officers.isOfficer('olga', 'key')).toBe(false)
    expect(officers.isOfficer('olga', 'key', { issuer: OWN, serial: 'A1' })).toBe(false)
  })
})
