import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { LinkType } from '../../../src/spec/enum/link-type.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { HAS_OPENSSL } from '../../adapter/certificate/openssl.ts'
import {
  attribute1,
  type Bench,
  find,
  findAll,
  identifierOf,
  name2,
  textOf,
  uid,
} from '../harness.ts'
import { MISSING } from '../refusal-case.ts'
import {
  Authority,
  certificateObject,
  certificateOf,
  DATE,
  keyObject,
  NOW,
  X509,
  YEAR,
} from './sample.ts'

const DAY = 86_400
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const attributes = (xml: string): string => `<Attributes>${xml}</Attributes>`
const offset = (seconds: number): string => `<Offset type="Interval" value="${seconds}"/>`

describe.runIf(HAS_OPENSSL)('Re-certify (KMIP 1.4 section 4.8, KMIP 2.1 section 6.1.45)', () => {
  const authority = HAS_OPENSSL ? new Authority() : (undefined as never)
  const { openssl } = authority
  let bench: Bench
  let key: string
  let old: string

  const renew = async (payload: string, version = '2.1') => bench.ask(version, 'ReCertify', payload)
  const attributesOf = async (identifier: string) => {
    const { payload } = await bench.ask('2.1', 'GetAttributes', uid(identifier))
    return payload
  }
  const dateOf = async (identifier: string, tag: { readonly number: number }) => {
    const item = find(await attributesOf(identifier), tag)
    return item?.type === ItemType.DateTime ? Number(item.value) : undefined
  }
  const linksOf = async (identifier: string) =>
    findAll(await attributesOf(identifier), Tag.Link).map((link) => {
      const type = find(link, Tag.LinkType)
      const number = type?.type === ItemType.Enumeration ? type.value : undefined
      return [number, textOf(find(link, Tag.LinkedObjectIdentifier))]
    })

  openssl.write('ee.key', privateKey.export({ format: 'pem', type: 'pkcs8' }))
  beforeEach(async () => {
    bench = await authority.bench()
    key = identifierOf(await bench.ask('2.1', 'Register', keyObject('PublicKey', publicKey)))
    const wanted = `${X509}${name2('web')}<CertificateSubjectCN type="TextString" value="Web"/>
      <ActivationDate type="DateTime" value="${DATE(NOW)}"/>
      <DeactivationDate type="DateTime" value="${DATE(NOW + 10 * DAY)}"/>`
    old = identifierOf(await bench.ask('2.1', 'Certify', uid(key) + attributes(wanted)))
  })
  afterAll(() => {
    openssl.remove()
  })

  test('[KMIP 2.1 4.48, 4.54] is what the server does by itself with a certificate to be rotated', async () => {
    const wanted = `${X509}<CertificateSubjectCN type="TextString" value="Web 2"/>
      <RotateAutomatic type="Boolean" value="true"/>
      <RotateInterval type="Interval" value="${DAY}"/><RotateOffset type="Interval" value="0"/>
      <ActivationDate type="DateTime" value="${DATE(NOW)}"/>
      <DeactivationDate type="DateTime" value="${DATE(NOW + 10 * DAY)}"/>`
    const first = identifierOf(await bench.ask('2.1', 'Certify', uid(key) + attributes(wanted)))
    bench.now = NOW + DAY
    await bench.rotor.turn()
    const links = await linksOf(first)
    const replacement = links.find(([type]) => type === LinkType.ReplacementObjectLink)
    const next = String(replacement?.[1])
    expect(await dateOf(next, Tag.ActivationDate)).toBe(NOW + DAY)
    expect(await dateOf(next, Tag.DeactivationDate)).toBe(NOW + 11 * DAY)
    expect(await dateOf(next, Tag.RotateDate)).toBe(NOW + DAY)
    const renewed = new X509Certificate(await certificateOf(bench, next))
    expect(renewed.publicKey.equals(publicKey)).toBe(true)
  })

  test('makes a certificate for the same key and name, which OpenSSL verifies', async () => {
    const before = new X509Certificate(await certificateOf(bench, old))
    const renewed = await certificateOf(bench, identifierOf(await renew(uid(old))))
    const after = new X509Certificate(renewed)
    expect(authority.verifies(renewed)).toBe(true)
    expect(after.publicKey.equals(publicKey)).toBe(true)
    expect(after.subject).toBe('CN=Web')
    expect(after.serialNumber).not.toBe(before.serialNumber)
    expect([after.validFrom, after.validTo]).toEqual([before.validFrom, before.validTo])
  })

  test('moves the name, links old and new, and leads the key to the new one (table 187)', async () => {
    const renewed = identifierOf(await renew(uid(old)))
    expect(textOf(find(await attributesOf(renewed), Tag.NameValue))).toBe('web')
    expect(find(await attributesOf(old), Tag.NameValue)).toBeUndefined()
    expect(await linksOf(old)).toContainEqual([LinkType.ReplacementObjectLink, renewed])
    expect(await linksOf(renewed)).toEqual(
      expect.arrayContaining([
        [LinkType.ReplacedObjectLink, old],
        [LinkType.PublicKeyLink, key],
      ]),
    )
    expect(await linksOf(key)).toEqual([[LinkType.CertificateLink, renewed]])
  })

  test('copies the dates without an Offset, and moves them with one (table 186)', async () => {
    const renewed = identifierOf(await renew(uid(old) + offset(2 * DAY)))
    expect(await dateOf(renewed, Tag.ActivationDate)).toBe(NOW + 2 * DAY)
    expect(await dateOf(renewed, Tag.DeactivationDate)).toBe(NOW + 12 * DAY)
    const { validFrom, validTo } = new X509Certificate(await certificateOf(bench, renewed))
    expect(Date.parse(validFrom) / 1000).toBe(NOW + 2 * DAY)
    expect(Date.parse(validTo) / 1000).toBe(NOW + 12 * DAY)
  })

  test('takes another subject of a request with the same key', async () => {
    openssl.run('req -new -key ee.key -outform DER -out r.der -subj /CN=Other')
    const value = openssl.read('r.der').toString('hex')
    const renewed = identifierOf(
      await renew(
        `${uid(old)}<CertificateRequestType type="Enumeration" value="PKCS_10"/>
         <CertificateRequestValue type="ByteString" value="${value}"/>`,
      ),
    )
    expect(new X509Certificate(await certificateOf(bench, renewed)).subject).toBe('CN=Other')
  })

  test('renews a certificate of another issuer that was registered, for as long as it was valid', async () => {
    openssl.run('req -x509 -key ee.key -outform DER -out own.der -subj /CN=Own -days 7')
    const registered = identifierOf(
      await bench.ask('2.1', 'Register', certificateObject(openssl.read('own.der'))),
    )
    const der = await certificateOf(bench, identifierOf(await renew(uid(registered))))
    const { validFrom, validTo } = new X509Certificate(der)
    expect(authority.verifies(der)).toBe(true)
    expect(Date.parse(validFrom) / 1000).toBe(NOW)
    expect((Date.parse(validTo) - Date.parse(validFrom)) / 1000).toBe(7 * DAY)
    expect(Date.parse(validTo) / 1000).toBeLessThan(NOW + YEAR)
  })

  describe('refuses, and changes nothing:', () => {
    async function refusal(payload: string, version = '2.1'): Promise<unknown> {
      const before = await bench.dump()
      const { reason } = await renew(payload, version)
      expect(await bench.dump()).toEqual(before)
      return reason
    }
    const both = async (payload: string) => [
      await refusal(payload, '1.4'),
      await refusal(payload, '2.1'),
    ]

    test('an object that is not there', async () => {
      expect(await both(uid(MISSING))).toEqual(['ItemNotFound', 'ObjectNotFound'])
    })

    test('what is no certificate', async () => {
      expect(await both(uid(key))).toEqual(['PermissionDenied', 'InvalidObjectType'])
    })

    test('a certificate that was renewed before', async () => {
      await renew(uid(old))
      expect(await both(uid(old))).toEqual(['PermissionDenied', 'PermissionDenied'])
    })

    test('a compromised one', async () => {
      await bench.ask(
        '2.1',
        'Revoke',
        `${uid(old)}<RevocationReason><RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`,
      )
      expect(await both(uid(old))).toEqual(['PermissionDenied', 'PermissionDenied'])
    })

    test('an Offset beside a date (KMIP 1.4 section 11.9)', async () => {
      const date = '2025-01-01T00:00:00Z'
      const said1 = `<TemplateAttribute>${attribute1('Activation Date', 'DateTime', date)}</TemplateAttribute>`
      const said2 = attributes(`<ActivationDate type="DateTime" value="${date}"/>`)
      expect(await refusal(uid(old) + offset(1) + said1, '1.4')).toBe('InvalidMessage')
      expect(await refusal(uid(old) + offset(1) + said2)).toBe('InvalidMessage')
    })

    test('a request for another key', async () => {
      openssl.run(
        'req -new -newkey ed25519 -nodes -keyout o.key -outform DER -out o.der -subj /CN=o',
      )
      const value = openssl.read('o.der').toString('hex')
      expect(
        await refusal(
          `${uid(old)}<CertificateRequestType type="Enumeration" value="PKCS_10"/>
           <CertificateRequestValue type="ByteString" value="${value}"/>`,
        ),
      ).toBe('InvalidCSR')
    })

    test('another type of certificate', async () => {
      const pgp = attributes('<CertificateType type="Enumeration" value="PGP"/>')
      expect(await refusal(uid(old) + pgp)).toBe('InvalidField')
    })

    test('a kept request that is none', async () => {
      const named = `<CertificateRequestUniqueIdentifier type="TextString" value="${key}"/>`
      expect(await refusal(uid(old) + named)).toBe('InvalidObjectType')
    })
  })
})
