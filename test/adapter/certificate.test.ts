import { execFileSync } from 'node:child_process'
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  X509Certificate,
} from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { Certificate, TimeType } from 'pkijs'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createAuthority,
  createKeyPair,
  issueClientCertificate,
  issueServerCertificate,
} from '../../src/adapter/certificate-authority.ts'
import { defaultHostNames, parseHostName } from '../../src/adapter/certificate-names.ts'
import { encodePem } from '../../src/adapter/certificate-pem.ts'
import { certificateKeyOf, readCertificate } from '../../src/adapter/certificate-read.ts'
import { Secret } from '../../src/secret/secret.ts'

const seconds = (text: string): number => Date.parse(text) / 1000
const NOW = seconds('2026-08-25T02:35:02Z')

const deps = (now = NOW) => ({
  clock: { now: () => now },
  random: {
    bytes: (length: number) => Secret.copyOf(randomBytes(length)),
    identifier: () => randomUUID(),
  },
})

const pem = (der: Uint8Array): Buffer => Buffer.from(encodePem('CERTIFICATE', der))
const keyPem = (key: Secret): Buffer =>
  Buffer.from(key.expose((der) => encodePem('PRIVATE KEY', der)))

/** Opens, and closes at the end of the test. */
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('openssl is not installed: its check of the certificate chain is skipped')
    return false
  }
}

describe('the authority', () => {
  test('may sign certificates and has no authority below it (RFC 5280 section 4.2.1.9)', () => {
    const { certificate } = createAuthority(deps())
    const read = new X509Certificate(certificate)
    expect(read.ca).toBe(true)
    expect(read.verify(read.publicKey)).toBe(true)
    expect(read.subject).toBe(read.issuer)
    const parsed = Certificate.fromBER(Uint8Array.from(certificate))
    const constraints = parsed.extensions?.find(({ extnID }) => extnID === '2.5.29.19')
    expect(constraints?.critical).toBe(true)
    expect(constraints?.parsedValue).toMatchObject({ cA: true, pathLenConstraint: 0 })
  })

  test('lives ten years from now', () => {
    const read = new X509Certificate(createAuthority(deps()).certificate)
    expect(Date.parse(read.validFrom) / 1000).toBeLessThanOrEqual(NOW)
    expect(Date.parse(read.validTo) / 1000 - NOW).toBeGreaterThan(3649 * 86_400)
    expect(Date.parse(read.validTo) / 1000 - NOW).toBeLessThanOrEqual(3650 * 86_400)
  })

  test('writes years from 2050 on as GeneralizedTime without a fraction (RFC 5280 section 4.1.2.5)', () => {
    const { certificate } = createAuthority(deps(seconds('2045-01-01T00:00:00Z') + 0.46))
    const parsed = Certificate.fromBER(Uint8Array.from(certificate))
    expect(parsed.notBefore.type).toBe(TimeType.UTCTime)
    expect(parsed.notAfter.type).toBe(TimeType.GeneralizedTime)
    expect(Buffer.from(certificate).toString('latin1')).toContain('20541229235959Z')
  })

  test('numbers certificates with positive serial numbers of at most 20 octets', () => {
    for (const first of [0x00, 0x80, 0xff]) {
      const random = { ...deps().random, bytes: () => Secret.copyOf(Buffer.alloc(16, first)) }
      const { certificate } = createAuthority({ ...deps(), random })
      const { serialNumber } = Certificate.fromBER(Uint8Array.from(certificate))
      const [top = 0] = serialNumber.valueBlock.valueHexView
      expect(top).toBeGreaterThan(0)
      expect(top).toBeLessThan(0x80)
      expect(serialNumber.valueBlock.valueHexView.length).toBe(16)
    }
  })
})

