import type {
  AlternativeName,
  CertificateDescription,
  DistinguishedName,
  KeyUsage,
  NamePart,
  SignatureDescription,
} from '../model/certificate.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Secret } from '../secret/secret.ts'
import type { CertificateRequestType } from '../spec/enum/certificate-request-type.ts'
import type { DigitalSignatureAlgorithm } from '../spec/enum/digital-signature-algorithm.ts'

/** What a certificate request asks for. */
export interface RequestDescription {
  /** Undefined where a request leaves it to the issuer. */
  readonly subject?: DistinguishedName
  readonly alternativeNames: readonly AlternativeName[]
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly keyUsage?: readonly KeyUsage[]
  /** Object identifiers of Extended Key Usage. */
  readonly purposes: readonly string[]
  /** Made with the private key that belongs to `publicKey`. */
  readonly proof: SignatureDescription
}

/** A certificate that is to be issued. */
export interface CertificateTemplate {
  /** Big-endian; a positive number of at most 20 bytes. */
  readonly serialNumber: Uint8Array
  /** Names in DER. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** General Names in DER. */
  readonly alternativeNames: readonly Uint8Array[]
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  readonly notBefore: DateTime
  readonly notAfter: DateTime
  readonly usages: readonly KeyUsage[]
  /** Object identifiers of Extended Key Usage. */
  readonly purposes: readonly string[]
  /** Subject Key Identifier of the issuer, where it has one. */
  readonly authorityKeyIdentifier?: Uint8Array
}

/** How a certificate is signed. */
export interface CertificateSigner {
  readonly algorithm: DigitalSignatureAlgorithm | 'Ed25519' | 'Ed448'
  sign(signed: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Reads and writes certificates and what belongs to them. Signatures are for `Crypto` to make and to verify. */
export interface Certificates {
  /** Reads an X.509 certificate in DER. Throws `INVALID_FIELD`. */
  read(certificate: Uint8Array): CertificateDescription
  /** Reads a request of a type. Throws `INVALID_CSR` for what is not a signed request of that type. */
  readRequest(type: CertificateRequestType, request: Uint8Array): RequestDescription
  /** Reads a Name. Throws `INVALID_FIELD`. */
  readName(der: Uint8Array): DistinguishedName
  /** Writes a Name, the first part first. Throws `INVALID_FIELD` for text that a part cannot have. */
  writeName(parts: readonly NamePart[]): Uint8Array
  /** @returns an X.509 v3 certificate in DER */
  issue(template: CertificateTemplate, signer: CertificateSigner): Promise<Uint8Array>
  readonly pkcs12: Pkcs12
}

/** A private key with its certificate and those above it. */
export interface KeyStore {
  /** PrivateKeyInfo in DER. */
  readonly privateKey: Secret
  /** X.509 in DER: the key's own first, each followed by its issuer's. */
  readonly certificates: readonly Uint8Array[]
  readonly friendlyName?: string
}

/** Containers that a password protects (RFC 7292). */
export interface Pkcs12 {
  /**
   * The private key of a friendly name, or the first where none is given. Throws `INVALID_FIELD` for what is no
   * container or lacks the key, `UNSUPPORTED_CRYPTOGRAPHY`, and `CRYPTO_FAILED` for a wrong password.
   */
  read(container: Secret, password: Secret, friendlyName?: string): Promise<KeyStore>
  write(store: KeyStore, password: Secret): Promise<Secret>
}
