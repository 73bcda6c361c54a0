import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeCertificates } from '../../../src/adapter/certificate/index.ts'
import { element, integer, octets, sequence } from '../../../src/adapter/der/write.ts'
import { T } from '../../../src/adapter/der/read.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import { DigitalSignatureAlgorithm } from '../../../src/spec/enum/digital-signature-algorithm.ts'
import { KeyFormatType } from '../../../src/spec/enum/key-format-type.ts'
import { HAS_OPENSSL, Openssl } from './openssl.ts'

/** Issuer C=AU,O=Kmip Test,CN=Inter, subject CN=EE: from the official case TC-CERTATTR-1-14. */
const OFFICIAL = Buffer.from(
  '3082022930820192a00302010202083132333435363738300d06092a864886f70d01010b05003031310b300906035504061302415531123010060355040a13094b6d69702054657374310e300c06035504031305496e746572301e170d3135313231373036313030375a170d3136303130333036353033365a302e310b300906035504061302415531123010060355040a13094b6d69702054657374310b300906035504031302454530819f300d06092a864886f70d010101050003818d0030818902818100',
  'hex',
)

function codeOf(read: () => unknown): unknown {
  try {
    read()
    return 'read'
  } catch (error) {
    return error instanceof KmipFault ? error.code : error
  }
}

describe.runIf(HAS_OPENSSL)('a certificate that OpenSSL has made', () => {
  const openssl = new Openssl()
  let der: Buffer
  const read = () => nodeCertificates.read(der)

  beforeAll(() => {
    openssl.run(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -outform DER -out c.der -days 30 -sha384 -set_serial 0x00d2f5bad76a5ac8f9 -addext keyUsage=critical,digitalSignature,keyAgreement',
      '-addext',
      'subjectAltName=DNS:a.example,IP:10.0.0.1,IP:2001:db8::1,email:x@a.example,URI:urn:a',
      '-subj',
      '/C=AU/ST=Some State/L=Town/O=Kmip, Test/OU=One+CN=Two/OU= three/CN="Q" \\ <r>;#/emailAddress=x@a.example/UID=u1/serialNumber=77/title=T/DC=org/dnQualifier=q',
      '-multivalue-rdn',
    )
    der = openssl.read('c.der')
  })
  afterAll(() => {
    openssl.remove()
  })

  test('has the names that OpenSSL prints (RFC 2253)', () => {
    const printed = openssl.run('x509 -in c.der -inform DER -noout -subject -nameopt RFC2253')
    expect(`subject=${read().subject.text}\n`).toBe(printed)
    expect(read().issuer.text).toBe(read().subject.text)
  })

  test('has a part for each attribute of KMIP 2.1 section 4.6, several of a kind in their order', () => {
    const parts = read().subject.parts.map(({ kind, text }) => `${kind}=${text}`)
    expect(parts).toContain('Email=x@a.example')
    expect(parts.filter((part) => part.startsWith('OU='))).toEqual(['OU=One', 'OU= three'])
    expect(new Set(read().subject.parts.map(({ kind }) => kind)).size).toBe(12)
  })

  test('has serial number, dates, usage and alternative names', () => {
    const certificate = read()
    const printed = openssl.run('x509 -in c.der -inform DER -noout -dates -dateopt iso_8601')
    const [, from, to] = /notBefore=(.*)\nnotAfter=(.*)\n/.exec(printed) ?? []
    expect(Buffer.from(certificate.serialNumber).toString('hex')).toBe('020900d2f5bad76a5ac8f9')
    expect(certificate.notBefore).toBe(Date.parse(from ?? '') / 1000)
    expect(certificate.notAfter).toBe(Date.parse(to ?? '') / 1000)
    expect(certificate.keyUsage).toEqual(['digitalSignature', 'keyAgreement'])
    expect(certificate.subjectAlternativeNames.map(({ text }) => text)).toEqual([
      'a.example',
      '10.0.0.1',
      '2001:db8:0:0:0:0:0:1',
      'x@a.example',
      'urn:a',
    ])
  })

  test('is verified with what was read of its signature', () => {
    const { publicKey, signature } = read()
    const key = nodeCrypto.keys.parsePublic(KeyFormatType.X_509, publicKey)
    const { parameters = {}, signed, value } = signature
    expect(signature.algorithm).toBe(DigitalSignatureAlgorithm.ECDSAWithSHA384)
    const check = (bytes: Uint8Array) =>
      nodeCrypto.signatures.verify(key, parameters, { data: bytes, signature: value })
    expect(check(signed)).toBe(true)
    expect(check(signed.map((byte, index) => (index === 40 ? byte ^ 1 : byte)))).toBe(false)
  })

  test('is refused with INVALID_FIELD when it is cut anywhere or has a byte too many', () => {
    for (let length = 0; length < der.length; length += 1) {
      expect(codeOf(() => nodeCertificates.read(der.subarray(0, length)))).toBe('INVALID_FIELD')
    }
    expect(codeOf(() => nodeCertificates.read(Buffer.concat([der, Buffer.of(0)])))).toBe(
      'INVALID_FIELD',
    )
  })

  test('is read or refused, and nothing else, whatever bytes are changed', () => {
    const change = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(change, (changes) => {
        const bytes = Uint8Array.from(der)
        for (const [at, byte] of changes) bytes[at] = byte
        expect(['read', 'INVALID_FIELD']).toContain(codeOf(() => nodeCertificates.read(bytes)))
      }),
      { numRuns: 400 },
    )
  })

  test('may not name another algorithm outside than in what is signed (RFC 5280 section 4.1.1.2)', () => {
    const sha384 = Buffer.from('06082a8648ce3d040303', 'hex')
    const changed = Buffer.from(der)
    changed[changed.lastIndexOf(sha384) + sha384.length - 1] = 0x02
    expect(codeOf(() => nodeCertificates.read(changed))).toBe('INVALID_FIELD')
  })
})