describe('issued certificates', () => {
  test('of a server carry every name, for servers only and for at most 825 days', () => {
    const authority = createAuthority(deps())
    const named = ['kms.example', '2001:db8::1:2'].flatMap((name) => parseHostName(name) ?? [])
    const hosts = [...named, ...defaultHostNames('Machine-1')]
    const read = new X509Certificate(issueServerCertificate(deps(), authority, hosts).certificate)
    expect(read.checkHost('kms.example')).toBe('kms.example')
    expect(read.checkHost('localhost')).toBe('localhost')
    expect(read.checkHost('machine-1')).toBe('machine-1')
    for (const address of ['127.0.0.1', '::1', '2001:db8::1:2']) {
      expect(read.checkIP(address)).toBe(address)
    }
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(read.ca).toBe(false)
    expect(read.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
    const days = (Date.parse(read.validTo) - Date.parse(read.validFrom)) / 86_400_000
    expect(days).toBeLessThanOrEqual(825)
  })

  test('of a client carry its name, for clients only and for a year', () => {
    const authority = createAuthority(deps())
    const { publicKey } = createKeyPair()
    const der = issueClientCertificate(deps(), authority, { name: 'a.client@site', publicKey })
    const read = new X509Certificate(der)
    expect(read.subject).toBe('CN=a.client@site')
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(read.ca).toBe(false)
    expect(readCertificate(der).notAfter - NOW).toBe(365 * 86_400 - 1)
    expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
  })

  test('never outlive the authority', () => {
    const authority = createAuthority(deps())
    const later = NOW + 3600 * 86_400
    const { publicKey } = createKeyPair()
    const der = issueClientCertificate(deps(later), authority, { name: 'late', publicKey })
    expect(readCertificate(der).notAfter).toBe(readCertificate(authority.certificate).notAfter)
  })

  test.each([
    ['an RSA key of 1,024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['a key on a curve below P-256', () => generateKeyPairSync('ec', { namedCurve: 'secp224r1' })],
    ['a key on another curve', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
  ])('are refused for %s', (_case, generate) => {
    const publicKey = generate().publicKey.export({ format: 'der', type: 'spki' })
    const authority = createAuthority(deps())
    expect(() => issueClientCertificate(deps(), authority, { name: 'weak', publicKey })).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD' }),
    )
  })

  test('are recognised by the hashes of both public keys', () => {
    const authority = createAuthority(deps())
    const { publicKey, key } = createKeyPair()
    const der = issueClientCertificate(deps(), authority, { name: 'one', publicKey })
    const again = issueClientCertificate(deps(), authority, { name: 'two', publicKey })
    expect(certificateKeyOf(der, authority.certificate)).toEqual(
      certificateKeyOf(again, authority.certificate),
    )
    expect(certificateKeyOf(der, createAuthority(deps()).certificate).issuer).not.toBe(
      certificateKeyOf(der, authority.certificate).issuer,
    )
    const derived = createPublicKey(createPrivateKey(keyPem(key)))
    expect(derived.export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(publicKey))
  })
})

describe('other software', () => {
  test.skipIf(!hasOpenssl())('openssl verifies the chain strictly, for each purpose', () => {
    const directory = mkdtempSync(join(tmpdir(), 'kmipd-cert-'))
    cleanups.push(() => {
      rmSync(directory, { recursive: true })
    })
    const now = Math.trunc(Date.now() / 1000)
    const authority = createAuthority(deps(now))
    const server = issueServerCertificate(deps(now), authority, defaultHostNames('machine'))
    const { publicKey } = createKeyPair()
    const client = issueClientCertificate(deps(now), authority, { name: 'client', publicKey })
    const file = (name: string, der: Uint8Array): string => {
      writeFileSync(join(directory, name), pem(der))
      return join(directory, name)
    }
    const ca = file('ca.crt', authority.certificate)
    const verify = (purpose: string, path: string): string =>
      execFileSync(
        'openssl',
        ['verify', '-x509_strict', '-CAfile', ca, '-purpose', purpose, path],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      )
    const serverFile = file('server.crt', server.certificate)
    const clientFile = file('client.crt', client)
    expect(verify('sslserver', serverFile)).toContain('OK')
    expect(verify('sslclient', clientFile)).toContain('OK')
    expect(() => verify('sslclient', serverFile)).toThrow('unsuitable certificate purpose')
    expect(() => verify('sslserver', clientFile)).toThrow('unsuitable certificate purpose')
  })

  test('node connects both ways with them', async () => {
    const now = Math.trunc(Date.now() / 1000)
    const authority = createAuthority(deps(now))
    const server = issueServerCertificate(deps(now), authority, defaultHostNames('machine'))
    const { key, publicKey } = createKeyPair()
    const client = issueClientCertificate(deps(now), authority, { name: 'client', publicKey })
    const ca = pem(authority.certificate)
    const listener = createServer({
      key: keyPem(server.key),
      cert: pem(server.certificate),
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    })
    cleanups.push(() => listener.close())
    const peer = new Promise<string>((resolve) => {
      listener.on('secureConnection', (socket: TLSSocket) => {
        resolve(socket.getPeerX509Certificate()?.subject ?? '')
        socket.end()
      })
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', ca, cert: pem(client), key: keyPem(key) })
    cleanups.push(() => socket.destroy())
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    expect(await peer).toBe('CN=client')
  })
})

describe('host names', () => {
  test.each(['kms.example', 'localhost', 'A-1', '10.0.0.1', '::1', 'fe80::1', '::ffff:1.2.3.4'])(
    '%s is one',
    (text) => {
      expect(parseHostName(text)).toBeDefined()
    },
  )

  test.each([
    '',
    '*.example',
    'a b',
    '-a',
    'a-',
    'a..b',
    '1.2.3',
    'fe80::1%eth0',
    'a/b',
    'ä.example',
  ])('%j is none', (text) => {
    expect(parseHostName(text)).toBeUndefined()
  })

  test('addresses are written as their bytes', () => {
    expect(parseHostName('::ffff:1.2.3.4')).toMatchObject({
      bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4),
    })
    expect(parseHostName('2001:db8::1:2')).toMatchObject({
      bytes: Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2),
    })
    expect(parseHostName('1:2:3:4:5:6:7:8')).toMatchObject({
      bytes: Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8),
    })
  })
})

describe('PEM', () => {
  test('is the base64 of Node, 64 digits to a line, whatever the length', () => {
    for (let length = 1; length <= 200; length += 1) {
      const der = randomBytes(length)
      const body = (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')
      const expected = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`
      expect(Buffer.from(encodePem('PRIVATE KEY', der)).toString('latin1')).toBe(expected)
    }
  })
})
