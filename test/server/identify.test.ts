import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createAuthority, hashPublicKey, readCertificate } from '../../src/server/identify.ts'
import { createTestAuthority, type KeyKind, type TestAuthority } from '../fixtures/authority.ts'

const trusted = createTestAuthority('Authority')
const namesake = createTestAuthority('Authority')

const parse = ({ cert }: { readonly cert: string }): X509Certificate => new X509Certificate(cert)
const authorities = (...of: readonly TestAuthority[]) => of.map(parse).map(createAuthority)

/** SHA-256 over the key's own part of the certificate, found without node's key export. */
function hashWithin(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  expect(certificate.raw.includes(spki)).toBe(true)
  return createHash('sha256').update(spki).digest('hex')
}

describe('readCertificate', () => {
  test('names a client by the key of its issuer and its own', () => {
    const client = parse(trusted.issue({ name: 'alice' }))
    expect(readCertificate(client, authorities(trusted))).toEqual({
      key: { issuer: hashWithin(parse(trusted)), subject: hashWithin(client) },
      serial: client.serialNumber.replace(/^0+/, ''),
      notAfter: Date.parse(client.validTo) / 1_000,
    })
  })

  test('finds the issuer by its signature among authorities of the same name', () => {
    const client = parse(trusted.issue({ name: 'alice' }))
    for (const order of [authorities(namesake, trusted), authorities(trusted, namesake)]) {
      expect(readCertificate(client, order)).toMatchObject({
        key: { issuer: hashPublicKey(parse(trusted).publicKey) },
      })
    }
    expect(readCertificate(client, authorities(namesake))).toBe('unknown issuer')
    expect(readCertificate(client, [])).toBe('unknown issuer')
  })

  test.each<[KeyKind, boolean]>([
    ['P-256', true],
    ['P-384', true],
    ['Ed25519', true],
    ['RSA-2048', true],
    ['RSA-1024', false],
    ['secp256k1', false],
  ])('a key of kind %s is strong enough: %s', (key, strong) => {
    const found = readCertificate(parse(trusted.issue({ name: 'x', key })), authorities(trusted))
    expect(found === 'weak key').toBe(!strong)
    expect(typeof found).toBe(strong ? 'object' : 'string')
  })
})
