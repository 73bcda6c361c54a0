import { KmipFault } from '../../fault/fault.ts'
import { nameItem } from '../../message/attribute-item.ts'
import { maySign } from '../../model/certificate-path.ts'
import type { CertificateDescription } from '../../model/certificate.ts'
import { isRevoked } from '../../model/certification.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { isResident } from '../../model/residence.ts'
import { checkUsable } from '../../model/usage.ts'
import type { CertificateSigner } from '../../port/certificates.ts'
import type { AsymmetricKey, PrivateKey } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { DigitalSignatureAlgorithm } from '../../spec/enum/digital-signature-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { NameType } from '../../spec/enum/name-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../../spec/mask/cryptographic-usage-mask.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { IssuerNames, OperationContext } from '../context.ts'
import { ResidentKey } from '../resident/resident-key.ts'
import { digestedBy } from '../resident/rsa-and-curves.ts'
import { plainKeyBlock } from './plain-key.ts'
import { samePublicKey } from './public-key.ts'

/** What certificates are issued with. */
export interface Issuer {
  readonly certificate: CertificateDescription
  /** The Certificate object. */
  readonly object: ManagedObject
  readonly days: number
  /** @param make - works with the signer, which serves no longer than this call */
  sign<T>(make: (signer: CertificateSigner) => Promise<T>): Promise<T>
}

/**
 * The configured issuing key pair (KMIP 1.4 section 4.7 leaves the issuer to the server).
 *
 * @throws KmipFault `UNSUPPORTED_FEATURE` when none is configured, `NOT_PERMITTED` when it may not be used
 */
export async function loadIssuer(context: OperationContext): Promise<Issuer> {
  const names = context.issuer?.()
  if (names === undefined) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'The server is not set up to issue certificates')
  }
  try {
    return await issuerOf(names, context)
  } catch (cause) {
    if (!(cause instanceof KmipFault)) throw cause
    // What is wrong with the issuer is the affair of those who run the server.
    const detail = `issuing key pair: ${cause.code} ${cause.message}`
    throw new KmipFault('NOT_PERMITTED', 'Certificates cannot be issued now', { detail, cause })
  }
}

/** The certificate of the issuer, where there is one to be had. */
export async function issuerCertificate(
  context: OperationContext,
): Promise<Pick<Issuer, 'certificate' | 'object'> | undefined> {
  const names = context.issuer?.()
  if (names?.owner === undefined) return undefined
  const object = await namedObject(names.certificate, names, context)
  const { content } = object ?? {}
  if (object === undefined || content?.objectType !== ObjectType.Certificate) return undefined
  return { object, certificate: context.certificates.read(content.certificateValue) }
}

async function issuerOf(names: IssuerNames, context: OperationContext): Promise<Issuer> {
  const { owner: id, namespace } = names
  const key = await namedObject(names.privateKey, names, context)
  const issuing = await issuerCertificate(context)
  if (id === undefined || key === undefined || issuing === undefined) {
    throw new KmipFault('OBJECT_NOT_FOUND', 'There is no such key pair')
  }
  context.uses(key.uniqueIdentifier)
  checkKey(key, context)
  checkCertificate(issuing, context)
  const { certificate, object } = issuing
  const own = { ...context, objects: context.objectsOf({ id, namespace }) }
  return {
    certificate,
    object,
    days: names.days,
    async sign(make) {
      if (isResident(key)) return make(residentSigner(key, certificate, context))
      const privateKey = await parsedKey(key, own)
      try {
        const publicKey = context.crypto.keys.publicOf(privateKey)
        if (!samePublicKey(publicKey, certificate.publicKey, context)) {
          throw new KmipFault('NOT_PERMITTED', 'Certificates cannot be issued now')
        }
        return await make(signerOf(privateKey, context))
      } finally {
        privateKey.destroy()
      }
    },
  }
}

