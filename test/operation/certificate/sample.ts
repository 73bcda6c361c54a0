import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Openssl } from '../../adapter/certificate/openssl.ts'
import {
  Bench,
  find,
  identifierOf,
  name2,
  START,
  uid,
  type AnswerItem,
  type BenchOptions,
} from '../harness.ts'

/** The client that the issuing key pair belongs to. */
export const OFFICER = 'officer'

export const ISSUER = {
  owner: OFFICER,
  privateKey: 'issuing key',
  certificate: 'issuing certificate',
  days: 365,
} as const

export const YEAR = 365 * 86_400
/** Every bench begins here. */
export const NOW = START

export const DATE = (seconds: number): string => new Date(seconds * 1000).toISOString()

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** XML to register a key in 2.1. */
export function keyObject(type: 'PrivateKey' | 'PublicKey', key: KeyObject, more = ''): string {
  const kind = type === 'PrivateKey' ? 'PKCS_8' : 'X_509'
  const der =
    type === 'PrivateKey'
      ? key.export({ format: 'der', type: 'pkcs8' })
      : key.export({ format: 'der', type: 'spki' })
  const mask = more.includes('CryptographicUsageMask')
    ? ''
    : '<CryptographicUsageMask type="Integer" value="Verify"/>'
  return `<ObjectType type="Enumeration" value="${type}"/><Attributes>${mask}${more}</Attributes>
    <${type}><KeyBlock><KeyFormatType type="Enumeration" value="${kind}"/><KeyValue>
    <KeyMaterial type="ByteString" value="${hexOf(der)}"/></KeyValue></KeyBlock></${type}>`
}

/** XML to register a certificate in 2.1. */
export function certificateObject(der: Uint8Array, more = ''): string {
  return `<ObjectType type="Enumeration" value="Certificate"/><Attributes>${more}</Attributes>
    ${certificate(der)}`
}

export function certificate(der: Uint8Array): string {
  return `<Certificate><CertificateType type="Enumeration" value="X_509"/>
    <CertificateValue type="ByteString" value="${hexOf(der)}"/></Certificate>`
}

/** Attributes of a key that may sign certificates. */
export const SIGNS_CERTIFICATES = `<ActivationDate type="DateTime" value="2001-01-01T00:00:00Z"/>
  <CryptographicUsageMask type="Integer" value="CertificateSign"/>`

export const X509 = '<CertificateType type="Enumeration" value="X_509"/>'

/** An authority that OpenSSL has made, and the places where its files are. */
export class Authority {
  readonly openssl = new Openssl()
  readonly key = generateKeyPairSync('ec', { namedCurve: 'P-384' })

  constructor() {
    this.openssl.write('ca.key', this.key.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    this.openssl.write(
      'ca.cnf',
      '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nO=Test\nCN=Issuing CA\n',
    )
    this.openssl.run('req -new -key ca.key -config ca.cnf -out ca.csr')
    this.#selfSign()
  }

  /** OpenSSL 3.0 sets dates in its ca command alone. */
  #selfSign(): void {
    this.openssl.write('index.txt', '')
    this.openssl.write('serial', '01\n')
    this.openssl.write(
      'sign.cnf',
      `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha384\n
       policy=p\nunique_subject=no\n[p]\nO=optional\nCN=supplied\nC=optional\n
       [v3]\nbasicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n
       subjectKeyIdentifier=hash\n`,
    )
    this.openssl.run(
      'ca -config sign.cnf -selfsign -batch -keyfile ca.key -in ca.csr -extensions v3 -startdate 20200101000000Z -enddate 20400101000000Z -notext -out ca.pem',
    )
    this.openssl.run('x509 -in ca.pem -outform DER -out ca.der')
  }

  get certificate(): Buffer {
    return this.openssl.read('ca.der')
  }

  /** A bench whose issuing key pair is this. */
  async bench(more = SIGNS_CERTIFICATES, options: BenchOptions = {}): Promise<Bench> {
    const bench = await Bench.open({ issuer: ISSUER, ...options })
    const register = async (payload: string) =>
      identifierOf(await bench.ask('2.1', 'Register', payload, OFFICER))
    await register(keyObject('PrivateKey', this.key.privateKey, name2(ISSUER.privateKey) + more))
    await register(certificateObject(this.certificate, name2(ISSUER.certificate)))
    return bench
  }

  /** What OpenSSL says of a certificate. */
  shown(der: Uint8Array): string {
    this.openssl.write('shown.der', der)
    return this.openssl.run('x509 -inform DER -in shown.der -noout -text -nameopt RFC2253')
  }

  /** Whether OpenSSL holds a certificate for issued by this authority, at the moment of the bench. */
  verifies(der: Uint8Array, at: number = NOW): boolean {
    this.openssl.write('checked.der', der)
    this.openssl.run('x509 -inform DER -in checked.der -out checked.pem')
    try {
      this.openssl.run(`verify -x509_strict -attime ${at} -CAfile ca.pem checked.pem`)
      return true
    } catch {
      return false
    }
  }
}

/** The Certificate Value of an object. */
export async function certificateOf(bench: Bench, identifier: string): Promise<Uint8Array> {
  const got = await bench.ask('2.1', 'Get', uid(identifier))
  return bytesOf(got, Tag.CertificateValue)
}

export function bytesOf({ payload }: AnswerItem, tag: { readonly number: number }): Uint8Array {
  const item = find(payload, tag)
  if (item?.type !== ItemType.ByteString) throw new TypeError('no byte string')
  return item.value
}
