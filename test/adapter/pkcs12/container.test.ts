import { createPrivateKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decryptRc2Cbc } from '../../../src/adapter/pkcs12/rc2.ts'
import { bmpOf, deriveKey, PURPOSE } from '../../../src/adapter/pkcs12/password.ts'
import { nodePkcs12 } from '../../../src/adapter/pkcs12/index.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { HAS_OPENSSL, Openssl } from '../certificate/openssl.ts'

const secret = (text: string): Secret => Secret.copyOf(Buffer.from(text))
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return 'done'
  } catch (error) {
    return error instanceof KmipFault ? error.code : error
  }
}

describe('RC2', () => {
  // RFC 2268 section 5: one block is CBC with an empty IV.
  test.each([
    ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
    ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
    ['88', 64, '0000000000000000', '61a8a244adacccf0'],
    ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
    ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
    ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
  ])(
    'decrypts what RFC 2268 section 5 has for the key %s of %i bits',
    (key, bits, clear, cipher) => {
      const iv = new Uint8Array(8)
      const plaintext = decryptRc2Cbc(hex(key), { iv, effectiveBits: bits }, hex(cipher))
      expect(Buffer.from(plaintext).toString('hex')).toBe(clear)
    },
  )
})

describe('the derivation of PKCS#12', () => {
  // Published with the first implementations: the password "smeg", salt 0A58CF64530D823F.
  test('gives the keys of the published example (RFC 7292 appendix B)', () => {
    const from = { hash: 'sha1', salt: hex('0a58cf64530d823f'), iterations: 1 } as const
    const password = bmpOf(Buffer.from('smeg'))
    const key = deriveKey(password, { ...from, purpose: PURPOSE.key, length: 24 })
    const iv = deriveKey(password, { ...from, purpose: PURPOSE.iv, length: 8 })
    expect(Buffer.from(key).toString('hex')).toBe(
      '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3',
    )
    expect(Buffer.from(iv).toString('hex')).toBe('79993dfe048d3b76')
  })
})