describe.runIf(HAS_OPENSSL)('signature algorithms', () => {
  const openssl = new Openssl()
  afterAll(() => {
    openssl.remove()
  })

  test.each([
    ['RSA with SHA-256', '-newkey rsa:2048 -sha256', 'SHA_256WithRSAEncryption'],
    ['RSA with SHA-1', '-newkey rsa:2048 -sha1', 'SHA_1WithRSAEncryption'],
    ['RSASSA-PSS', '-newkey rsa:2048 -sha512 -sigopt rsa_padding_mode:pss', 'RSASSA_PSS'],
    ['Ed25519', '-newkey ed25519', undefined],
    ['Ed448', '-newkey ed448', undefined],
  ] as const)('%s are known and verified', (_, options, name) => {
    openssl.run(`req -x509 ${options} -nodes -keyout k.pem -outform DER -out c.der -subj /CN=a`)
    const { publicKey, signature } = nodeCertificates.read(openssl.read('c.der'))
    const key = nodeCrypto.keys.parsePublic(KeyFormatType.X_509, publicKey)
    expect(signature.algorithm).toBe(name && DigitalSignatureAlgorithm[name])
    expect(
      nodeCrypto.signatures.verify(key, signature.parameters ?? {}, {
        data: signature.signed,
        signature: signature.value,
      }),
    ).toBe(true)
  })
})

describe('hostile DER', () => {
  const nested = (depth: number): Uint8Array => {
    let inner: Uint8Array = sequence()
    for (let level = 0; level < depth; level += 1) inner = sequence(inner)
    return inner
  }

  test.each<readonly [string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['an indefinite length', Uint8Array.of(0x30, 0x80, 0, 0)],
    ['a length of more bytes than it needs', Uint8Array.of(0x30, 0x81, 0x01, 0)],
    ['a length with a zero in front', Uint8Array.of(0x30, 0x82, 0, 0x80)],
    ['a length of 4 GiB', Uint8Array.of(0x30, 0x84, 255, 255, 255, 255)],
    ['a length of eight bytes', Uint8Array.of(0x30, 0x88, 1, 1, 1, 1, 1, 1, 1, 1)],
    ['a tag number above 30', Uint8Array.of(0x3f, 0x81, 0, 0)],
    ['ten thousand levels', nested(10_000)],
    ['30,000 elements side by side', sequence(element(T.sequence, new Uint8Array(65_000)))],
    ['something larger than any certificate', sequence(octets(new Uint8Array(70_000)))],
    ['an empty sequence', sequence()],
    ['half of a certificate', OFFICIAL],
    ['an integer', integer(Uint8Array.of(1))],
  ])('is refused: %s', (_, bytes) => {
    const before = performance.now()
    expect(codeOf(() => nodeCertificates.read(bytes))).toBe('INVALID_FIELD')
    expect(performance.now() - before).toBeLessThan(500)
  })
})

describe('the text of a name', () => {
  const textOf = (text: string): string =>
    nodeCertificates.readName(nodeCertificates.writeName([{ kind: 'CN', text }])).text

  test.each([
    ['a,b', String.raw`CN=a\,b`],
    [' a ', String.raw`CN=\ a\ `],
    ['#a', String.raw`CN=\#a`],
    ['a\0b', String.raw`CN=a\00b`],
    ['"\\', String.raw`CN=\"\\`],
    ['ä', 'CN=ä'],
  ])('escapes %j (RFC 4514 section 2.4)', (text, expected) => {
    expect(textOf(text)).toBe(expected)
  })

  test('does not give parts that have no place in it', () => {
    const write = (kind: 'C' | 'CN', text: string) => () =>
      nodeCertificates.writeName([{ kind, text }])
    expect(codeOf(write('C', 'ä'))).toBe('INVALID_FIELD')
    expect(codeOf(write('CN', ''))).toBe('INVALID_FIELD')
  })
})
