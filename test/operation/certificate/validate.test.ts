import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../../src/spec/tag.ts'
import { ValidityIndicator } from '../../../src/spec/enum/validity-indicator.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { HAS_OPENSSL, Openssl } from '../../adapter/certificate/openssl.ts'
import { Bench, find, identifierOf, name2, uid } from '../harness.ts'
import { MISSING } from '../refusal-case.ts'
import { certificate, certificateObject, DATE, ISSUER, OFFICER } from './sample.ts'

const INDICATORS = new Map<unknown, string>([
  [ValidityIndicator.Valid, 'Valid'],
  [ValidityIndicator.Invalid, 'Invalid'],
  [ValidityIndicator.Unknown, 'Unknown'],
])
const CONFIG = `[req]
distinguished_name=dn
prompt=no
[dn]
CN=unused
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
[short]
basicConstraints=critical,CA:TRUE,pathlen:0
[nosign]
basicConstraints=critical,CA:TRUE
keyUsage=critical,digitalSignature
[ee]
basicConstraints=CA:FALSE
[odd]
1.2.3.4.5=critical,DER:0500
`

describe.runIf(HAS_OPENSSL)('Validate (KMIP 1.4 section 4.24, KMIP 2.1 section 6.1.57)', () => {
  const openssl = new Openssl()
  const now = Math.trunc(Date.now() / 1000)
  let bench: Bench
  let serial = 1_000

  /** Makes a certificate `name` of OpenSSL, signed by another or by itself. */
  function make(name: string, issuer: string, extensions: string, days = 10): void {
    openssl.run(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.key`)
    openssl.run(`req -new -config c.cnf -key ${name}.key -out ${name}.csr -subj /CN=${name}`)
    const sign = issuer === name ? `-signkey ${name}.key` : `-CA ${issuer}.pem -CAkey ${issuer}.key`
    serial += 1
    openssl.run(
      `x509 -req -in ${name}.csr ${sign} -set_serial ${serial} -days ${days} -extfile c.cnf -extensions ${extensions} -out ${name}.pem`,
    )
    openssl.run(`x509 -in ${name}.pem -outform DER -out ${name}.der`)
  }

  const der = (name: string): Buffer => openssl.read(`${name}.der`)
  const sent = (...names: string[]): string => names.map((name) => certificate(der(name))).join('')
  const registered = async (name: string, as = 'alice') =>
    identifierOf(await bench.ask('2.1', 'Register', certificateObject(der(name)), as))
  const at = (seconds: number): string => `<ValidityDate type="DateTime" value="${DATE(seconds)}"/>`
  async function indicator(payload: string, version = '2.1'): Promise<unknown> {
    const answer = await bench.ask(version, 'Validate', payload)
    const item = find(answer.payload, Tag.ValidityIndicator)
    return item?.type === ItemType.Enumeration ? INDICATORS.get(item.value) : answer.reason
  }

  openssl.write('c.cnf', CONFIG)
  for (const [name, issuer, extensions] of [
    ['root', 'root', 'ca'],
    ['inter', 'root', 'ca'],
    ['ee', 'inter', 'ee'],
    ['other', 'other', 'ca'],
    ['short', 'root', 'short'],
    ['below', 'short', 'ca'],
    ['deep', 'below', 'ee'],
    ['mute', 'root', 'nosign'],
    ['ofmute', 'mute', 'ee'],
    ['ofee', 'ee', 'ee'],
    ['odd', 'root', 'odd'],
  ] as const) {
    make(name, issuer, extensions)
  }

  beforeEach(async () => {
    bench = await Bench.open()
    bench.now = now + 60
  })
  afterAll(() => {
    openssl.remove()
  })

  test.each(['1.0', '1.4', '2.0', '2.1'])('finds a chain valid, in %s, in any order', async (v) => {
    const root = uid(await registered('root'))
    expect(await indicator(sent('ee', 'inter') + root, v)).toBe('Valid')
    expect(await indicator(sent('inter', 'ee') + root, v)).toBe('Valid')
    const all = uid(await registered('inter')) + uid(await registered('ee')) + root
    expect(await indicator(all, v)).toBe('Valid')
  })

  test('takes no certificate twice for two', async () => {
    const root = uid(await registered('root'))
    expect(await indicator(sent('ee', 'inter', 'root') + root)).toBe('Valid')
    expect(await indicator(sent('ee', 'inter', 'inter') + root)).toBe('Valid')
  })

  test('trusts a root that the client has registered, and no other', async () => {
    expect(await indicator(sent('ee', 'inter', 'root'))).toBe('Unknown')
    await registered('root', 'bob')
    expect(await indicator(sent('ee', 'inter', 'root'))).toBe('Unknown')
    expect(await indicator(sent('ee', 'inter'))).toBe('Unknown')
    expect(await indicator(sent('root'))).toBe('Unknown')
    expect(await indicator(uid(await registered('root')))).toBe('Valid')
  })

  test('is true of a date', async () => {
    const chain = sent('ee', 'inter') + uid(await registered('root'))
    expect(await indicator(chain + at(now + 9 * 86_400))).toBe('Valid')
    expect(await indicator(chain + at(now + 11 * 86_400))).toBe('Invalid')
    expect(await indicator(chain + at(now - 86_400))).toBe('Invalid')
  })

  test.each([
    ['a certificate between is missing', ['ee']],
    ['one does not belong', ['ee', 'inter', 'other']],
    ['the path is longer than an authority allows', ['deep', 'below', 'short']],
    ['an issuer may not sign certificates by its Key Usage', ['ofmute', 'mute']],
    ['an issuer is no authority', ['ofee', 'ee', 'inter']],
    ['a critical extension is not understood', ['odd']],
  ])('is false where %s (RFC 5280 section 6.1)', async (_, names) => {
    expect(await indicator(sent(...names) + uid(await registered('root')))).toBe('Invalid')
  })

  test('is false where a signature is not that of the issuer', async () => {
    const forged = Buffer.from(der('ee'))
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    const root = uid(await registered('root'))
    expect(await indicator(certificate(forged) + sent('inter') + root)).toBe('Invalid')
  })

  test('is false of a certificate that was revoked', async () => {
    const inter = await registered('inter')
    const chain = sent('ee') + uid(inter) + uid(await registered('root'))
    expect(await indicator(chain)).toBe('Valid')
    await bench.ask(
      '2.1',
      'Revoke',
      `${uid(inter)}<RevocationReason><RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`,
    )
    expect(await indicator(chain)).toBe('Invalid')
  })

  test('trusts the certificate of the issuing key pair, until it is revoked', async () => {
    bench = await Bench.open({ issuer: ISSUER })
    bench.now = now + 60
    const more = name2(ISSUER.certificate)
    const root = uid(
      identifierOf(
        await bench.ask('2.1', 'Register', certificateObject(der('root'), more), OFFICER),
      ),
    )
    expect(await indicator(sent('ee', 'inter'))).toBe('Valid')
    await bench.ask(
      '2.1',
      'Revoke',
      `${root}<RevocationReason><RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`,
      OFFICER,
    )
    expect(await indicator(sent('ee', 'inter'))).toBe('Invalid')
    expect(await indicator(sent('ee', 'inter', 'root'))).toBe('Invalid')
  })

  test('refuses what is no list of certificates (KMIP 1.4 section 11.25)', async () => {
    const before = await bench.dump()
    expect(await indicator('', '1.4')).toBe('InvalidMessage')
    expect(await indicator('')).toBe('InvalidMessage')
    expect(await indicator(uid(MISSING), '1.4')).toBe('InvalidMessage')
    expect(await indicator(uid(MISSING))).toBe('ObjectNotFound')
    const junk = certificate(Buffer.from('3000', 'hex'))
    expect(await indicator(junk, '1.4')).toBe('InvalidField')
    expect(await indicator(junk)).toBe('InvalidField')
    const many = Array.from({ length: 17 }, () => 'ee')
    expect(await indicator(sent(...many))).toBe('InvalidMessage')
    expect(await bench.dump()).toEqual(before)
  })

  test('refuses an object of another type', async () => {
    const key = uid(await bench.createKey())
    expect(await indicator(key, '1.4')).toBe('InvalidMessage')
    expect(await indicator(key)).toBe('InvalidObjectType')
  })
})