describe.runIf(HAS_OPENSSL)('containers', () => {
  const openssl = new Openssl()
  const container = (name: string): Secret => Secret.copyOf(openssl.read(name))

  beforeAll(() => {
    const req = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9'
    openssl.run(`${req} -keyout ca.key -out ca.pem -subj /CN=Top`)
    openssl.run('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ee.key')
    openssl.run('req -new -key ee.key -out ee.csr -subj /CN=EE')
    openssl.run('x509 -req -in ee.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ee.pem -days 9')
    const make = 'pkcs12 -export -inkey ee.key -in ee.pem -certfile ca.pem -name'
    openssl.run(`${make} Alias -out new.p12 -passout pass:päss`)
    openssl.run(`${make} Alias -out plain.p12 -passout pass:x -keypbe NONE -certpbe NONE`)
    openssl.run(
      `${make} Alias -out old.p12 -passout pass:x -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1`,
    )
    openssl.run(`${make} a -out bad.p12 -passout pass:x -nomac`)
  })
  afterAll(() => {
    openssl.remove()
  })

  test.each([
    ['new.p12', 'päss'],
    ['plain.p12', 'x'],
    ['old.p12', 'x'],
  ])('of OpenSSL are opened: %s', async (name, password) => {
    const store = await nodePkcs12.read(container(name), secret(password))
    const key = store.privateKey.expose((bytes) =>
      createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }),
    )
    expect(key.export({ format: 'pem', type: 'pkcs8' })).toBe(openssl.read('ee.key').toString())
    expect(store.friendlyName).toBe('Alias')
    const [leaf = new Uint8Array(0), top = new Uint8Array(0)] = store.certificates
    openssl.write('leaf.der', leaf)
    openssl.write('top.der', top)
    expect(openssl.run('x509 -inform DER -in leaf.der')).toBe(openssl.run('x509 -in ee.pem'))
    expect(openssl.run('x509 -inform DER -in top.der')).toBe(openssl.run('x509 -in ca.pem'))
  })

  test('of ours are opened by OpenSSL, and by ourselves', async () => {
    const store = await nodePkcs12.read(container('old.p12'), secret('x'))
    const own = await nodePkcs12.write(store, secret('päss'))
    openssl.write(
      'own.p12',
      own.expose((bytes) => bytes),
    )
    const shown = openssl.run('pkcs12 -in own.p12 -passin pass:päss -nodes')
    expect(shown).toContain('friendlyName: Alias')
    expect(shown.match(/BEGIN CERTIFICATE/gu)).toHaveLength(2)
    openssl.write('shown.pem', shown)
    expect(openssl.run('pkey -in shown.pem')).toBe(openssl.run('pkey -in ee.key'))
    expect(openssl.run('verify -CAfile ca.pem ee.pem')).toContain('OK')
    const again = await nodePkcs12.read(own, secret('päss'))
    expect(again.privateKey.equals(store.privateKey)).toBe(true)
    expect(again.certificates).toEqual(store.certificates)
  })

  test('give the key of a friendly name, in whatever case (KMIP 1.4 section 3.45)', async () => {
    const read = async (name: string) => nodePkcs12.read(container('old.p12'), secret('x'), name)
    expect((await read('aLIAS')).friendlyName).toBe('Alias')
    expect(await codeOf(read('other'))).toBe('INVALID_FIELD')
  })

  test('say CRYPTO_FAILED to a wrong password, and to any change behind it', async () => {
    expect(await codeOf(nodePkcs12.read(container('new.p12'), secret('wrong')))).toBe(
      'CRYPTO_FAILED',
    )
    const changed = openssl.read('new.p12')
    changed[400] = (changed[400] ?? 0) ^ 1
    expect(await codeOf(nodePkcs12.read(Secret.copyOf(changed), secret('päss')))).toBe(
      'CRYPTO_FAILED',
    )
  })

  test('are refused a password that is no password any more', async () => {
    const store = await nodePkcs12.read(container('old.p12'), secret('x'))
    expect(await codeOf(nodePkcs12.write(store, secret('x'.repeat(1_025))))).toBe('INVALID_FIELD')
    const own = await nodePkcs12.write(store, secret('x'.repeat(1_024)))
    expect(await codeOf(nodePkcs12.read(own, secret('x'.repeat(1_024))))).toBe('done')
    // Its MAC would be right: what is behind the end of such a password is all there is to it.
    expect(await codeOf(nodePkcs12.read(own, secret('x'.repeat(1_025))))).toBe('INVALID_FIELD')
  })

  test('are refused without a MAC, cut off, and when they ask for a day of work', async () => {
    expect(await codeOf(nodePkcs12.read(container('bad.p12'), secret('x')))).toBe('INVALID_FIELD')
    const whole = openssl.read('old.p12')
    for (const length of [0, 1, 10, 500, whole.length - 1]) {
      const cut = Secret.copyOf(whole.subarray(0, length))
      expect(await codeOf(nodePkcs12.read(cut, secret('x')))).toBe('INVALID_FIELD')
    }
    openssl.run(
      'pkcs12 -export -inkey ee.key -in ee.pem -out slow.p12 -passout pass:x -iter 10000000 -macalg sha1 -keypbe NONE -certpbe NONE',
    )
    const dear = '-macalg sha1 -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -iter 20000'
    openssl.run(`pkcs12 -export -inkey ee.key -in ee.pem -out dear.p12 -passout pass:x ${dear}`)
    // Three times 20,000: each would do, all of them are too many.
    expect(await codeOf(nodePkcs12.read(container('dear.p12'), secret('x')))).toBe('INVALID_FIELD')
    const before = performance.now()
    expect(await codeOf(nodePkcs12.read(container('slow.p12'), secret('x')))).toBe('INVALID_FIELD')
    expect(performance.now() - before).toBeLessThan(1_000)
  })
})
