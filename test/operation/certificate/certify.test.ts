import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { childrenOf, readDer } from '../../../src/adapter/der/read.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { HAS_OPENSSL } from '../../adapter/certificate/openssl.ts'
import { approveAll, Officers, Rules, settled } from '../approval.fixture.ts'
import { attribute1, Bench, findAll, identifierOf, name2, textOf, uid } from '../harness.ts'
import { MISSING } from '../refusal-case.ts'
import {
  Authority,
  certificateOf,
  DATE,
  ISSUER,
  keyObject,
  NOW,
  OFFICER,
  SIGNS_CERTIFICATES,
  X509,
  YEAR,
} from './sample.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const attributes = (xml: string): string => `<Attributes>${xml}</Attributes>`
const csr2 = (type: string, bytes: Uint8Array): string =>
  `<CertificateRequestType type="Enumeration" value="${type}"/>
   <CertificateRequestValue type="ByteString" value="${Buffer.from(bytes).toString('hex')}"/>`

describe.runIf(HAS_OPENSSL)('Certify (KMIP 1.4 section 4.7, KMIP 2.1 section 6.1.6)', () => {
  const authority = HAS_OPENSSL ? new Authority() : (undefined as never)
  const { openssl } = authority
  let bench: Bench
  let key: string

  const request = (name: string, more = ''): Buffer => {
    openssl.run(`req -new -key ee.key -outform DER -out ${name} -subj /C=AU/CN=From${more}`)
    return openssl.read(name)
  }
  const certify = async (payload: string, version = '2.1') => bench.ask(version, 'Certify', payload)
  const issued = async (payload: string) =>
    certificateOf(bench, identifierOf(await certify(payload)))
  const linksOf = async (identifier: string) => {
    const { payload } = await bench.ask(
      '2.1',
      'GetAttributes',
      `${uid(identifier)}<AttributeReference type="Enumeration" value="Link"/>`,
    )
    return findAll(payload, Tag.LinkedObjectIdentifier).map(textOf)
  }

  openssl.write('ee.key', privateKey.export({ format: 'pem', type: 'pkcs8' }))
  beforeEach(async () => {
    bench = await authority.bench()
    key = identifierOf(
      await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey, name2('a key'))),
    )
  })
  afterAll(() => {
    openssl.remove()
  })

  test('is done once officers have agreed to it, with a key and a certificate that both need it', async () => {
    const approvals = {
      rules: new Rules().set('Certify', { isAbout: () => true }),
      electorate: new Officers('olga', 'oskar'),
      clientOf: (id: string) => ({ id, name: id, role: 'client' }),
    }
    bench = await authority.bench(undefined, { jobs: {}, approvals })
    const object = keyObject('PublicKey', publicKey, name2('a key'))
    key = identifierOf(await bench.ask('2.1', 'Register', object))
    for (const named of [name2('a certificate'), '']) {
      const item = { operation: 'Certify', payload: uid(key) + attributes(X509 + named) }
      const header = '<AsynchronousIndicator type="Enumeration" value="Optional"/>'
      const [pending] = (await bench.send('2.1', [item], { header })).items
      expect(pending?.status).toBe('OperationPending')
      await settled()
      await approveAll(bench, 'olga', 'oskar')
      const value = pending?.correlation ?? ''
      const polled = `<AsynchronousCorrelationValue type="ByteString" value="${value}"/>`
      expect(await bench.ask('2.1', 'Poll', polled)).toMatchObject({ status: 'Success' })
    }
  })

  test('makes a certificate of a public key alone, which OpenSSL verifies', async () => {
    const made = await certify(uid(key) + attributes(X509))
    const identifier = identifierOf(made)
    const der = await certificateOf(bench, identifier)
    const certificate = new X509Certificate(der)
    expect(authority.verifies(der)).toBe(true)
    expect(authority.verifies(der, NOW + YEAR + 1)).toBe(false)
    expect(certificate.publicKey.equals(publicKey)).toBe(true)
    expect(certificate.subject).toBe('CN=a key')
    expect(certificate.issuer).toBe('O=Test\nCN=Issuing CA')
    expect(certificate.ca).toBe(false)
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/u)
    const text = authority.shown(der)
    expect(text).toMatch(/Key Usage: critical\n\s+Digital Signature\n/u)
    expect(text).toContain('ecdsa-with-SHA384')
    expect(await linksOf(identifier)).toEqual([key])
    expect(await linksOf(key)).toEqual([identifier])
  })

  test('gives every certificate another serial number, and the key a link to each', async () => {
    const first = await certify(uid(key) + attributes(X509))
    const second = await certify(uid(key) + attributes(X509))
    const [one, two] = await Promise.all(
      [first, second].map(
        async (made) =>
          new X509Certificate(await certificateOf(bench, identifierOf(made))).serialNumber,
      ),
    )
    expect(one).not.toBe(two)
    expect(await linksOf(key)).toEqual([identifierOf(first), identifierOf(second)])
  })

  test('answers 1.x, where the request is a Template-Attribute, and sets the ID Placeholder', async () => {
    const type = attribute1('Certificate Type', 'Enumeration', 'X_509')
    const { items } = await bench.send('1.0', [
      {
        operation: 'Certify',
        payload: `${uid(key)}<TemplateAttribute>${type}</TemplateAttribute>`,
        id: '01',
      },
      { operation: 'Get', id: '02' },
    ])
    expect(items.map(({ status }) => status)).toEqual(['Success', 'Success'])
  })

  test.each(['PKCS_10', 'PEM'])('takes a request in %s before the attributes', async (type) => {
    const der = request('r.der', '/OU=x -addext subjectAltName=DNS:a.example,IP:10.0.0.1')
    openssl.run('req -inform DER -in r.der -out r.pem')
    const value = type === 'PEM' ? openssl.read('r.pem') : der
    const said = attributes('<CertificateSubjectCN type="TextString" value="Said"/>')
    const certificate = await issued(uid(key) + csr2(type, value) + said)
    expect(authority.verifies(certificate)).toBe(true)
    const { subject, subjectAltName } = new X509Certificate(certificate)
    expect(subject).toBe('C=AU\nCN=From\nOU=x')
    expect(subjectAltName).toBe('DNS:a.example, IP Address:10.0.0.1')
  })

  test('takes a request in CRMF', async () => {
    // OpenSSL writes CRMF in its CMP requests alone; the answer to it is of no matter.
    const cmp =
      'cmp -cmd ir -use_mock_srv -srv_ref a -srv_secret pass:a -rsp_cert ca.pem -certout o.pem'
    expect(() =>
      openssl.run(`${cmp} -ref a -secret pass:a -newkey ee.key -subject /CN=Crmf -reqout cmp.der`),
    ).toThrow('openssl')
    const message = openssl.read('cmp.der')
    // PKIMessage ::= SEQUENCE { header, body [0] CertReqMessages, … } (RFC 4210 section 5.1)
    const [, body] = childrenOf(readDer(message))
    const [messages] = body === undefined ? [] : childrenOf(body)
    const certificate = await issued(csr2('CRMF', messages?.whole ?? message))
    expect(authority.verifies(certificate)).toBe(true)
    expect(new X509Certificate(certificate).subject).toBe('CN=Crmf')
  })

  test('takes a request without a key object in 2.x, and one that was registered', async () => {
    const der = request('r.der')
    const certificate = await issued(csr2('PKCS_10', der))
    expect(new X509Certificate(certificate).publicKey.equals(publicKey)).toBe(true)
    const kept = await bench.ask(
      '2.1',
      'Register',
      `<ObjectType type="Enumeration" value="CertificateRequest"/><Attributes/><CertificateRequest>
       ${csr2('PKCS_10', der)}</CertificateRequest>`,
    )
    const other = await issued(uid(identifierOf(kept)))
    expect(new X509Certificate(other).subject).toBe('C=AU\nCN=From')
  })

  test('puts subject, dates and usages of the attributes in, as far as they go', async () => {
    const certificate = await issued(
      uid(key) +
        attributes(`${X509}
          <CertificateSubjectCN type="TextString" value="Said"/>
          <CertificateSubjectO type="TextString" value="Org, Inc."/>
          <ActivationDate type="DateTime" value="${DATE(NOW + 3_600)}"/>
          <DeactivationDate type="DateTime" value="${DATE(NOW + 7_200)}"/>
          <CryptographicUsageMask type="Integer" value="Verify Encrypt CertificateSign"/>`),
    )
    const { subject, validFrom, validTo, ca } = new X509Certificate(certificate)
    expect(subject).toBe(String.raw`O=Org\, Inc.`.concat('\nCN=Said'))
    expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([
      (NOW + 3_600) * 1_000,
      (NOW + 7_200) * 1_000,
    ])
    // Neither what the key is not for, nor an authority.
    expect(authority.shown(certificate)).toMatch(/Key Usage: critical\n\s+Digital Signature\n/u)
    expect(ca).toBe(false)
  })

  test('never grants an authority that a request asks for', async () => {
    const der = request(
      'r.der',
      ' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,digitalSignature',
    )
    const certificate = await issued(csr2('PKCS_10', der))
    expect(new X509Certificate(certificate).ca).toBe(false)
    expect(authority.shown(certificate)).not.toContain('Certificate Sign')
  })

  test('ends no certificate after that of the issuer or the days of the policy', async () => {
    const wanted = `<ActivationDate type="DateTime" value="${DATE(NOW)}"/>
      <DeactivationDate type="DateTime" value="2090-01-01T00:00:00Z"/>`
    const certificate = await issued(uid(key) + attributes(X509 + wanted))
    expect(Date.parse(new X509Certificate(certificate).validTo)).toBe((NOW + YEAR) * 1_000)
  })

  describe('refuses, and changes nothing:', () => {
    async function refusal(payload: string, version = '2.1'): Promise<unknown> {
      const before = await bench.dump()
      const { reason } = await certify(payload, version)
      expect(await bench.dump()).toEqual(before)
      return reason
    }
    const both = async (payload: string, typed: (xml: string) => string = (xml) => xml) => [
      await refusal(typed(payload), '1.4'),
      await refusal(typed(payload), '2.1'),
    ]
    const type1 = `<TemplateAttribute>${attribute1('Certificate Type', 'Enumeration', 'X_509')}</TemplateAttribute>`

    test('an object that is not there', async () => {
      expect(await refusal(uid(MISSING) + type1, '1.4')).toBe('ItemNotFound')
      expect(await refusal(uid(MISSING) + attributes(X509))).toBe('ItemNotFound')
    })

    test('what is no public key', async () => {
      const aes = await bench.createKey()
      expect(await refusal(uid(aes) + type1, '1.4')).toBe('PermissionDenied')
      expect(await refusal(uid(aes) + attributes(X509))).toBe('InvalidObjectType')
    })

    test('a revoked key', async () => {
      await bench.ask(
        '2.1',
        'Revoke',
        `${uid(key)}<RevocationReason><RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`,
      )
      expect(await refusal(uid(key) + type1, '1.4')).toBe('PermissionDenied')
      expect(await refusal(uid(key) + attributes(X509))).toBe('PermissionDenied')
    })

    test('no Certificate Type where there is no request', async () => {
      expect(await both(uid(key))).toEqual(['InvalidField', 'InvalidField'])
    })

    test('a type that is not issued', async () => {
      const pgp = '<CertificateType type="Enumeration" value="PGP"/>'
      expect(await refusal(uid(key) + attributes(pgp))).toBe('InvalidField')
    })

    test('a request that is not one, is of another type, or is not signed with its key', async () => {
      const der = request('r.der')
      const forged = Buffer.from(der)
      forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
      const csr1 = (type: string, bytes: Uint8Array) =>
        `<CertificateRequestType type="Enumeration" value="${type}"/>
         <CertificateRequest type="ByteString" value="${hex(bytes)}"/>`
      for (const [type, bytes] of [
        ['PKCS_10', Buffer.from('3000', 'hex')],
        ['PKCS_10', der.subarray(0, -1)],
        ['PKCS_10', forged],
        ['PEM', der],
        ['CRMF', der],
      ] as const) {
        expect(await refusal(uid(key) + csr2(type, bytes))).toBe('InvalidCSR')
        expect(await refusal(uid(key) + csr1(type, bytes), '1.4')).toBe('InvalidField')
      }
      expect(await refusal(uid(key) + csr1('PGP', der), '1.4')).toBe('InvalidField')
    })

    test('a request for another key', async () => {
      openssl.run(
        'req -new -newkey ed25519 -nodes -keyout o.key -outform DER -out o.der -subj /CN=o',
      )
      expect(await refusal(uid(key) + csr2('PKCS_10', openssl.read('o.der')))).toBe('InvalidCSR')
    })

    test('a request without its type, and a type without its request', async () => {
      expect(
        await refusal(`${uid(key)}<CertificateRequestValue type="ByteString" value="3000"/>`),
      ).toBe('InvalidMessage')
      expect(
        await refusal(`${uid(key)}<CertificateRequestType type="Enumeration" value="PKCS_10"/>`),
      ).toBe('InvalidMessage')
    })

    test('dates that leave nothing', async () => {
      const late = '<ActivationDate type="DateTime" value="2050-01-01T00:00:00Z"/>'
      expect(await refusal(uid(key) + attributes(X509 + late))).toBe('InvalidField')
    })

    test('a name that is taken', async () => {
      expect(await refusal(uid(key) + attributes(X509 + name2('a key')))).toBe('InvalidField')
    })

    test('everything while the issuing key may not sign certificates, or is not there', async () => {
      const asleep = SIGNS_CERTIFICATES.replace(/<ActivationDate.*\n/u, '')
      const wrong = SIGNS_CERTIFICATES.replace('CertificateSign', 'Sign')
      for (const more of [asleep, wrong]) {
        bench = await authority.bench(more)
        key = identifierOf(await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey)))
        expect(await refusal(uid(key) + attributes(X509))).toBe('PermissionDenied')
      }
    })

    test('everything once the certificate of the issuer is revoked', async () => {
      const located = await bench.ask(
        '2.1',
        'Locate',
        attributes(name2(ISSUER.certificate)),
        OFFICER,
      )
      const revocation = `${uid(identifierOf(located))}<RevocationReason>
        <RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`
      const revoked = await bench.ask('2.1', 'Revoke', revocation, OFFICER)
      expect(revoked.status).toBe('Success')
      expect(await refusal(uid(key) + attributes(X509))).toBe('PermissionDenied')
    })

    test('everything on a server without an issuer', async () => {
      bench = await Bench.open()
      key = identifierOf(await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey)))
      expect(await refusal(uid(key) + attributes(X509))).toBe('FeatureNotSupported')
      expect(await refusal(uid(key) + type1, '1.4')).toBe('FeatureNotSupported')
    })
  })

  test('links to the certificate of the issuer only where it is the client’s own', async () => {
    const own = await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey), OFFICER)
    const made = await bench.ask(
      '2.1',
      'Certify',
      uid(identifierOf(own)) + attributes(X509),
      OFFICER,
    )
    const { payload } = await bench.ask(
      '2.1',
      'GetAttributes',
      `${uid(identifierOf(made))}<AttributeReference type="Enumeration" value="Link"/>`,
      OFFICER,
    )
    expect(findAll(payload, Tag.Link)).toHaveLength(2)
  })
})