/** An object of the issuing client itself: others of its namespace could give theirs the name. */
async function namedObject(
  nameValue: string,
  { owner, namespace }: Pick<IssuerNames, 'owner' | 'namespace'>,
  context: OperationContext,
): Promise<ManagedObject | undefined> {
  if (owner === undefined) return undefined
  const name = { nameValue, nameType: NameType.UninterpretedTextString }
  const objects = context.objectsOf({ id: owner, namespace })
  const { uniqueIdentifiers } = await objects.locate({
    criteria: [{ reference: { name: 'Name' }, items: [nameItem(name)] }],
    owner,
    statuses: ['online'],
    offset: 0,
    limit: 1,
    count: false,
  })
  const [identifier] = uniqueIdentifiers
  return identifier === undefined ? undefined : objects.load(identifier)
}

/** Usage Limits could not be charged: the key belongs to somebody else. */
function checkKey(key: ManagedObject, { now }: OperationContext): void {
  checkUsable(key, { mask: CryptographicUsageMask.CertificateSign, purpose: 'protect' }, now)
  if (key.objectType !== ObjectType.PrivateKey || key.attributes.has({ name: 'UsageLimits' })) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Not a private key without Usage Limits')
  }
}

function checkCertificate(
  { certificate, object }: Pick<Issuer, 'certificate' | 'object'>,
  { now }: OperationContext,
): void {
  const isInTime = certificate.notBefore <= now && now < certificate.notAfter
  if (!isInTime || isRevoked(object, now) || !maySign(certificate, 0)) {
    throw new KmipFault(
      'WRONG_STATE',
      'The certificate is not that of an authority, or has had its time',
    )
  }
}

async function parsedKey(key: ManagedObject, context: OperationContext): Promise<PrivateKey> {
  const plain = await plainKeyBlock(key, context)
  const { keyValue } = context.keyFormats.convert(ObjectType.PrivateKey, plain, {
    keyFormatType: KeyFormatType.PKCS_8,
  })
  if (keyValue === undefined) throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not here')
  try {
    return context.crypto.keys.parsePrivate(KeyFormatType.PKCS_8, keyValue.material)
  } finally {
    keyValue.material.destroy()
  }
}

function signerOf(key: PrivateKey, { crypto }: OperationContext): CertificateSigner {
  const algorithm = algorithmOf(key)
  const parameters = parametersOf(algorithm)
  return { algorithm, sign: (signed) => crypto.signatures.sign(key, parameters, signed) }
}

function parametersOf(algorithm: CertificateSigner['algorithm']): CryptographicParameters {
  const isEdwards = algorithm === 'Ed25519' || algorithm === 'Ed448'
  return isEdwards ? {} : { digitalSignatureAlgorithm: algorithm }
}

/** Signs in the token. A key that is not that of the certificate signs nothing that anybody is given. */
function residentSigner(
  object: ManagedObject,
  { publicKey }: CertificateDescription,
  context: OperationContext,
): CertificateSigner {
  const { crypto } = context
  const key = new ResidentKey(object, context)
  const peer = crypto.keys.parsePublic(KeyFormatType.X_509, publicKey)
  const algorithm = algorithmOf(peer)
  peer.destroy()
  const parameters = parametersOf(algorithm)
  return {
    algorithm,
    async sign(data) {
      const signed = Secret.copyOf(data)
      const signature = await key.sign(digestedBy(key, parameters, signed, crypto))
      const own = crypto.keys.parsePublic(KeyFormatType.X_509, publicKey)
      const isOwn = crypto.signatures.verify(own, parameters, { data, signature })
      own.destroy()
      if (isOwn) return signature
      throw new KmipFault('NOT_PERMITTED', 'Certificates cannot be issued now')
    },
  }
}

/** A hash as strong as the key. */
function algorithmOf({ kind, bits }: AsymmetricKey): CertificateSigner['algorithm'] {
  const D = DigitalSignatureAlgorithm
  switch (kind) {
    case 'RSA':
      return D.SHA_256WithRSAEncryption
    case 'DSA':
      return D.DSAWithSHA256
    case 'EC':
      if (bits <= 256) return D.ECDSAWithSHA256
      return bits <= 384 ? D.ECDSAWithSHA384 : D.ECDSAWithSHA512
    case 'Ed25519':
    case 'Ed448':
      return kind
    case 'DH':
    case 'X25519':
    case 'X448':
      throw new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', 'The issuing key cannot sign')
  }
}
