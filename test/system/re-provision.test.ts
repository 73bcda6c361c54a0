import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { HAS_OPENSSL, Openssl } from '../adapter/certificate/openssl.ts'
import type { Serving } from '../cli/serving.ts'
import { find, messageOf, type BatchItemText } from '../operation/harness.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { connectClient, type Credentials } from './client.ts'
import { createSite, type Site } from './server.ts'

describe.runIf(HAS_OPENSSL)('[KMIP 2.1 6.1.48] Re-Provision', () => {
  const openssl = new Openssl()
  let site: Site
  let server: Serving

  beforeAll(async () => {
    site = await createSite()
    server = await site.start()
  })
  afterAll(() => {
    site[Symbol.dispose]()
    openssl.remove()
  })

  /** The Result Statuses, Reasons and Certificate Value of an answer, asked for over a connection of its own. */
  async function ask(credentials: Credentials, items: readonly BatchItemText[]) {
    const client = await connectClient(server.port, credentials)
    try {
      const { items: answered } = await client.ask(encode(messageOf('2.1', items, {})))
      const value = answered
        .map(({ payload }) => find(payload, Tag.CertificateValue))
        .find((each) => each !== undefined)
      return {
        statuses: answered.map(({ status }) => status),
        reasons: answered.flatMap(({ reason }) => reason ?? []),
        certificate: value?.type === ItemType.ByteString ? Buffer.from(value.value) : undefined,
      }
    } finally {
      client.close()
    }
  }

  /** A fresh key, and a request for it in XML. */
  function freshKey() {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    openssl.write('new.key', key)
    openssl.run('req -new -key new.key -subj /CN=whoever -outform DER -out new.csr')
    const csr = openssl.read('new.csr').toString('hex')
    const payload = `<CertificateRequest>
      <CertificateRequestType type="Enumeration" value="PKCS_10"/>
      <CertificateRequestValue type="ByteString" value="${csr}"/></CertificateRequest>`
    return { key, payload }
  }

  const ping: BatchItemText = { operation: 'Ping' }
  const get: BatchItemText = { operation: 'Get', id: '02' }
  const { Success, OperationFailed } = ResultStatus

  test('gives a certificate for a request, and the one before opens nothing any more', async () => {
    const before = await site.addClient('alice')
    const { key, payload } = freshKey()
    const items = [{ operation: 'ReProvision', payload, id: '01' }, get]
    const { statuses, certificate } = await ask(before, items)
    expect(statuses).toEqual([Success, Success])
    const made = new X509Certificate(certificate ?? Buffer.alloc(0))
    expect(made.subject).toBe('CN=alice')
    const after = { ...before, cert: made.toString(), key }
    expect((await ask(after, [ping])).statuses).toEqual([Success])
    await expect(ask(before, [ping])).rejects.toThrow()
    await server.stop()
    server = await site.start()
    expect((await ask(after, [ping])).statuses).toEqual([Success])
    await expect(ask(before, [ping])).rejects.toThrow()
  })

  test('takes a certificate of the authority that no client has', async () => {
    const before = await site.addClient('frank')
    const { key, payload } = freshKey()
    const { certificate } = await ask(before, [
      { operation: 'ReProvision', payload, id: '01' },
      get,
    ])
    const made = new X509Certificate(certificate ?? Buffer.alloc(0))
    const after = { ...before, cert: made.toString(), key }
    const brought = `<Certificate><CertificateType type="Enumeration" value="X_509"/>
      <CertificateValue type="ByteString"
        value="${new X509Certificate(before.cert).raw.toString('hex')}"/></Certificate>`
    const back = await ask(after, [{ operation: 'ReProvision', payload: brought }])
    expect(back.statuses).toEqual([Success])
    expect((await ask(before, [ping])).statuses).toEqual([Success])
    await expect(ask(after, [ping])).rejects.toThrow()
  })

  test('takes no certificate that another client has, or that is of another authority', async () => {
    const [bob, carol] = [await site.addClient('bob'), await site.addClient('carol')]
    const certificate = (pem: string) => `<Certificate>
      <CertificateType type="Enumeration" value="X_509"/><CertificateValue type="ByteString"
        value="${new X509Certificate(pem).raw.toString('hex')}"/></Certificate>`
    openssl.run(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -subj /CN=bob -out s.pem',
    )
    const refused = [carol.cert, carol.ca, openssl.read('s.pem').toString()].map(certificate)
    for (const payload of refused) {
      const answer = await ask(bob, [{ operation: 'ReProvision', payload }])
      expect(answer).toMatchObject({
        statuses: [OperationFailed],
        reasons: [ResultReason.InvalidField],
      })
    }
    expect((await ask(bob, [ping])).statuses).toEqual([Success])
  })

  test('refuses what it cannot make a certificate from, and changes nothing', async () => {
    const dora = await site.addClient('dora')
    const { payload } = freshKey()
    const spoilt = payload.replace(/[0-9a-f]{8}("\/><\/CertificateRequest>)/u, '00000000$1')
    const cases = [
      ['', ResultReason.FeatureNotSupported],
      [spoilt, ResultReason.InvalidField],
      [payload.replace(/value="30/u, 'value="31'), ResultReason.InvalidField],
    ] as const
    for (const [request, reason] of cases) {
      const answer = await ask(dora, [{ operation: 'ReProvision', payload: request }])
      expect(answer).toMatchObject({ statuses: [OperationFailed], reasons: [reason] })
    }
    expect((await ask(dora, [ping])).statuses).toEqual([Success])
  })

  test('refuses a client whose certificate was revoked', async () => {
    const before = await site.addClient('erin')
    const first = freshKey()
    const items = [{ operation: 'ReProvision', payload: first.payload, id: '01' }, get]
    const { certificate = Buffer.alloc(0) } = await ask(before, items)
    const after = { ...before, cert: new X509Certificate(certificate).toString(), key: first.key }
    const located = await ask(after, [
      {
        operation: 'Locate',
        payload: '<Attributes><ObjectType type="Enumeration" value="Certificate"/></Attributes>',
        id: '01',
      },
      {
        operation: 'Revoke',
        payload: `<RevocationReason><RevocationReasonCode type="Enumeration"
          value="KeyCompromise"/></RevocationReason>`,
        id: '02',
      },
    ])
    expect(located.statuses).toEqual([Success, Success])
    const again = await ask(after, [{ operation: 'ReProvision', payload: freshKey().payload }])
    expect(again.reasons).toEqual([ResultReason.PermissionDenied])
  })
})
